package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// Other content is copied over the open database, as by `cp`: same inode, past SQLite.
final class CopiedOverFileTest {

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

    /// Whoever copies with `cp -p` can leave the file looking as it did.
    @Test
    void comparesWhenASnapshotShowsThatTheFileIsAnother() throws Exception {
        try (EngineFixture fixture = replicating()) {
            fixture.await("an empty wal", () -> isEmpty(fixture.wal()));
            fixture.sync();
            Path other = other(fixture, "UPDATE b SET v = 'copied'");
            Sqlite3.run("touch", "-r", fixture.database.toString(), other.toString());

            Sqlite3.run("cp", "-p", other.toString(), fixture.database.toString());
            fixture.engine().requestSnapshots();
            fixture.await("a comparison", () -> !fixture.all(EngineEvent.Compared.class).isEmpty());
            fixture.sync();

            fixture.assertRestorable();
            assertThat(fixture.all(EngineEvent.Compared.class))
                    .anySatisfy(event -> assertThat(event.reason()).contains("snapshot"));
            assertThat(Sqlite3.run(fixture.database, "SELECT v FROM b")).isEqualTo("copied");
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
