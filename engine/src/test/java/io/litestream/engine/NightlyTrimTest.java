package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.replica.Level;
import io.litestream.replica.ReplicaFile;
import io.litestream.replica.RestoreTarget;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/// A script that puts a trimmed copy in the place of the database each night, as `os.replace` does,
/// beside an application that goes on writing and opens the new file after that.
///
/// Each row has a content that follows from its number; `state` has the number of the last row, and
/// counts the nights. So a database is exactly a committed state if its rows fit `state`, and
/// `state` is one that was committed.
final class NightlyTrimTest {

    private static final int NIGHTS = 5;
    private static final int RESTORES = 24;

    @TempDir Path directory;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final Set<String> committed = ConcurrentHashMap.newKeySet();

    @Test
    void everyPointIsACommittedStateOfOneNightOrAnother() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Sqlite3.run(
                    fixture.database,
                    "PRAGMA journal_mode=WAL",
                    "CREATE TABLE log(id INTEGER PRIMARY KEY, v)",
                    "CREATE TABLE state(night, last)",
                    "INSERT INTO state VALUES(0, 0)");
            committed.add("0|0");
            fixture.start();
            AtomicBoolean stop = new AtomicBoolean();
            Future<?> application = threads.submit(() -> write(fixture, stop));
            try {
                for (int night = 1; night <= NIGHTS; night++) {
                    awaitRows(fixture, 15);
                    replaceByTrimmedCopy(fixture);
                    int replaced = night;
                    fixture.await("the application in night " + night, () -> isIn(replaced));
                }
                awaitRows(fixture, 10);
            } finally {
                stop.set(true);
            }
            application.get();
            fixture.sync();

            assertThat(state(fixture.database)).startsWith(NIGHTS + "|").isIn(committed);
            fixture.assertRestorable();
            assertEachPointIsCommitted(fixture);
        }
    }

    private boolean isIn(int night) {
        return committed.stream().filter(state -> state.startsWith(night + "|")).count() > 3;
    }

    /// Waits until the application has written that many more rows.
    private void awaitRows(EngineFixture fixture, int more) throws Exception {
        int before = committed.size();
        fixture.await(more + " rows", () -> committed.size() >= before + more);
    }

    /// The script.
    private void replaceByTrimmedCopy(EngineFixture fixture) throws Exception {
        Path copy = directory.resolve("trimmed.db");
        Sqlite3.run(fixture.database, "VACUUM INTO '%s'".formatted(copy));
        committed.add(
                Sqlite3.run(
                        copy,
                        "DELETE FROM log WHERE id < (SELECT max(id) FROM log) - 10",
                        "UPDATE state SET night = night + 1",
                        "VACUUM",
                        "SELECT night, last FROM state"));
        Files.move(
                copy,
                fixture.database,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    /// The application: it looks before each transaction whether the file is still the one that it
    /// has open.
    private Void write(EngineFixture fixture, AtomicBoolean stop) throws Exception {
        while (!stop.get()) {
            Object file = Files.getAttribute(fixture.database, "unix:ino");
            try (Sqlite3 app = Sqlite3.start(fixture.database)) {
                app.ask("PRAGMA journal_mode=WAL", "PRAGMA busy_timeout=10000");
                while (!stop.get()
                        && Files.getAttribute(fixture.database, "unix:ino").equals(file)) {
                    app.tell(
                            "BEGIN IMMEDIATE",
                            "UPDATE state SET last = last + 1",
                            "INSERT INTO log SELECT last, printf('%0600d', last) FROM state",
                            "COMMIT");
                    committed.add(app.ask("SELECT night, last FROM state"));
                    Thread.sleep(random.nextInt(20));
                }
            }
            awaitNoOldWal(fixture);
        }
        return null;
    }

    /// An application takes a moment to start again. Until then the old file's WAL is gone: SQLite
    /// would take it for the new file's.
    private static void awaitNoOldWal(EngineFixture fixture) throws Exception {
        int known = replacements(fixture);
        Object now = Files.getAttribute(fixture.database, "unix:ino");
        fixture.await(
                "the old wal to go",
                () -> fixture.wal().toFile().length() == 0 || replacements(fixture) > known);
        assertThat(Files.getAttribute(fixture.database, "unix:ino")).isEqualTo(now);
    }

    private static int replacements(EngineFixture fixture) {
        return fixture.all(EngineEvent.FileChanged.class).size();
    }

    private void assertEachPointIsCommitted(EngineFixture fixture) throws Exception {
        var points = fixture.replica().inventory().files(Level.CAPTURED);
        double share = (double) RESTORES / points.size();
        for (ReplicaFile point : points) {
            if (random.nextDouble() < share) {
                Txid txid = point.range().last();
                Path output = directory.resolve("at-%s.db".formatted(txid));
                fixture.restore(new RestoreTarget.AtTxid(txid), output);
                assertThat(state(output)).as("txid %s, seed %d", txid, seed).isIn(committed);
            }
        }
    }

    /// Returns what `state` has, once the rows are those that belong to it.
    private static String state(Path database) throws Exception {
        assertThat(
                        Sqlite3.run(
                                database,
                                "SELECT count(*) = coalesce(max(id) - min(id) + 1, 0)"
                                        + " AND coalesce(max(id), 0) = (SELECT last FROM state)"
                                        + " AND total(v <> printf('%0600d', id)) = 0 FROM log"))
                .as("rows of %s", database)
                .isEqualTo("1");
        return Sqlite3.run(database, "SELECT night, last FROM state");
    }
}
