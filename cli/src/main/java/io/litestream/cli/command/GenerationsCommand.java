package io.litestream.cli.command;

import io.litestream.cli.config.ConfigurationException;
import io.litestream.cli.config.LoggingConfiguration;
import io.litestream.cli.config.ReplicaConfiguration;
import io.litestream.cli.flag.Arguments;
import io.litestream.cli.flag.FlagSet;
import io.litestream.cli.text.GoDuration;
import io.litestream.cli.text.TextTable;
import io.litestream.replica.Inventory;
import io.litestream.replica.Replica;
import io.litestream.replica.ReplicaFile;
import io.litestream.replica.legacy.Generation;
import io.litestream.replica.legacy.LegacyInventory;
import io.litestream.replica.legacy.LegacyReplica;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Lists the generations of Litestream 0.3, as that version did, and the line of LTX files as one
/// more.
final class GenerationsCommand implements Command {

    /// What the line of LTX files is called where 0.3 had the name of a generation.
    static final String LINE = "ltx";

    private static final String UNKNOWN = "-";

    @Override
    public String usage() {
        return """
        Lists the generations of a backup of Litestream 0.3: how far each is behind the database,
        and when its first and last file were stored. The files of later versions are one more,
        called "ltx".

        Usage:

            litestream generations [flags] DB_PATH
            litestream generations [flags] REPLICA_URL
        """;
    }

    @Override
    public FlagSet flags() {
        return new FlagSet(CommonFlags.CONFIG, Source.REPLICA, CommonFlags.NO_EXPAND_ENV);
    }

    @Override
    public ExitCode run(Arguments arguments, Shell shell)
            throws CommandException, ConfigurationException, IOException {
        Logging logging = Logging.of(shell);
        logging.use(LoggingConfiguration.STANDARD);
        Source source = Source.only(arguments, shell, logging);
        Optional<Instant> changed =
                source.isUrl()
                        ? Optional.of(shell.clock().instant())
                        : changed(source.database().orElseThrow());
        TextTable table = new TextTable("name", "generation", "lag", "start", "end");
        for (ReplicaConfiguration configured : source.replicas()) {
            Replica replica = Replicas.of(shell).open(configured);
            for (Span span : spans(replica)) {
                table.row(
                        configured.name(),
                        span.name,
                        lag(changed, span.end),
                        RestoreReport.time(span.start),
                        RestoreReport.time(span.end));
            }
        }
        shell.out().print(table);
        return ExitCode.SUCCESS;
    }

    /// When the first and the last file of a generation were stored.
    private record Span(String name, Instant start, Instant end) {}

    private static List<Span> spans(Replica replica) throws IOException {
        LegacyInventory legacy = new LegacyReplica(replica.store()).inventory();
        return Stream.concat(
                        legacy.generations().stream().map(name -> span(legacy, name)),
                        line(replica.inventory()).stream())
                .toList();
    }

    private static Span span(LegacyInventory inventory, Generation name) {
        LegacyInventory generation = inventory.of(name);
        return new Span(
                name.toString(),
                generation.oldest().orElseThrow(),
                generation.newest().orElseThrow());
    }

    private static Optional<Span> line(Inventory inventory) {
        List<Instant> times =
                inventory.files().stream().map(ReplicaFile::created).sorted().toList();
        return times.isEmpty()
                ? Optional.empty()
                : Optional.of(new Span(LINE, times.getFirst(), times.getLast()));
    }

    /// Returns when a database or its WAL was last written, if there is one.
    private static Optional<Instant> changed(Path database) throws IOException {
        Optional<Instant> newest = Optional.empty();
        Path wal = database.resolveSibling(database.getFileName() + "-wal");
        for (Path file : List.of(database, wal)) {
            if (Files.exists(file)) {
                Instant time = Files.getLastModifiedTime(file).toInstant();
                newest = Stream.of(newest.orElse(time), time).max(Comparator.naturalOrder());
            }
        }
        return newest;
    }

    private static String lag(Optional<Instant> changed, Instant end) {
        return changed.map(time -> GoDuration.format(rounded(Duration.between(end, time))))
                .orElse(UNKNOWN);
    }

    /// Leaves out what nobody reads: the fractions of many seconds, and the like.
    private static Duration rounded(Duration lag) {
        Duration size = lag.abs();
        if (size.compareTo(Duration.ofSeconds(10)) > 0) {
            return lag.truncatedTo(ChronoUnit.SECONDS);
        }
        if (size.compareTo(Duration.ofSeconds(1)) > 0) {
            return Duration.ofMillis(lag.toMillis() / 100 * 100);
        }
        return size.compareTo(Duration.ofMillis(1)) > 0 ? lag.truncatedTo(ChronoUnit.MILLIS) : lag;
    }
}
