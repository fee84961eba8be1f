package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.sqlite.DatabaseFile;
import io.litestream.time.Clock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/// A writer that makes no pause, so that its WAL does not end by itself.
final class SealTest {

    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private static final Duration BUDGET = Duration.ofMillis(50);

    @TempDir Path directory;

    @Test
    void endsTheWalWhateverElseIsTriedMeanwhile() throws Exception {
        Path path = directory.resolve("app.db");
        Sqlite3.run(path, "PRAGMA journal_mode=WAL", "CREATE TABLE t(v)");
        List<EngineEvent> events = new CopyOnWriteArrayList<>();
        OpenDatabase database = OpenDatabase.open(DatabaseFile.open(path), _ -> {});
        Process writer = writer(path);
        try (Scheduler scheduler = new Scheduler(1)) {
            Checkpoints checkpoints = checkpoints(path, database, scheduler, BUDGET, events);
            Path wal = directory.resolve("app.db-wal");
            long deadline = System.nanoTime() + DEADLINE_NANOS;
            while (!Files.exists(wal) || Files.size(wal) == 0) {
                assertThat(System.nanoTime()).as("a first commit").isLessThan(deadline);
                Thread.sleep(5);
            }
            while (events.stream().noneMatch(EngineEvent.Sealed.class::isInstance)) {
                assertThat(System.nanoTime()).as("%s", events).isLessThan(deadline);
                Optional<WalTail> tail = database.tail();
                if (tail.isPresent()) {
                    checkpoints.consider(tail.get(), false);
                }
                Thread.sleep(20);
            }
            assertThat(writer.isAlive()).isTrue();
            checkpoints.await();
        } finally {
            writer.descendants().forEach(ProcessHandle::destroyForcibly);
            writer.destroyForcibly().waitFor();
            database.close(OpenDatabase.Ending.LEAVE_WAL);
        }
    }

    /// Its checkpoint comes after it has given the write lock back, so it can be under way when the
    /// seal begins.
    @Test
    void outlastsACheckpointOfTheApplication() throws Exception {
        Path path = directory.resolve("app.db");
        Sqlite3.run(path, "PRAGMA journal_mode=WAL", "CREATE TABLE t(v)");
        List<EngineEvent> events = new CopyOnWriteArrayList<>();
        OpenDatabase database = OpenDatabase.open(DatabaseFile.open(path), _ -> {});
        try (Scheduler scheduler = new Scheduler(1)) {
            Checkpoints checkpoints =
                    checkpoints(path, database, scheduler, Duration.ofSeconds(30), events);
            Sqlite3.run(path, "INSERT INTO t VALUES(randomblob(900000))");
            checkpoints.consider(database.tail().orElseThrow(), false);
            checkpoints.await();
            Sqlite3.run(path, "INSERT INTO t VALUES(randomblob(900000))");
            WalTail before = database.tail().orElseThrow();
            Process application = CheckpointingApplication.start(path);

            long deadline = System.nanoTime() + DEADLINE_NANOS;
            while (events.stream().noneMatch(EngineEvent.Sealed.class::isInstance)) {
                assertThat(System.nanoTime()).as("%s", events).isLessThan(deadline);
                checkpoints.consider(database.tail().orElseThrow(), false);
                Thread.sleep(20);
            }

            assertThat(application.waitFor()).isZero();
            assertThat(database.tail().orElseThrow().isBackfilled()).isTrue();
            Sqlite3.run(path, "INSERT INTO t VALUES(1)");
            assertThat(database.tail().orElseThrow().validFrames())
                    .isLessThan(before.validFrames());
        } finally {
            database.close(OpenDatabase.Ending.LEAVE_WAL);
        }
    }

    private static Checkpoints checkpoints(
            Path path,
            OpenDatabase database,
            Scheduler scheduler,
            Duration budget,
            List<EngineEvent> events) {
        Checkpoints.Limits limits =
                new Checkpoints.Limits(
                        10,
                        Duration.ZERO,
                        0,
                        budget,
                        Duration.ofMillis(500),
                        Long.MAX_VALUE,
                        64 << 10);
        return new Checkpoints(
                path,
                database,
                () -> true,
                limits,
                scheduler::after,
                scheduler::checkpoint,
                Clock.system(),
                events::add);
    }

    /// Commits without end, some thousand times a second.
    static Process writer(Path database) throws Exception {
        String shell =
                "yes 'INSERT INTO t VALUES(randomblob(9000));' | sqlite3 -cmd '.timeout 10000' -cmd"
                        + " 'PRAGMA synchronous=NORMAL' '%s' >/dev/null";
        return new ProcessBuilder("sh", "-c", shell.formatted(database)).start();
    }
}
