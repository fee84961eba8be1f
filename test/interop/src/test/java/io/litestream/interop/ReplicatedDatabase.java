package io.litestream.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.crash.Litestream;
import io.litestream.crash.Signal;
import io.litestream.crash.Sql;
import io.litestream.crash.Subprocess;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.stream.Stream;

/// A database, an application that writes to it, and the program, which replicates it to a
/// directory.
final class ReplicatedDatabase implements AutoCloseable {

    final Path database;
    final Path replica;
    private final Path directory;
    private Subprocess replicator;
    private int restored;

    ReplicatedDatabase(Path directory) throws IOException {
        this.directory = directory;
        this.database = Files.createDirectories(directory.resolve("live")).resolve("app.db");
        this.replica = directory.resolve("replica");
    }

    /// Runs statements through a connection of their own.
    void application(String... statements) throws SQLException {
        try (Connection connection = Sql.open(database)) {
            Sql.run(connection, statements);
        }
    }

    /// Inserts rows of random bytes in one transaction.
    void insert(int rows, int bytes) throws SQLException {
        application(
                ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
                                + " INSERT INTO t(v) SELECT randomblob(%d) FROM n")
                        .formatted(rows, bytes));
    }

    /// Starts the program, and waits until it is there: before that a signal would just kill it.
    void start() throws Exception {
        replicator = Litestream.start(log(), arguments("replicate"));
        await("replicating to");
    }

    /// Starts the program, which merges files each second and every two seconds.
    ///
    /// @param more further lines of the configuration
    void startMerging(String... more) throws Exception {
        Path configuration = directory.resolve("merging.yml");
        Files.writeString(
                configuration,
                """
                levels: [{interval: 1s}, {interval: 2s}]
                %s
                verify-compaction: true
                dbs: [{path: "%s", replica: {url: "%s"}}]
                """
                        .formatted(String.join("\n", more), database, Litestream.url(replica)));
        replicator = Litestream.start(log(), "replicate", "-config", configuration.toString());
        await("replicating to");
    }

    /// Deletes the files of a level.
    void deleteLevel(int level) throws IOException {
        deleteTree(replica.resolve("ltx").resolve(String.valueOf(level)));
    }

    /// Makes the files of the replica older: by two days those from before a time, the others by as
    /// long as is said.
    void age(Instant before, Duration others) throws IOException {
        try (Stream<Path> files = Files.walk(replica.resolve("ltx"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Instant time = Files.getLastModifiedTime(file).toInstant();
                Duration by = time.isBefore(before) ? Duration.ofDays(2) : others;
                Files.setLastModifiedTime(file, FileTime.from(time.minus(by)));
            }
        }
    }

    /// Deletes what need not be kept of the replica; returns what that was said to be.
    String enforceRetention() throws Exception {
        Litestream.Outcome outcome =
                Litestream.run(
                        directory,
                        "retention",
                        "-apply",
                        "-retention",
                        "24h",
                        Litestream.url(replica));
        assertThat(outcome.succeeded()).as(outcome.output()).isTrue();
        return outcome.output();
    }

    /// Returns how many files of a level there are.
    long files(int level) throws IOException {
        try (Stream<Path> files =
                Files.list(replica.resolve("ltx").resolve(String.valueOf(level)))) {
            return files.count();
        }
    }

    private String[] arguments(String... words) {
        return Stream.concat(
                        Stream.of(words), Stream.of(database.toString(), Litestream.url(replica)))
                .toArray(String[]::new);
    }

    private Path log() {
        return directory.resolve("replicator.log");
    }

    /// Waits until the running program has said something.
    void await(String said) throws Exception {
        long end = System.nanoTime() + 60_000_000_000L;
        while (!Files.readString(log()).contains(said)) {
            assertThat(replicator.isAlive()).as(Files.readString(log())).isTrue();
            assertThat(System.nanoTime()).as(Files.readString(log())).isLessThan(end);
            Thread.sleep(20);
        }
        Files.writeString(log(), "");
    }

    /// Ends the program in order, which syncs to the end.
    void stop() throws Exception {
        replicator.signal(Signal.TERM);
        assertThat(replicator.awaitExit()).as(Files.readString(log())).isZero();
    }

    void kill() throws InterruptedException {
        replicator.kill();
    }

    /// Replicates what is there now.
    void once() throws Exception {
        Litestream.Outcome outcome = Litestream.run(directory, arguments("replicate", "-once"));
        assertThat(outcome.succeeded()).as(outcome.output()).isTrue();
    }

    /// Restores the newest state to a new file, or the one that these flags ask for.
    Path restore(String... flags) throws Exception {
        Path output = directory.resolve("restored-%d.db".formatted(restored++));
        restore(output, flags);
        return output;
    }

    /// Restores the newest state, or the one that these flags ask for.
    void restore(Path output, String... flags) throws Exception {
        Stream<String> restore =
                Stream.of("restore", "-integrity-check", "full", "-o", output.toString());
        Stream<String> arguments = Stream.concat(restore, Stream.of(flags));
        Litestream.Outcome outcome =
                Litestream.run(
                        directory,
                        Stream.concat(arguments, Stream.of(Litestream.url(replica)))
                                .toArray(String[]::new));
        assertThat(outcome.succeeded()).as(outcome.output()).isTrue();
    }

    String dump() {
        return SqliteProgram.dump(database);
    }

    /// Loses the database and all that is beside it.
    void loseDatabase() throws IOException {
        deleteTree(database.getParent());
        Files.createDirectory(database.getParent());
    }

    void loseState() throws IOException {
        Path state = database.resolveSibling(".app.db-litestream");
        assertThat(state).isDirectory();
        deleteTree(state);
    }

    private static void deleteTree(Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Override
    public void close() {
        if (replicator != null) {
            replicator.close();
        }
    }
}
