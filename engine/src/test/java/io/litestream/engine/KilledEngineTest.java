package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/// The process of the engine is killed at random moments, beside a writer that makes no pause.
final class KilledEngineTest {

    private static final int ROUNDS_PER_CHECK = 5;

    @TempDir Path directory;

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);

    @ParameterizedTest
    @EnumSource(names = {"WAL", "KEEP"})
    void losesNothingWhereverItIsKilled(JournalMode mode) throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory);
                Sqlite3 app = Sqlite3.start(fixture.database);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            app.ask("PRAGMA journal_mode=" + journal(mode), "PRAGMA busy_timeout=20000");
            app.tell("CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
            for (int i = 0; i < rounds(mode); i += ROUNDS_PER_CHECK) {
                AtomicBoolean stop = new AtomicBoolean();
                Random own = new Random(random.nextLong());
                Future<?> writing = threads.submit(() -> write(app, own, stop));
                try {
                    for (int j = 0; j < ROUNDS_PER_CHECK; j++) {
                        runAndKill(fixture, mode);
                    }
                } finally {
                    stop.set(true);
                }
                writing.get();
                check(fixture, mode);
            }
        }
    }

    private static int rounds(JournalMode mode) {
        return switch (mode) {
            case AUTO, WAL -> 20;
            case KEEP -> 10;
        };
    }

    private static String journal(JournalMode mode) {
        return switch (mode) {
            case AUTO, WAL -> "WAL";
            case KEEP -> "DELETE";
        };
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

    private void runAndKill(EngineFixture fixture, JournalMode mode) throws Exception {
        Process engine =
                EngineProgram.start(fixture.database, fixture.directory.resolve("replica"), mode);
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

    private void check(EngineFixture fixture, JournalMode mode) throws Exception {
        fixture.start(fixture.defaults().withJournalMode(mode));
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
