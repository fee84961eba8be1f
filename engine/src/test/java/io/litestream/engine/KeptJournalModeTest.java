package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.replica.RestoreTarget;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/// Databases that stay in a rollback journal mode, `journal-mode: keep`.
final class KeptJournalModeTest {

    private static final String FILL =
            "INSERT INTO t(v) SELECT randomblob(1500) FROM generate_series(1, 200)";

    @TempDir Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"DELETE", "TRUNCATE", "PERSIST"})
    void replicatesWhatIsCommittedAndLeavesTheMode(String mode) throws Exception {
        try (EngineFixture fixture = replicating();
                Sqlite3 app = Sqlite3.start(fixture.database)) {
            app.ask("PRAGMA busy_timeout=5000", "PRAGMA journal_mode=" + mode);
            for (String sql :
                    List.of(
                            FILL,
                            "UPDATE t SET v = 'x' WHERE id % 7 = 0",
                            "CREATE TABLE more AS SELECT * FROM t",
                            "DELETE FROM t WHERE id > 100",
                            "VACUUM",
                            "DROP TABLE more",
                            "VACUUM",
                            FILL)) {
                app.tell(sql);
                fixture.sync();
                fixture.assertRestorable();
            }

            assertThat(app.ask("PRAGMA journal_mode")).isEqualTo(mode.toLowerCase());
            assertThat(fixture.wal()).doesNotExist();
            assertThat(fixture.shm()).doesNotExist();
            fixture.assertNothingCompared();
            assertThat(fixture.all(EngineEvent.WalSwitchedOn.class)).isEmpty();
            assertThat(fixture.all(EngineEvent.RollbackJournalKept.class)).hasSize(1);
        }
    }

    @Test
    void publishesOnlyThePagesThatChanged() throws Exception {
        try (EngineFixture fixture = replicating()) {
            run(fixture.database, FILL);
            Txid head = fixture.sync();

            run(fixture.database, "UPDATE t SET v = zeroblob(1500) WHERE id = 100");
            fixture.sync();

            fixture.stop();
            assertThat(fixture.all(EngineEvent.Captured.class))
                    .filteredOn(captured -> captured.txid().isAfter(head))
                    .singleElement()
                    .satisfies(captured -> assertThat(captured.pages()).isBetween(2L, 4L));
        }
    }

    @Test
    void publishesNothingIfNothingChanged() throws Exception {
        try (EngineFixture fixture = replicating()) {
            run(fixture.database, FILL);
            Txid head = fixture.sync();
            run(
                    fixture.database,
                    "PRAGMA cache_size=2",
                    "BEGIN",
                    "UPDATE t SET v = randomblob(1500)", // more than the cache, so it is written
                    "ROLLBACK");

            assertThat(fixture.sync()).isEqualTo(head);
            fixture.stop();
            fixture.start(kept(fixture));
            assertThat(fixture.sync()).isEqualTo(head);
        }
    }

    @Test
    void waitsForTheOwnerOfATransactionThatDiedInItsCommit() throws Exception {
        try (EngineFixture fixture = replicating()) {
            run(fixture.database, FILL);
            Txid head = fixture.sync();
            List<String> before = EngineFixture.content(fixture.database);
            dieInATransaction(fixture.database);
            String torn = Sqlite3.run("sha256sum", fixture.database.toString());

            fixture.await("degraded", () -> !fixture.all(EngineEvent.Degraded.class).isEmpty());

            assertThat(fixture.all(EngineEvent.Degraded.class).getFirst().reason())
                    .contains("a writer died in its transaction");
            assertThat(Sqlite3.run("sha256sum", fixture.database.toString())).isEqualTo(torn);
            assertThat(journal(fixture)).isNotEmptyFile();
            Path output = directory.resolve("meanwhile.db");
            fixture.restore(new RestoreTarget.Latest(), output);
            assertThat(EngineFixture.content(output)).isEqualTo(before);

            run(fixture.database, "SELECT count(*) FROM t"); // which rolls it back
            fixture.await("recovered", () -> !fixture.all(EngineEvent.Recovered.class).isEmpty());
            assertThat(EngineFixture.content(fixture.database)).isEqualTo(before);
            assertThat(fixture.sync()).isEqualTo(head);
            run(fixture.database, "INSERT INTO t(v) VALUES('after')");
            fixture.sync();
            fixture.assertRestorable();
        }
    }

    /// A writer changes pages of the file in a transaction, and is killed before it commits.
    private static void dieInATransaction(Path database) throws Exception {
        Sqlite3 writer = Sqlite3.start(database);
        writer.ask("PRAGMA busy_timeout=5000");
        writer.tell("PRAGMA cache_size=2", "BEGIN", "UPDATE t SET v = randomblob(1500)");
        writer.kill();
    }

    private static Path journal(EngineFixture fixture) {
        return fixture.directory.resolve("app.db-journal");
    }

    @Test
    void goesOnAfterChangesThatWereMadeWhileItWasStopped() throws Exception {
        try (EngineFixture fixture = replicating()) {
            run(fixture.database, FILL);
            Txid head = fixture.sync();
            fixture.stop();
            run(fixture.database, "DELETE FROM t WHERE id % 2 = 0", "VACUUM");

            fixture.start(kept(fixture));
            assertThat(fixture.sync()).isEqualTo(head.next());
            fixture.assertRestorable();
            fixture.stop();
            assertThat(fixture.all(EngineEvent.Compared.class)).hasSize(1);
        }
    }

    @Test
    void keepsAConsistentLineWhileAWriterNeverPauses() throws Exception {
        try (EngineFixture fixture = replicating()) {
            run(
                    fixture.database,
                    "CREATE TABLE pair(a, b)",
                    "INSERT INTO pair VALUES(0, 0)",
                    "INSERT INTO t(v) SELECT randomblob(1500) FROM generate_series(1, 10000)");
            fixture.sync();
            fixture.events.clear();
            Process writer = neverPauses(fixture.database);
            try {
                fixture.await(
                        "three files", () -> fixture.all(EngineEvent.Captured.class).size() >= 3);
            } finally {
                writer.destroyForcibly().waitFor();
            }
            run(fixture.database, "SELECT count(*) FROM t");
            fixture.sync();
            fixture.assertRestorable();
            for (EngineEvent.Captured each : fixture.all(EngineEvent.Captured.class)) {
                Path output = directory.resolve("at-%s.db".formatted(each.txid()));
                fixture.restore(new RestoreTarget.AtTxid(each.txid()), output);
                assertThat(Sqlite3.run(output, "SELECT a = b FROM pair")).isEqualTo("1");
            }
        }
    }

    @Test
    void storesTheWholeDatabaseWhileAWriterNeverPauses() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            run(
                    fixture.database,
                    "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
                    "CREATE TABLE pair(a, b)",
                    "INSERT INTO pair VALUES(0, 0)",
                    "INSERT INTO t(v) SELECT randomblob(1500) FROM generate_series(1, 10000)");
            Process writer = neverPauses(fixture.database);
            try {
                fixture.start(kept(fixture));
                fixture.sync();
                Path output = directory.resolve("meanwhile.db");
                fixture.restore(new RestoreTarget.Latest(), output);
                assertThat(Sqlite3.run(output, "SELECT a = b FROM pair")).isEqualTo("1");

                int images = fixture.all(EngineEvent.ImageStored.class).size();
                fixture.engine().requestSnapshots();
                fixture.sync();
                fixture.await(
                        "another image",
                        () -> fixture.all(EngineEvent.ImageStored.class).size() > images);
                assertThat(writer.isAlive()).isTrue();
            } finally {
                writer.destroyForcibly().waitFor();
            }
        }
    }

    /// Changes two rows in each transaction, one of them far away from the other.
    private static Process neverPauses(Path database) throws Exception {
        String sql =
                """
                .timeout 5000
                UPDATE pair SET a = a + 1, b = b + 1;
                UPDATE t SET v = randomblob(1500) WHERE id = 10000;
                """
                        .repeat(50_000);
        Path script = Files.writeString(database.resolveSibling("script.sql"), sql);
        return new ProcessBuilder("sqlite3", database.toString())
                .redirectInput(script.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    @Test
    void capturesADatabaseInWalModeAsAlways() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            run(
                    fixture.database,
                    "PRAGMA journal_mode=WAL",
                    "CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
            fixture.start(kept(fixture));
            run(fixture.database, FILL);
            fixture.sync();
            fixture.assertRestorable();

            fixture.stop();
            assertThat(fixture.all(EngineEvent.RollbackJournalKept.class)).isEmpty();
            assertThat(run(fixture.database, "PRAGMA journal_mode")).isEqualTo("wal");
        }
    }

    @Test
    void followsTheApplicationIntoWalModeAndBack() throws Exception {
        try (EngineFixture fixture = replicating()) {
            run(fixture.database, FILL, "PRAGMA journal_mode=WAL", FILL);
            fixture.sync();
            fixture.assertRestorable();
            assertThat(fixture.all(EngineEvent.FileChanged.class))
                    .anyMatch(event -> event.what().contains("WAL mode"));
            fixture.stop();
            run(fixture.database, "PRAGMA journal_mode=DELETE", FILL);

            fixture.start(kept(fixture));
            fixture.sync();
            run(fixture.database, "DELETE FROM t WHERE id % 2 = 0");
            fixture.sync();
            fixture.assertRestorable();
            assertThat(fixture.wal()).doesNotExist();
        }
    }

    @Test
    void goesOnWithAnotherFileAndOneThatWasCopiedOver() throws Exception {
        try (EngineFixture fixture = replicating()) {
            Path copy = directory.resolve("copy.db");
            run(fixture.database, FILL, "VACUUM INTO '%s'".formatted(copy), FILL);
            Txid head = fixture.sync();
            Files.copy(copy, directory.resolve("second.db"));

            Sqlite3.run("cp", copy.toString(), fixture.database.toString());
            assertThat(fixture.sync()).isEqualTo(head.next());
            fixture.assertRestorable();
            run(fixture.database, FILL);
            fixture.sync();
            Files.move(
                    directory.resolve("second.db"),
                    fixture.database,
                    StandardCopyOption.ATOMIC_MOVE);
            fixture.sync();
            fixture.assertRestorable();
            run(fixture.database, FILL);
            fixture.sync();
            fixture.assertRestorable();
        }
    }

    @Test
    void beginsANewBaseWhenVacuumChangesThePageSize() throws Exception {
        try (EngineFixture fixture = replicating()) {
            run(fixture.database, FILL);
            Txid small = fixture.sync();
            List<String> before = EngineFixture.content(fixture.database);
            int bases = fixture.all(EngineEvent.ImageStored.class).size();

            run(fixture.database, "PRAGMA page_size=8192", "VACUUM", FILL);
            fixture.await(
                    "a new base", () -> fixture.all(EngineEvent.ImageStored.class).size() > bases);
            fixture.sync();

            fixture.assertRestorable();
            Path output = directory.resolve("before.db");
            fixture.restore(new RestoreTarget.AtTxid(small), output);
            assertThat(EngineFixture.content(output)).isEqualTo(before);
        }
    }

    private EngineFixture replicating() throws Exception {
        EngineFixture fixture = new EngineFixture(directory);
        run(fixture.database, "CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
        fixture.start(kept(fixture));
        fixture.sync();
        return fixture;
    }

    private static DatabaseSettings kept(EngineFixture fixture) {
        return fixture.defaults().withJournalMode(JournalMode.KEEP);
    }

    /// Runs SQL as an application that waits for readers, as it must.
    private static String run(Path database, String... sql) throws Exception {
        return Sqlite3.run(
                "sqlite3",
                "-bail",
                "-cmd",
                ".timeout 5000",
                database.toString(),
                String.join("; ", sql));
    }
}
