package io.litestream.crash;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/// A store that swallows everything, for as many commits as come in half an hour: how much is kept
/// for it meanwhile, and how soon it has all of it once it answers.
///
/// The commits come as fast as they can, not in half an hour. From the root of the project, after
/// `mvn verify`:
///
/// ```sh
/// .ci/long-outage --transactions 900000
/// ```
///
/// | Option             | Meaning                                             | Default   |
/// |--------------------|-----------------------------------------------------|-----------|
/// | `--transactions N` | commits while the store is away                     | 90000     |
/// | `--rate R`         | commits each second; 0 for as many as there can be  | 0         |
/// | `--scratch D`      | where database and replica are put                  | a new one |
public final class LongOutage implements AutoCloseable {

    private static final long LIMIT_NANOS = 300_000_000_000L;
    private static final long QUIET_NANOS = 4_000_000_000L;
    private static final int SAMPLE_EVERY = 500;

    private final Path directory;
    private final Path database;
    private final Bucket bucket;
    private final Place place;
    private final Replicator replicator;
    private final Random random = new Random(1);
    private long spoolBytes;
    private long walBytes;

    /// What was seen.
    ///
    /// @param transactions commits while the store was away
    /// @param seconds how long they took
    /// @param databaseBytes the size of the database at the end
    /// @param spoolBytes the most that was kept in the local state
    /// @param walBytes the largest size of the WAL
    /// @param memoryBytes the most memory that the replicator had, as the kernel counts it
    /// @param catchUpMillis from the first answer of the store until it had everything
    record Outcome(
            long transactions,
            double seconds,
            long databaseBytes,
            long spoolBytes,
            long walBytes,
            long memoryBytes,
            long catchUpMillis) {}

    LongOutage(Path directory) throws IOException, InterruptedException {
        this.directory = directory;
        this.database = Files.createDirectories(directory.resolve("live")).resolve("app.db");
        this.bucket = new Bucket(directory);
        this.place = bucket.place("outage");
        this.replicator =
                new Replicator(
                        directory,
                        "replicator",
                        "dbs:\n  - path: %s\n    replicas:\n      - name: far\n        %s\n"
                                .formatted(database, place.keys()),
                        new Figures());
    }

    static void main(String[] words) throws Exception {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i + 1 < words.length; i += 2) {
            options.put(words[i].replaceFirst("^--", ""), words[i + 1]);
        }
        Path scratch =
                options.containsKey("scratch")
                        ? Files.createDirectories(Path.of(options.get("scratch")))
                        : Files.createTempDirectory("long-outage");
        try (LongOutage outage = new LongOutage(scratch)) {
            long transactions = Long.parseLong(options.getOrDefault("transactions", "90000"));
            double rate = Double.parseDouble(options.getOrDefault("rate", "0"));
            System.out.println(outage.run(transactions, rate));
        }
        Scene.deleteTree(scratch);
    }

    /// Lets the store go away, commits, and lets it come back; then what is restored must be the
    /// database.
    ///
    /// @param rate commits each second; 0 for as many as there can be
    Outcome run(long transactions, double rate) throws Exception {
        makeDatabase();
        replicator.start();
        await("the base is stored", () -> newest(9) > 0);
        bucket.swallow();
        long began = System.nanoTime();
        commit(transactions, rate);
        double seconds = (System.nanoTime() - began) / 1e9;
        long catchUp = comeBack();
        long memory = replicator.peakMemoryBytes();
        Finding.unless(replicator.end(), "the replicator did not end in order");
        checkContent();
        return new Outcome(
                transactions,
                seconds,
                Files.size(database),
                spoolBytes,
                walBytes,
                memory,
                catchUp / 1_000_000);
    }

    private void makeDatabase() throws SQLException {
        try (Connection connection = Sql.open(database, "PRAGMA journal_mode=WAL")) {
            Sql.run(
                    connection,
                    "CREATE TABLE account(id INTEGER PRIMARY KEY, balance INTEGER)",
                    "CREATE TABLE entry(id INTEGER PRIMARY KEY, account INTEGER, note TEXT)",
                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
                            + " INSERT INTO account SELECT i, 0 FROM n");
        }
    }

    private void commit(long transactions, double rate) throws Exception {
        try (Connection connection = Sql.open(database, "PRAGMA synchronous=NORMAL");
                PreparedStatement change =
                        connection.prepareStatement(
                                "UPDATE account SET balance = balance + ? WHERE id = ?");
                PreparedStatement note =
                        connection.prepareStatement(
                                "INSERT INTO entry(account, note) VALUES(?, ?)")) {
            long began = System.nanoTime();
            for (long i = 0; i < transactions; i++) {
                int account = 1 + random.nextInt(1000);
                Sql.run(connection, "BEGIN IMMEDIATE");
                change.setLong(1, random.nextInt(100));
                change.setInt(2, account);
                change.execute();
                note.setInt(1, account);
                note.setString(2, "entry number " + i);
                note.execute();
                Sql.run(connection, "COMMIT");
                if (i % SAMPLE_EVERY == 0) {
                    sample();
                }
                long due = rate > 0 ? began + (long) (i * 1e9 / rate) : 0;
                while (rate > 0 && System.nanoTime() - due < 0) {
                    Thread.sleep(1);
                }
            }
        }
        sample();
    }

    private void sample() throws IOException {
        replicator.check();
        walBytes = Math.max(walBytes, database.resolveSibling("app.db-wal").toFile().length());
        spoolBytes = Math.max(spoolBytes, bytes(spool().toFile().listFiles()));
    }

    private Path spool() {
        return database.resolveSibling(".app.db-litestream").resolve("ltx").resolve("0");
    }

    /// Files come and go meanwhile.
    private static long bytes(File... files) {
        return Stream.ofNullable(files).flatMap(Stream::of).mapToLong(File::length).sum();
    }

    /// Lets the store answer; returns how long it took until it got the last slot.
    private long comeBack() throws Exception {
        long head = newest(0);
        bucket.calm();
        long back = System.nanoTime();
        await("a slot comes", () -> newest(0) > head);
        long last = System.nanoTime();
        long newest = newest(0);
        while (System.nanoTime() - last < QUIET_NANOS) {
            if (newest(0) > newest) {
                newest = newest(0);
                last = System.nanoTime();
            }
            sample();
            Thread.sleep(20);
        }
        return last - back;
    }

    /// Returns the newest transaction that the store has a file of at this level; 0 if none.
    private long newest(int level) throws IOException {
        Path files = place.files(level);
        if (!Files.exists(files)) {
            return 0;
        }
        try (Stream<Path> all = Files.list(files)) {
            return all.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".ltx"))
                    .mapToLong(name -> Long.parseLong(name.substring(17, 33), 16))
                    .max()
                    .orElse(0);
        }
    }

    private void checkContent() throws Exception {
        try (Connection connection = Sql.open(database)) {
            List<Object> state = Sql.rows(connection, "PRAGMA wal_checkpoint(TRUNCATE)").getFirst();
            Finding.unless(((Number) state.getFirst()).intValue() == 0, "checkpoint: %s", state);
        }
        Path output = directory.resolve("restored.db");
        Litestream.Outcome outcome =
                Litestream.run(
                        directory,
                        place.environment(),
                        "restore",
                        "-o",
                        output.toString(),
                        place.url());
        Finding.unless(outcome.succeeded(), "cannot restore: %s", outcome.output());
        long mismatch = Files.mismatch(database, output);
        Finding.unless(mismatch < 0, "%s differs from the database at %d", output, mismatch);
    }

    /// A condition that may fail to be found out.
    private interface Condition {
        boolean holds() throws IOException;
    }

    private void await(String what, Condition condition) throws Exception {
        long end = System.nanoTime() + LIMIT_NANOS;
        while (!condition.holds()) {
            Finding.unless(System.nanoTime() < end, "waited too long until %s", what);
            replicator.check();
            Thread.sleep(20);
        }
    }

    @Override
    public void close() throws IOException {
        replicator.close();
        bucket.close();
    }
}
