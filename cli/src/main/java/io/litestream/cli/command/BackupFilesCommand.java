package io.litestream.cli.command;

import io.litestream.cli.config.ConfigurationException;
import io.litestream.cli.config.LoggingConfiguration;
import io.litestream.cli.config.ReplicaConfiguration;
import io.litestream.cli.flag.Arguments;
import io.litestream.cli.flag.Flag;
import io.litestream.cli.flag.FlagSet;
import io.litestream.cli.text.TextTable;
import io.litestream.replica.Inventory;
import io.litestream.replica.Level;
import io.litestream.replica.Replica;
import io.litestream.replica.ReplicaFile;
import io.litestream.replica.legacy.LegacyFile;
import io.litestream.replica.legacy.LegacyInventory;
import io.litestream.replica.legacy.LegacyReplica;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Lists the snapshots, or the parts of WALs, of Litestream 0.3, as that version did. Of LTX files
/// it lists level 9, or level 0, with the last transaction as their index.
///
/// Where there are no files of 0.3, `wal` is the other name of `ltx` that it has been since 0.5.
///
/// An index is hexadecimal, as `restore -index` takes it; that of an LTX file is a transaction as
/// `restore -txid` takes it.
final class BackupFilesCommand implements Command {

    /// Which files are listed.
    enum Name {
        SNAPSHOTS,
        WAL
    }

    private static final Flag GENERATION =
            Flag.text(
                    "generation",
                    "GENERATION",
                    "Lists this generation only; \"ltx\" for the files of later versions.");

    private static final Flag LEVEL =
            Flag.text("level", "LEVEL", "Lists LTX files, as litestream ltx does.");

    private static final Flag JSON =
            Flag.toggle(CommonFlags.JSON.name(), "Lists LTX files, as litestream ltx does.");

    private final Name name;

    BackupFilesCommand(Name name) {
        this.name = name;
    }

    @Override
    public String usage() {
        return switch (name) {
            case SNAPSHOTS ->
                    """
                    Lists the snapshots of a destination in the form of Litestream 0.3.

                    Usage:

                        litestream snapshots [flags] DB_PATH
                        litestream snapshots [flags] REPLICA_URL
                    """;
            case WAL ->
                    """
                    Lists the parts of WALs of a destination in the form of Litestream 0.3.

                    Usage:

                        litestream wal [flags] DB_PATH
                        litestream wal [flags] REPLICA_URL
                    """;
        };
    }

    @Override
    public FlagSet flags() {
        return switch (name) {
            case SNAPSHOTS ->
                    new FlagSet(CommonFlags.CONFIG, Source.REPLICA, CommonFlags.NO_EXPAND_ENV);
            case WAL ->
                    new FlagSet(
                            CommonFlags.CONFIG,
                            Source.REPLICA,
                            GENERATION,
                            CommonFlags.NO_EXPAND_ENV,
                            LEVEL,
                            JSON);
        };
    }

    @Override
    public ExitCode run(Arguments arguments, Shell shell)
            throws CommandException, ConfigurationException, IOException {
        boolean later = arguments.has(LEVEL) || arguments.isOn(JSON);
        Optional<String> generation = arguments.text(GENERATION);
        if (later && generation.isPresent()) {
            throw new CommandException(
                    "-generation is of Litestream 0.3, -level and -json are of 0.5: give the one or"
                            + " the other");
        }
        if (later) {
            return new LtxCommand(LtxCommand.Name.WAL).run(arguments, shell);
        }
        Logging logging = Logging.of(shell);
        logging.use(LoggingConfiguration.STANDARD);
        Source source = Source.only(arguments, shell, logging);
        Map<Replica, LegacyInventory> replicas = new LinkedHashMap<>();
        for (ReplicaConfiguration configured : source.replicas()) {
            Replica replica = Replicas.of(shell).open(configured);
            replicas.put(replica, new LegacyReplica(replica.store()).inventory());
        }
        boolean legacy = replicas.values().stream().anyMatch(each -> !each.isEmpty());
        if (name == Name.WAL && !legacy && generation.isEmpty()) {
            return new LtxCommand(LtxCommand.Name.WAL).run(arguments, shell);
        }
        TextTable table = table();
        for (Map.Entry<Replica, LegacyInventory> entry : replicas.entrySet()) {
            rows(entry.getKey(), entry.getValue()).stream()
                    .filter(row -> generation.filter(other -> !other.equals(row[1])).isEmpty())
                    .forEach(table::row);
        }
        shell.out().print(table);
        return ExitCode.SUCCESS;
    }

    private TextTable table() {
        return switch (name) {
            case SNAPSHOTS -> new TextTable("replica", "generation", "index", "size", "created");
            case WAL ->
                    new TextTable("replica", "generation", "index", "offset", "size", "created");
        };
    }

    private List<String[]> rows(Replica replica, LegacyInventory legacy) throws IOException {
        Inventory line = replica.inventory();
        List<String[]> rows = new ArrayList<>();
        switch (name) {
            case SNAPSHOTS -> {
                legacy.snapshots().forEach(file -> rows.add(row(replica, file)));
                line.files(Level.SNAPSHOT).forEach(file -> rows.add(row(replica, file)));
            }
            case WAL -> {
                legacy.segments().forEach(file -> rows.add(row(replica, file)));
                line.files(Level.CAPTURED).forEach(file -> rows.add(row(replica, file)));
            }
        }
        return rows;
    }

    private static String[] row(Replica replica, LegacyFile.Snapshot file) {
        return new String[] {
            replica.name(),
            file.generation().toString(),
            Long.toHexString(file.index().value()),
            Long.toString(file.size()),
            RestoreReport.time(file.created())
        };
    }

    private static String[] row(Replica replica, LegacyFile.Segment file) {
        return new String[] {
            replica.name(),
            file.generation().toString(),
            Long.toHexString(file.index().value()),
            Long.toString(file.offset()),
            Long.toString(file.size()),
            RestoreReport.time(file.created())
        };
    }

    private String[] row(Replica replica, ReplicaFile file) {
        List<String> cells = new ArrayList<>();
        cells.add(replica.name());
        cells.add(GenerationsCommand.LINE);
        cells.add(file.range().last().toString());
        switch (name) {
            case SNAPSHOTS -> {}
            case WAL -> cells.add("0");
        }
        cells.add(Long.toString(file.size()));
        cells.add(RestoreReport.time(file.created()));
        return cells.toArray(String[]::new);
    }
}
