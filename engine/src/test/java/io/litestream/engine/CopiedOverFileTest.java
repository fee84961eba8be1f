package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.litestream.replica.RestoreTarget;
import io.litestream.sqlite.KernelLocks;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// Other content is copied over the open database, as by `cp`: same inode, past SQLite.
final class CopiedOverFileTest {

    private static final long CHECKPOINT_LOCK_BYTE = 121;

    @TempDir Path directory;

    @Test
    void publishesWhatWasCopiedOverAFileWithAnEmptyWal() throws Exception {
        try (EngineFixture fixture = replicating()) {
            fixture.await("an empty wal", () -> isEmpty(fixture.wal()));
            Path other = other(fixture, "UPDATE a SET v = 'copied'", "UPDATE b SET v = 'copied'");

            Sqlite3.run("cp", other.toString(), fixture.database.toString());
            fixture.await("a comparison", () -> wasCompared(fixture));
            fixture.sync();
            Sqlite3.run(fixture.database, "INSERT INTO a VALUES('later')");
            fixture.sync();

            assertThat(Sqlite3.run(fixture.database, "SELECT v FROM b")).isEqualTo("copied");
            fixture.assertRestorable();
        }
    }

    @Test
    void writesNoOldPagesIntoWhatWasCopiedOverAFileWithAWal() throws Exception {
        try (EngineFixture fixture = replicating()) {
            fixture.await("an empty wal", () -> isEmpty(fixture.wal()));
            Path other = other(fixture, "UPDATE a SET v = 'copied'", "UPDATE b SET v = 'copied'");
            Sqlite3.run(fixture.database, "UPDATE a SET v = 'in the wal'");
            fixture.sync();
            byte[] wal = Files.readAllBytes(fixture.wal());

            Sqlite3.run("cp", other.toString(), fixture.database.toString());
            fixture.await("a comparison", () -> wasCompared(fixture));
            fixture.sync();
            long quiet = System.nanoTime() + Duration.ofMillis(1500).toNanos();
            while (System.nanoTime() < quiet) { // more than a checkpoint waits for
                fixture.sync();
            }

            fixture.assertRestorable();
            Sqlite3.run("cmp", other.toString(), fixture.database.toString());
            assertThat(Files.readAllBytes(fixture.wal())).isEqualTo(wal);
            assertThat(Sqlite3.run(fixture.database, "SELECT v FROM a", "SELECT v FROM b"))
                    .isEqualTo("in the wal\ncopied");
            fixture.stop();
            Sqlite3.run("cmp", other.toString(), fixture.database.toString());
        }
    }

    @Test
    void publishesWhatWasCopiedJustBeforeAStop() throws Exception {
        try (EngineFixture fixture = replicating()) {
            fixture.await("an empty wal", () -> isEmpty(fixture.wal()));
            Path other = other(fixture, "UPDATE b SET v = 'copied'");

            Sqlite3.run("cp", other.toString(), fixture.database.toString());
            fixture.engine().sync(Duration.ofMillis(200)); // it may be answered or not
            fixture.engine().sync(Duration.ofMillis(100));
            fixture.stopAbruptly();
            fixture.start();
            fixture.sync();

            assertThat(Sqlite3.run(fixture.database, "SELECT v FROM b")).isEqualTo("copied");
            fixture.assertRestorable();
        }
    }

    @Test
    void doesNotAnswerASyncBeforeItKnowsWhatWasCopied() throws Exception {
        try (EngineFixture fixture = replicating()) {
            fixture.await("an empty wal", () -> isEmpty(fixture.wal()));
            Path other = other(fixture, "UPDATE b SET v = 'copied'");

            Sqlite3.run("cp", other.toString(), fixture.database.toString());
            fixture.sync();

            fixture.assertRestorable();
        }
    }

    /// The engine looks at the files so seldom that it sees its checkpoint and the copy at once.
    @Test
    void takesNoChangeRightAfterACheckpointOfItsOwnForThatCheckpoint() throws Exception {
        try (EngineFixture fixture = prepared()) {
            fixture.start(fixture.defaults(), Duration.ofMillis(300));
            fixture.sync();
            for (int i = 0; i < 3; i++) {
                Sqlite3.run(fixture.database, "INSERT INTO a VALUES('in the wal')");
                fixture.sync();
                Path other = other(fixture, "UPDATE b SET v = 'copied %d'".formatted(i));
                fixture.await("an empty wal", () -> isEmpty(fixture.wal()));
                fixture.events.clear();

                Sqlite3.run("cp", other.toString(), fixture.database.toString());
                fixture.await("a comparison", () -> wasCompared(fixture));
                fixture.sync();

                fixture.assertRestorable();
            }
        }
    }

    /// The engine looks at the files so seldom that it sees the copy and the commits at once.
    @Test
    void isNotHiddenByCommitsThatFollow() throws Exception {
        try (EngineFixture fixture = prepared()) {
            fixture.start(fixture.defaults(), Duration.ofMillis(300));
            fixture.sync();
            for (int i = 1; i <= 3; i++) {
                fixture.await("an empty wal", () -> isEmpty(fixture.wal()));
                fixture.sync();
                Path other = other(fixture, "UPDATE b SET v = %d".formatted(i));
                String commit = "UPDATE a SET v = %d".formatted(i);

                Sqlite3.run("cp", other.toString(), fixture.database.toString());
                Sqlite3.run(fixture.database, commit);
                fixture.sync();
                fixture.assertRestorable();
                Sqlite3.run(fixture.database, "PRAGMA wal_checkpoint");
            }
            assumeTrue(
                    KernelLocks.seesAllProcesses(), "else a mixture may be captured for a second");
            for (EngineEvent.Captured each : fixture.all(EngineEvent.Captured.class)) {
                Path output = directory.resolve("at-%s.db".formatted(each.txid()));
                fixture.restore(new RestoreTarget.AtTxid(each.txid()), output);
                assertThat(
                                Sqlite3.run(
                                        output,
                                        "SELECT CAST(a.v AS INT) <= CAST(b.v AS INT) FROM a, b"))
                        .as("the copy came before the commit, at txid %s", each.txid())
                        .isEqualTo("1");
            }
        }
    }

    @Test
    void endsTheWalOnceTheApplicationHasBroughtItIntoTheFile() throws Exception {
        try (EngineFixture fixture = replicating()) {
            fixture.await("an empty wal", () -> isEmpty(fixture.wal()));
            Path other = other(fixture, "UPDATE a SET v = 'copied'", "UPDATE b SET v = 'copied'");
            Sqlite3.run(fixture.database, "UPDATE a SET v = 'in the wal'");
            fixture.sync();
            Sqlite3.run("cp", other.toString(), fixture.database.toString());
            fixture.await("a comparison", () -> wasCompared(fixture));

            Sqlite3.run(fixture.database, "PRAGMA wal_checkpoint(PASSIVE)");

            fixture.await("an empty wal", () -> isEmpty(fixture.wal()));
            fixture.sync();
            fixture.assertRestorable();
        }
    }

    /// A process that dies in its checkpoint has written pages, and counted none.
    @Test
    void goesOnAsBeforeWhenTheFileIsWrittenAndHoldsTheSame() throws Exception {
        try (EngineFixture fixture = replicating()) {
            fixture.await("an empty wal", () -> isEmpty(fixture.wal()));
            Sqlite3.run(fixture.database, "UPDATE a SET v = 'in the wal'");
            fixture.sync();

            Sqlite3.run("touch", fixture.database.toString());
            fixture.await("a comparison", () -> wasCompared(fixture));

            fixture.await("an empty wal", () -> isEmpty(fixture.wal()));
            Sqlite3.run(fixture.database, "UPDATE a SET v = 'later'");
            fixture.stop();
            assertThat(fixture.wal()).doesNotExist();
            fixture.assertRestorable();
        }
    }

    /// While somebody makes a checkpoint, as far as can be seen, a change of the file says nothing.
    @Test
    void comparesWhenASnapshotShowsThatTheFileIsAnother() throws Exception {
        try (EngineFixture fixture = replicating()) {
            fixture.await("an empty wal", () -> isEmpty(fixture.wal()));
            fixture.sync();
            Path other = other(fixture, "UPDATE b SET v = 'copied'");
            FileChannel shm = FileChannel.open(fixture.shm(), READ, WRITE);
            shm.lock(CHECKPOINT_LOCK_BYTE, 1, false);

            Sqlite3.run("cp", other.toString(), fixture.database.toString());
            fixture.engine().requestSnapshots();
            fixture.await("a comparison", () -> !fixture.all(EngineEvent.Compared.class).isEmpty());

            assertThat(fixture.all(EngineEvent.Compared.class).getFirst().reason())
                    .contains("snapshot");
            fixture.stop();
            shm.close(); // not before: that drops all locks of this process on the file
            assertThat(Sqlite3.run(fixture.database, "SELECT v FROM b")).isEqualTo("copied");
            fixture.assertRestorable();
        }
    }

    private EngineFixture replicating() throws Exception {
        EngineFixture fixture = prepared();
        fixture.start();
        fixture.sync();
        return fixture;
    }

    private EngineFixture prepared() throws Exception {
        EngineSettings defaults = EngineSettings.DEFAULT;
        EngineSettings settings =
                new EngineSettings(
                        defaults.shutdownSyncTimeout(),
                        Duration.ofMillis(200),
                        Duration.ofMillis(500),
                        Duration.ofMinutes(5),
                        defaults.restBytes(),
                        defaults.spoolBytes(),
                        defaults.workers(),
                        defaults.uploads());
        EngineFixture fixture = new EngineFixture(directory, settings);
        Sqlite3.run(
                fixture.database,
                "PRAGMA journal_mode=WAL",
                "CREATE TABLE a(v)",
                "CREATE TABLE b(v)",
                "INSERT INTO a VALUES('old')",
                "INSERT INTO b VALUES('old')");
        return fixture;
    }

    /// Returns a file like the database, in which something is changed. The database's WAL is
    /// empty.
    private Path other(EngineFixture fixture, String... changes) throws Exception {
        Path other = directory.resolve("other.db");
        Sqlite3.run("cp", fixture.database.toString(), other.toString());
        Sqlite3.run(other, changes);
        assertThat(other.resolveSibling("other.db-wal")).doesNotExist();
        return other;
    }

    private static boolean wasCompared(EngineFixture fixture) {
        return fixture.all(EngineEvent.Compared.class).stream()
                .anyMatch(event -> event.reason().contains("other than SQLite"));
    }

    private static boolean isEmpty(Path wal) {
        return wal.toFile().length() == 0;
    }
}
