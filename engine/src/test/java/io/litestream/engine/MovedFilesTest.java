package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.replica.RestoreTarget;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/// Old copies that come back, files that go, and a database that is rewritten: what was restorable
/// stays so, and the line goes on.
final class MovedFilesTest {

    private static final String FILL =
            "INSERT INTO t(v) SELECT randomblob(1200) FROM generate_series(1, 40)";

    @TempDir Path directory;

    private enum When {
        RUNNING,
        STOPPED
    }

    /// Something that somebody does to the files.
    @FunctionalInterface
    private interface Deed {
        void run() throws Exception;
    }

    @ParameterizedTest
    @EnumSource
    void goesOnWithACopyThatIsOlderThanTheReplica(When when) throws Exception {
        Path copy = directory.resolve("copy.db");
        try (EngineFixture fixture = new EngineFixture(directory)) {
            Sqlite3.run(
                    fixture.database,
                    "PRAGMA journal_mode=WAL",
                    "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
                    FILL,
                    "VACUUM INTO '%s'".formatted(copy),
                    "UPDATE t SET v = 'x' WHERE id % 3 = 0",
                    FILL);
            fixture.start();
            fixture.sync();
            Sqlite3.runPatiently(fixture.database, FILL);
            Txid head = fixture.sync();
            List<String> newer = EngineFixture.content(fixture.database);
            List<String> old = EngineFixture.content(copy);

            during(fixture, when, () -> rename(copy, fixture.database));

            assertGoesOn(fixture, head, newer);
            assertThat(fixture.sync()).isGreaterThan(head);
            assertThat(EngineFixture.content(fixture.database)).containsAll(old.subList(1, 40));
        }
    }

    @ParameterizedTest
    @EnumSource
    void goesOnAfterAVacuum(When when) throws Exception {
        try (EngineFixture fixture = EngineFixture.replicating(directory, FILL)) {
            Sqlite3.runPatiently(fixture.database, FILL, "DELETE FROM t WHERE id % 2 = 0");
            Txid head = fixture.sync();
            List<String> before = EngineFixture.content(fixture.database);

            if (when == When.STOPPED) {
                fixture.stop();
            }
            Sqlite3.run(fixture.database, "PRAGMA busy_timeout=10000", "VACUUM");
            if (when == When.STOPPED) {
                fixture.start();
            }

            assertThat(fixture.sync()).isGreaterThan(head);
            assertThat(EngineFixture.content(fixture.database)).isEqualTo(before);
            assertGoesOn(fixture, head, before);
        }
    }

    @Test
    void keepsTheHistoryOfAFileThatIsDeletedAndCreatedAnew() throws Exception {
        try (EngineFixture fixture = EngineFixture.replicating(directory, FILL)) {
            Sqlite3.runPatiently(fixture.database, FILL);
            Txid head = fixture.sync();
            List<String> before = EngineFixture.content(fixture.database);

            Files.delete(fixture.database);
            fixture.await("waiting", () -> !fixture.all(EngineEvent.Waiting.class).isEmpty());
            Sqlite3.run(
                    fixture.database,
                    "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
                    "INSERT INTO t(v) VALUES('anew')");

            assertGoesOn(fixture, head, before);
        }
    }

    @Test
    void waitsForAFileThatIsRenamedAndGoesOnWhenItIsBack() throws Exception {
        try (EngineFixture fixture = EngineFixture.replicating(directory, FILL)) {
            Path away = directory.resolve("away.db");
            Sqlite3.runPatiently(fixture.database, FILL);
            Txid head = fixture.sync();
            List<String> before = EngineFixture.content(fixture.database);

            rename(fixture.database, away);
            fixture.await("waiting", () -> !fixture.all(EngineEvent.Waiting.class).isEmpty());
            if (Files.exists(fixture.wal())) {
                rename(fixture.wal(), directory.resolve("away.db-wal"));
            }
            Sqlite3.run(away, "INSERT INTO t(v) VALUES('while it was away')");
            assertThat(Sqlite3.run(away, "PRAGMA integrity_check")).isEqualTo("ok");
            rename(away, fixture.database);
            fixture.await("the file", () -> isLive(fixture));

            assertGoesOn(fixture, head, before);
            assertThat(EngineFixture.content(fixture.database))
                    .anyMatch(row -> row.contains("while it was away"));
        }
    }

    @Test
    void goesOnWhenTheStateDirectoryIsDeletedWhileItRuns() throws Exception {
        try (EngineFixture fixture = EngineFixture.replicating(directory, FILL)) {
            Sqlite3.runPatiently(fixture.database, FILL);
            Txid head = fixture.sync();
            List<String> before = EngineFixture.content(fixture.database);

            Sqlite3.run("rm", "-r", fixture.stateDirectory().toString());
            Sqlite3.runPatiently(fixture.database, FILL);
            fixture.await("the next slot", () -> isPast(fixture, head));

            assertGoesOn(fixture, head, before);
        }
    }

    private static boolean isPast(EngineFixture fixture, Txid head) {
        return fixture.all(EngineEvent.Durable.class).stream()
                .anyMatch(durable -> durable.txid().isAfter(head));
    }

    private static boolean isLive(EngineFixture fixture) {
        return fixture.engine()
                .state(fixture.database)
                .filter(DatabaseState.LIVE::equals)
                .isPresent();
    }

    private static void during(EngineFixture fixture, When when, Deed deed) throws Exception {
        switch (when) {
            case RUNNING -> {
                deed.run();
                fixture.await(
                        "the change",
                        () -> fixture.event(EngineEvent.FileChanged.class).isPresent());
            }
            case STOPPED -> {
                fixture.stop();
                deed.run();
                fixture.start();
            }
        }
    }

    /// What is committed from now on is restored, and so is what was at the head before.
    private void assertGoesOn(EngineFixture fixture, Txid head, List<String> atHead)
            throws Exception {
        fixture.sync();
        fixture.assertRestorable();
        Sqlite3.runPatiently(fixture.database, FILL);
        assertThat(fixture.sync()).isGreaterThan(head);
        fixture.assertRestorable();
        Path output = directory.resolve("at-head.db");
        fixture.restore(new RestoreTarget.AtTxid(head), output);
        assertThat(EngineFixture.content(output)).isEqualTo(atHead);
        assertThat(fixture.all(EngineEvent.DestinationStopped.class)).isEmpty();
    }

    private static void rename(Path from, Path to) throws Exception {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
