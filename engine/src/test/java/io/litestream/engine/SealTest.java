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

    @TempDir Path directory;

    @Test
    void endsTheWalWhateverElseIsTriedMeanwhile() throws Exception {
        Path path = directory.resolve("app.db");
        Sqlite3.run(path, "PRAGMA journal_mode=WAL", "CREATE TABLE t(v)");
        List<EngineEvent> events = new CopyOnWriteArrayList<>();
        OpenDatabase database = OpenDatabase.open(DatabaseFile.open(path), _ -> {});
        Process writer = writer(path);
        try (Scheduler scheduler = new Scheduler(1)) {
            Checkpoints checkpoints =
                    new Checkpoints(
                            path,
                            database,
                            () -> true,
                            new Checkpoints.Limits(
                                    10,
                                    Duration.ZERO,
                                    0,
                                    Duration.ofMillis(50),
                                    Duration.ofMillis(500),
                                    Long.MAX_VALUE,
                                    64 << 10),
                            scheduler::after,
                            scheduler::checkpoint,
                            Clock.system(),
                            events::add);
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

    /// Commits without end, some thousand times a second.
    private static Process writer(Path database) throws Exception {
        String shell =
                "yes 'INSERT INTO t VALUES(randomblob(9000));' | sqlite3 -cmd '.timeout 10000' -cmd"
                        + " 'PRAGMA synchronous=NORMAL' '%s' >/dev/null";
        return new ProcessBuilder("sh", "-c", shell.formatted(database)).start();
    }
}
