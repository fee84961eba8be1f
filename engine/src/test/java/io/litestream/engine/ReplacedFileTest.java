package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;

/// Another file is renamed over the database while a WAL of the old one is beside it: opened
/// together, the old pages in the WAL would destroy the new file.
final class ReplacedFileTest {

    private static final String FILL =
            "INSERT INTO t(v) SELECT randomblob(3000) FROM generate_series(1, 50)";

    private static final Duration FINISH = Duration.ofMillis(500);

    @TempDir Path directory;

    @Test
    void keepsTheContentOfANewFileThatNobodyUsesYet() throws Exception {
        try (EngineFixture fixture = replicating()) {
            Sqlite3.run(fixture.database, FILL);
            fixture.sync();
            assertThat(RawWal.read(fixture.wal()).committedByChecksums()).isPositive();
            Path fresh = replacement(fixture);

            rename(fresh, fixture.database);
            awaitReplaced(fixture);
            fixture.sync();

            assertThat(Sqlite3.run(fixture.database, "SELECT * FROM mark")).isEqualTo("new");
            Sqlite3.run(fixture.database, FILL);
            fixture.sync();
            assertHasNewContent(fixture);
        }
    }

    @Test
    void publishesANewFileThatComesWhenTheWalIsAllInTheOldOne() throws Exception {
        try (EngineFixture fixture = replicating()) {
            fixture.sync();
            Path fresh = replacement(fixture);
            fixture.await(
                    "an empty wal",
                    () -> fixture.wal().toFile().length() == 0 && fixture.shm().toFile().exists());

            rename(fresh, fixture.database);
            awaitReplaced(fixture);
            fixture.sync();

            assertHasNewContent(fixture);
        }
    }

    @Test
    void keepsTheContentOfANewFileWhileAnApplicationHasTheOldOne() throws Exception {
        try (EngineFixture fixture = replicating();
                Sqlite3 idle = Sqlite3.start(fixture.database)) {
            idle.tell(FILL);
            fixture.sync();
            Path fresh = replacement(fixture);

            rename(fresh, fixture.database);
            awaitReplaced(fixture);
            fixture.sync();
            idle.tell("INSERT INTO t(v) VALUES('into the old file')");
            Sqlite3.run(fixture.database, FILL);
            fixture.sync();

            assertThat(EngineFixture.content(fixture.database))
                    .noneMatch(row -> row.contains("into the old file"));
            assertHasNewContent(fixture);
        }
    }

    @Test
    void touchesNothingIfTheNewFileIsInUse() throws Exception {
        try (EngineFixture fixture = replicating()) {
            Sqlite3.run(fixture.database, FILL);
            fixture.sync();
            Path fresh = replacement(fixture);
            byte[] wal = Files.readAllBytes(fixture.wal());
            byte[] file = Files.readAllBytes(fresh);

            try (Sqlite3 user = Sqlite3.start(fresh)) {
                user.ask("PRAGMA journal_mode=DELETE", "BEGIN", "SELECT count(*) FROM t");
                rename(fresh, fixture.database);
                awaitReplaced(fixture);

                assertThat(fixture.all(EngineEvent.FileChanged.class))
                        .anyMatch(event -> event.what().contains("in use already"));
                fixture.await(
                        "a comparison", () -> !fixture.all(EngineEvent.Compared.class).isEmpty());
                fixture.events.clear();
                awaitQuiet(fixture);
                fixture.stop();
                assertThat(fixture.all(EngineEvent.Checkpointed.class)).isEmpty();
                assertThat(Files.readAllBytes(fixture.wal())).isEqualTo(wal);
                assertThat(Files.readAllBytes(fixture.database)).isEqualTo(file);
            }
        }
    }

    @Test
    void keepsTheContentOfANewFileThatCameWhileItWasStopped() throws Exception {
        try (EngineFixture fixture = replicating()) {
            Sqlite3 app = Sqlite3.start(fixture.database);
            app.tell(FILL);
            fixture.sync();
            fixture.stop();
            Path fresh = replacement(fixture);
            app.kill();
            assertThat(RawWal.read(fixture.wal()).committedByChecksums()).isPositive();

            rename(fresh, fixture.database);
            fixture.start();
            fixture.sync();

            assertHasNewContent(fixture);
        }
    }

    @Test
    void leavesTheWalOfANewFileThatGotTheInodeOfTheOldOnes() throws Exception {
        try (EngineFixture fixture = replicating()) {
            Sqlite3 app = Sqlite3.start(fixture.database);
            app.tell(FILL);
            fixture.sync();
            fixture.stop();
            Path fresh = replacement(fixture);
            app.kill();
            Object inode = Files.getAttribute(fixture.wal(), "unix:ino");
            Files.createLink(directory.resolve("old.db"), fixture.database);
            rename(fixture.shm(), directory.resolve("old.shm"));
            Files.delete(fixture.wal()); // so its inode is the only one that is free
            rename(fresh, fixture.database);

            commitAndDie(fixture);
            assumeTrue(
                    Files.getAttribute(fixture.wal(), "unix:ino").equals(inode),
                    "the file system gave the new file another inode");
            fixture.start();
            fixture.sync();

            assertHasLastCommit(fixture);
        }
    }

    @Test
    void leavesTheEmptyWalThatANewFileWentOnWith() throws Exception {
        try (EngineFixture fixture = replicating()) {
            Sqlite3 app = Sqlite3.start(fixture.database);
            app.tell(FILL);
            fixture.sync();
            Path fresh = replacement(fixture);
            fixture.await("an empty wal", () -> fixture.wal().toFile().length() == 0);
            fixture.stop();
            app.kill();
            assertThat(fixture.wal()).isEmptyFile();
            rename(fresh, fixture.database);

            commitAndDie(fixture);
            fixture.start();
            fixture.sync();

            assertHasLastCommit(fixture);
        }
    }

    /// Commits to the new file as an application does that is killed before it checkpoints.
    private static void commitAndDie(EngineFixture fixture) throws Exception {
        Sqlite3 next = Sqlite3.start(fixture.database);
        next.ask("PRAGMA journal_mode=WAL");
        next.tell("INSERT INTO mark VALUES('last')");
        next.kill();
        assertThat(fixture.wal()).isNotEmptyFile();
    }

    private static void assertHasLastCommit(EngineFixture fixture) throws Exception {
        assertThat(Sqlite3.run(fixture.database, "SELECT * FROM mark WHERE v = 'last'"))
                .isEqualTo("last");
        assertThat(Sqlite3.run(fixture.database, "PRAGMA integrity_check")).isEqualTo("ok");
        fixture.assertRestorable();
    }

    @Test
    void keepsTheContentOfANewFileThatFollowsOneThatIsNoDatabase() throws Exception {
        try (EngineFixture fixture = replicating()) {
            Sqlite3.run(fixture.database, FILL);
            fixture.sync();
            Path fresh = replacement(fixture);
            Path garbage = Files.writeString(directory.resolve("garbage"), "x".repeat(10_000));

            rename(garbage, fixture.database);
            fixture.await("degraded", () -> !fixture.all(EngineEvent.Degraded.class).isEmpty());
            rename(fresh, fixture.database);
            fixture.await("recovered", () -> !fixture.all(EngineEvent.Recovered.class).isEmpty());
            fixture.sync();

            assertHasNewContent(fixture);
        }
    }

    private EngineFixture replicating() throws Exception {
        EngineSettings defaults = EngineSettings.DEFAULT;
        EngineSettings settings =
                new EngineSettings(
                        defaults.shutdownSyncTimeout(),
                        FINISH,
                        FINISH,
                        Duration.ofMinutes(5),
                        defaults.restBytes(),
                        defaults.spoolBytes(),
                        defaults.workers(),
                        defaults.uploads());
        EngineFixture fixture = new EngineFixture(directory, settings);
        Sqlite3.run(
                fixture.database,
                "PRAGMA journal_mode=WAL",
                "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
                FILL);
        fixture.start();
        fixture.sync();
        return fixture;
    }

    /// Returns a whole new file without a WAL, which differs from the old one in many pages.
    private Path replacement(EngineFixture fixture) throws Exception {
        Path fresh = directory.resolve("fresh.db");
        Sqlite3.run(fixture.database, "VACUUM INTO '%s'".formatted(fresh));
        Sqlite3.run(
                fresh,
                "PRAGMA journal_mode=DELETE",
                "DELETE FROM t WHERE id % 3 = 0",
                "CREATE TABLE mark(v)",
                "INSERT INTO mark VALUES('new')");
        return fresh;
    }

    private static void rename(Path from, Path to) throws Exception {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void awaitReplaced(EngineFixture fixture) throws Exception {
        fixture.await(
                "the replacement to be noticed",
                () ->
                        fixture.all(EngineEvent.FileChanged.class).stream()
                                .anyMatch(event -> event.what().contains("replaced")));
    }

    /// Waits three times as long as it takes until a checkpoint is made.
    private static void awaitQuiet(EngineFixture fixture) throws Exception {
        long until = System.nanoTime() + FINISH.multipliedBy(3).toNanos();
        fixture.await("a quiet time", () -> System.nanoTime() - until > 0);
    }

    private static void assertHasNewContent(EngineFixture fixture) throws Exception {
        assertThat(Sqlite3.run(fixture.database, "PRAGMA integrity_check")).isEqualTo("ok");
        assertThat(Sqlite3.run(fixture.database, "SELECT * FROM mark")).isEqualTo("new");
        fixture.assertRestorable();
    }
}
