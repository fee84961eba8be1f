package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/// The process of the engine is killed at random moments, beside a writer that makes no pause.
final class KilledEngineTest {

    private static final int ROUNDS = 20;
    private static final int ROUNDS_PER_CHECK = 5;

    @TempDir Path directory;

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);

    @Test
    void losesNothingWhereverItIsKilled() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory);
                Sqlite3 app = Sqlite3.start(fixture.database);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            app.ask("PRAGMA journal_mode=WAL", "PRAGMA busy_timeout=5000");
            app.tell("CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
            for (int i = 0; i < ROUNDS; i += ROUNDS_PER_CHECK) {
                AtomicBoolean stop = new AtomicBoolean();
                Random own = new Random(random.nextLong());
                Future<?> writing = threads.submit(() -> write(app, own, stop));
                try {
                    for (int j = 0; j < ROUNDS_PER_CHECK; j++) {
                        runAndKill(fixture);
                    }
                } finally {
                    stop.set(true);
                }
                writing.get();
                check(fixture);
            }
        }
    }

    private static Void write(Sqlite3 app, Random random, AtomicBoolean stop) throws Exception {
        while (!stop.get()) {
            switch (random.nextInt(20)) {
                case 0 -> app.ask("PRAGMA wal_checkpoint(TRUNCATE)");
                case 1, 2 -> app.tell("DELETE FROM t WHERE id < (SELECT max(id) FROM t) - 300");
                case 3 -> app.tell("BEGIN", "UPDATE t SET v = 'x'", "ROLLBACK");
                default ->
                        app.tell(
                                "INSERT INTO t(v) SELECT randomblob(%d) FROM generate_series(1, %d)"
                                        .formatted(random.nextInt(3000), 1 + random.nextInt(9)));
            }
        }
        return null;
    }

    private void runAndKill(EngineFixture fixture) throws Exception {
        Process engine =
                EngineProgram.start(fixture.database, fixture.directory.resolve("replica"));
        try (BufferedReader events = engine.inputReader()) {
            int more = random.nextInt(40); // events until the end: a random moment
            for (int i = 0; i <= more; i++) {
                String line = events.readLine();
                while (line != null && !line.startsWith("event ")) {
                    line = events.readLine();
                }
                assertThat(line).as("event %d of %d, seed %d", i, more, seed).isNotNull();
            }
        } finally {
            engine.destroyForcibly().waitFor();
        }
    }

    private void check(EngineFixture fixture) throws Exception {
        fixture.start();
        try {
            fixture.sync();
            fixture.assertRestorable();
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        } finally {
            fixture.stopAbruptly();
        }
    }
}
