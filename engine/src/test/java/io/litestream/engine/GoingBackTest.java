package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.replica.ExistingOutput;
import io.litestream.replica.Restore;
import io.litestream.replica.RestoreRequest;
import io.litestream.replica.RestoreTarget;
import io.litestream.time.Clock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// The database is at an older state than the replica: the line goes on after the replica's head,
/// and what was restorable stays so.
final class GoingBackTest {

    private static final String FILL =
            "INSERT INTO t(v) SELECT randomblob(2000) FROM generate_series(1, 20)";

    @TempDir Path directory;

    @Test
    void goesOnAfterAPowerLossThatTookBackFramesOfTheWal() throws Exception {
        try (EngineFixture fixture = EngineFixture.replicating(directory, FILL);
                Sqlite3 app = Sqlite3.start(fixture.database)) {
            app.tell(FILL);
            fixture.sync();
            long kept = Files.size(fixture.wal());
            app.tell("UPDATE t SET v='newer' WHERE id > 10", FILL);
            Txid head = fixture.sync();
            List<String> newer = EngineFixture.content(fixture.database);
            Path wal = saved(fixture.wal());
            fixture.stopAbruptly();
            app.kill();
            Sqlite3.run("cp", wal.toString(), fixture.wal().toString());
            Sqlite3.run("truncate", "-s", Long.toString(kept), fixture.wal().toString());

            assertGoesOn(fixture, head, newer);
        }
    }

    @Test
    void goesOnAfterAPowerLossFollowedByAsManyOtherFrames() throws Exception {
        try (EngineFixture fixture = EngineFixture.replicating(directory, FILL);
                Sqlite3 app = Sqlite3.start(fixture.database)) {
            app.tell(FILL);
            fixture.sync();
            long kept = Files.size(fixture.wal());
            app.tell("UPDATE t SET v='newer' WHERE id > 10");
            Txid head = fixture.sync();
            List<String> newer = EngineFixture.content(fixture.database);
            Path wal = saved(fixture.wal());
            fixture.stopAbruptly();
            app.kill();
            Sqlite3.run("cp", wal.toString(), fixture.wal().toString());
            Sqlite3.run("truncate", "-s", Long.toString(kept), fixture.wal().toString());
            try (Sqlite3 other = Sqlite3.start(fixture.database)) {
                other.ask("PRAGMA wal_autocheckpoint=0");
                other.tell("UPDATE t SET v='other' WHERE id > 5", FILL);
                other.kill();
            }

            assertGoesOn(fixture, head, newer);
        }
    }

    @Test
    void goesOnAfterAPowerLossThatTookBackTheDatabase() throws Exception {
        try (EngineFixture fixture = EngineFixture.replicating(directory, FILL);
                Sqlite3 app = Sqlite3.start(fixture.database)) {
            app.tell(FILL);
            fixture.sync();
            Path database = saved(fixture.database);
            Path wal = saved(fixture.wal());
            app.tell("UPDATE t SET v='newer' WHERE id > 10", FILL);
            app.ask("PRAGMA wal_checkpoint(TRUNCATE)");
            Txid head = fixture.sync();
            List<String> newer = EngineFixture.content(fixture.database);
            fixture.stopAbruptly();
            app.kill();
            Sqlite3.run("cp", database.toString(), fixture.database.toString());
            Sqlite3.run("cp", wal.toString(), fixture.wal().toString());

            assertGoesOn(fixture, head, newer);
        }
    }

    @Test
    void goesOnAfterAPowerLossThatTookBackTheLocalStateToo() throws Exception {
        try (EngineFixture fixture = EngineFixture.replicating(directory, FILL);
                Sqlite3 app = Sqlite3.start(fixture.database)) {
            app.tell(FILL);
            fixture.sync();
            fixture.stop();
            Path database = saved(fixture.database);
            Path wal = saved(fixture.wal());
            Path state = directory.resolve("state");
            Sqlite3.run("cp", "-a", fixture.stateDirectory().toString(), state.toString());
            fixture.start();
            app.tell("UPDATE t SET v='newer' WHERE id > 10", FILL);
            fixture.sync();
            app.tell("DELETE FROM t WHERE id > 30");
            Txid head = fixture.sync();
            List<String> newer = EngineFixture.content(fixture.database);
            fixture.stopAbruptly();
            app.kill();
            Sqlite3.run("cp", database.toString(), fixture.database.toString());
            Sqlite3.run("cp", wal.toString(), fixture.wal().toString());
            Sqlite3.run("rm", "-r", fixture.stateDirectory().toString());
            Sqlite3.run("cp", "-a", state.toString(), fixture.stateDirectory().toString());

            assertGoesOn(fixture, head, newer);
        }
    }

    @Test
    void seesTwoPagesThatChangePlaces() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            Sqlite3.run(
                    fixture.database,
                    "PRAGMA journal_mode=WAL",
                    "CREATE TABLE a(v)",
                    "CREATE TABLE b(v)",
                    "INSERT INTO a VALUES('one')",
                    "INSERT INTO b VALUES('two')");
            fixture.start();
            Txid head = fixture.sync();
            fixture.stop();
            List<byte[]> before = pages(fixture.database);

            Sqlite3.run(
                    fixture.database,
                    "BEGIN",
                    "UPDATE a SET v='two'",
                    "UPDATE b SET v='one'",
                    "COMMIT",
                    "PRAGMA wal_checkpoint(TRUNCATE)");
            List<byte[]> after = pages(fixture.database);
            assertThat(after.get(1)).isEqualTo(before.get(2)).isNotEqualTo(before.get(1));
            assertThat(after.get(2)).isEqualTo(before.get(1));

            fixture.start();
            assertThat(fixture.sync()).isEqualTo(head.next());
            fixture.assertRestorable();
        }
    }

    @Test
    void goesOnAfterARestoreOfAnOlderPoint() throws Exception {
        assertGoesOnAfterARestore(LocalState.KEPT);
    }

    @Test
    void goesOnAfterARestoreOfAnOlderPointWithoutLocalState() throws Exception {
        assertGoesOnAfterARestore(LocalState.LOST);
    }

    private enum LocalState {
        KEPT,
        LOST
    }

    private void assertGoesOnAfterARestore(LocalState state) throws Exception {
        try (EngineFixture fixture = EngineFixture.replicating(directory, FILL)) {
            Sqlite3.run(fixture.database, FILL);
            Txid older = fixture.sync();
            Sqlite3.run(fixture.database, "UPDATE t SET v='newer' WHERE id > 10", FILL);
            fixture.sync();
            Sqlite3.run(fixture.database, "DELETE FROM t WHERE id > 35", "VACUUM");
            Txid head = fixture.sync();
            List<String> newer = EngineFixture.content(fixture.database);
            fixture.stop();
            if (state == LocalState.LOST) {
                Sqlite3.run("rm", "-r", fixture.stateDirectory().toString());
            }
            new Restore(fixture.replica(), Clock.system())
                    .run(
                            RestoreRequest.of(new RestoreTarget.AtTxid(older), fixture.database)
                                    .withExisting(ExistingOutput.REPLACE));

            assertGoesOn(fixture, head, newer);
        }
    }

    /// Starts again: the next transaction follows the head, which stays restorable, and the
    /// database can be written and restored as it is.
    private void assertGoesOn(EngineFixture fixture, Txid head, List<String> atHead)
            throws Exception {
        fixture.start();
        assertThat(fixture.sync()).isEqualTo(head.next());
        assertThat(EngineFixture.content(fixture.database)).isNotEqualTo(atHead);
        fixture.assertRestorable();
        Sqlite3.run(fixture.database, FILL);
        assertThat(fixture.sync()).isEqualTo(head.next().next());
        fixture.assertRestorable();
        Path output = directory.resolve("at-head.db");
        fixture.restore(new RestoreTarget.AtTxid(head), output);
        assertThat(EngineFixture.content(output)).isEqualTo(atHead);
    }

    /// Copies a file in another process: this one must not open and close it.
    private Path saved(Path file) throws Exception {
        Path copy = directory.resolve("saved-" + file.getFileName());
        Sqlite3.run("cp", file.toString(), copy.toString());
        return copy;
    }

    private List<byte[]> pages(Path database) throws Exception {
        byte[] bytes = Files.readAllBytes(saved(database));
        return IntStream.range(0, bytes.length / 4096)
                .mapToObj(i -> Arrays.copyOfRange(bytes, i * 4096, (i + 1) * 4096))
                .toList();
    }
}
