package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.replica.RestoreTarget;
import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.Gate;
import io.litestream.storage.testkit.Operation;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// Databases that are not like most.
final class OddDatabaseTest {

    private static final String WAL = "PRAGMA journal_mode=WAL";
    private static final String FILL =
            "INSERT INTO t(v) SELECT randomblob(1500) FROM generate_series(1, 200)";

    @TempDir Path directory;

    @Test
    void replicatesASinglePage() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            Sqlite3.run(fixture.database, WAL, "PRAGMA user_version=1");
            assertThat(Files.size(fixture.database)).isEqualTo(4096);
            fixture.start();
            fixture.sync();
            Sqlite3.run(fixture.database, "PRAGMA user_version=2");
            fixture.sync();

            fixture.assertRestorable();
            assertThat(Sqlite3.run(directory.resolve("restored-0.db"), "PRAGMA user_version"))
                    .isEqualTo("2");
        }
    }

    @Test
    void keepsWhatItStoresLocallyFromThoseWhoMayNotReadTheDatabase() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (EngineFixture fixture = new EngineFixture(directory)) {
            Sqlite3.run(fixture.database, WAL, "CREATE TABLE secrets(v)");
            Files.setPosixFilePermissions(
                    fixture.database, PosixFilePermissions.fromString("rw-------"));
            fixture.start();
            fixture.sync();

            assertThat(Files.getPosixFilePermissions(fixture.stateDirectory()))
                    .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void replicatesUtf16() throws Exception {
        assertReplicated("PRAGMA encoding='UTF-16be'", "CREATE TABLE t(v)", FILL);
    }

    @Test
    void replicatesTablesWithoutRowids() throws Exception {
        assertReplicated(
                "PRAGMA foreign_keys=ON",
                "CREATE TABLE t(v PRIMARY KEY) WITHOUT ROWID",
                "INSERT INTO t(v) SELECT hex(randomblob(300)) FROM generate_series(1, 300)",
                "DELETE FROM t WHERE v > '8'");
    }

    @Test
    void replicatesFullTextSearch() throws Exception {
        assertReplicated(
                "CREATE TABLE t(v)",
                "CREATE VIRTUAL TABLE f USING fts5(text)",
                "INSERT INTO f SELECT hex(randomblob(40)) FROM generate_series(1, 300)",
                "DELETE FROM f WHERE rowid % 3 = 0",
                "INSERT INTO f(f) VALUES('optimize')");
    }

    @ParameterizedTest
    @ValueSource(strings = {"FULL", "INCREMENTAL"})
    void replicatesADatabaseThatShrinksByAutoVacuum(String mode) throws Exception {
        assertReplicated(
                "PRAGMA auto_vacuum=" + mode,
                WAL,
                "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
                FILL,
                "DELETE FROM t WHERE id > 20",
                "PRAGMA incremental_vacuum",
                FILL,
                "DELETE FROM t WHERE id % 2 = 0",
                "PRAGMA incremental_vacuum(30)");
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 1024, 65536})
    void replicatesPagesOfAllSizes(int pageSize) throws Exception {
        assertReplicated(
                "PRAGMA page_size=" + pageSize,
                WAL,
                "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
                FILL,
                "DELETE FROM t WHERE id % 5 > 0",
                "VACUUM");
        assertThat(Sqlite3.run(directory.resolve("restored-0.db"), "PRAGMA page_size"))
                .isEqualTo(Integer.toString(pageSize));
    }

    @Test
    void replicatesADatabaseThatShrinksAndGrowsAgainInOneFile() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory);
                Sqlite3 app = Sqlite3.start(fixture.database)) {
            app.ask(WAL, "PRAGMA wal_autocheckpoint=0");
            app.tell("CREATE TABLE t(id INTEGER PRIMARY KEY, v)", FILL);
            fixture.start();
            Txid before = fixture.sync();
            Gate gate = new Gate();
            fixture.store.inject(Operation.CREATE, _ -> true, Fault.hang(gate));
            app.tell("CREATE TABLE held(v)");
            gate.awaitArrival();

            app.tell("DELETE FROM t WHERE id > 10", "VACUUM");
            app.tell(FILL, FILL, "DELETE FROM t WHERE id > 100", "VACUUM", FILL);
            gate.open();

            assertThat(fixture.sync()).isEqualTo(before.next().next());
            fixture.assertRestorable();
        }
    }

    @Test
    void replicatesThroughASymbolicLink() throws Exception {
        Path real = Files.createDirectory(directory.resolve("elsewhere")).resolve("real.db");
        Sqlite3.run(real, WAL, "CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
        try (EngineFixture fixture = new EngineFixture(directory)) {
            Files.createSymbolicLink(fixture.database, real);
            fixture.start();
            fixture.sync();
            Sqlite3.run(real, FILL);
            fixture.sync();
            Sqlite3.run(fixture.database, FILL);
            fixture.sync();

            fixture.assertNothingCompared();
            fixture.assertRestorable();
        }
    }

    @Test
    void replicatesUnderAnyName() throws Exception {
        Path odd = Files.createDirectory(directory.resolve("mit Leerzeichen & Ümläuten %20?#"));
        try (EngineFixture fixture = new EngineFixture(odd)) {
            Sqlite3.run(fixture.database, WAL, "CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
            fixture.start();
            fixture.sync();
            Sqlite3.run(fixture.database, FILL);
            fixture.sync();

            Path plain = directory.resolve("plain.db");
            fixture.restore(new RestoreTarget.Latest(), plain);
            assertThat(Sqlite3.run(plain, ".dump"))
                    .isEqualTo(Sqlite3.run(fixture.database, ".dump"));
        }
    }

    @Test
    void saysWhatIsNoDatabaseAndReplicatesItOnceItIsOne() throws Exception {
        Path real = directory.resolve("real.db");
        Sqlite3.run(real, WAL, "CREATE TABLE t(id INTEGER PRIMARY KEY, v)", FILL);
        try (EngineFixture fixture = new EngineFixture(directory)) {
            Files.writeString(fixture.database, "a letter, and no database\n".repeat(400));
            fixture.start();
            fixture.await("refusal", () -> !fixture.all(EngineEvent.Degraded.class).isEmpty());
            assertThat(fixture.event(EngineEvent.Degraded.class).orElseThrow().reason())
                    .contains("is not a database");

            Files.write(fixture.database, Files.readAllBytes(real));
            fixture.sync();

            assertThat(fixture.all(EngineEvent.Degraded.class)).hasSize(1);
            fixture.assertRestorable();
        }
    }

    /// Runs the statements one by one in a process of their own, the later ones while the database
    /// is replicated.
    private void assertReplicated(String... statements) throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory);
                Sqlite3 app = Sqlite3.start(fixture.database)) {
            boolean started = false;
            for (String sql : statements) {
                app.ask(sql);
                if (sql.startsWith("CREATE TABLE t") && !started) {
                    fixture.start();
                    started = true;
                }
                if (started) {
                    fixture.sync();
                    fixture.assertRestorable();
                }
            }
        }
    }
}
