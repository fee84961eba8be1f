package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.replica.RestoreTarget;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/// A database that nobody writes to comes to rest: no connection, no open file; and wakes.
final class RestTest {

    private static final Duration REST_AFTER = Duration.ofMillis(300);
    private static final int ROUNDS = 50;

    @TempDir Path directory;

    @Test
    void closesEveryFileAndWakesWhenSomebodyWrites() throws Exception {
        try (EngineFixture fixture = replicating(REST_AFTER)) {
            for (int i = 0; i < 3; i++) {
                awaitRest(fixture);
                assertThat(openFiles("app.db")).isEmpty();
                fixture.events.clear();

                Sqlite3.run(fixture.database, "INSERT INTO t VALUES('%d')".formatted(i));
                fixture.sync();
            }

            fixture.assertRestorable();
        }
    }

    @Test
    void wakesWithoutAComparisonIfTheApplicationStayedConnected() throws Exception {
        try (EngineFixture fixture = replicating(REST_AFTER);
                Sqlite3 app = Sqlite3.start(fixture.database)) {
            for (int i = 0; i < 3; i++) {
                app.tell("INSERT INTO t VALUES('%d')".formatted(i));
                fixture.sync();
                awaitRest(fixture);
                assertThat(openFiles("app.db")).isEmpty();
                fixture.events.clear();
            }
            app.tell("INSERT INTO t VALUES('last')");
            fixture.sync();

            fixture.assertNothingCompared();
            fixture.assertRestorable();
        }
    }

    @Test
    void losesNoCommitThatIsMadeWhileItGoesToRest() throws Exception {
        Duration soon = Duration.ofMillis(30);
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        try (EngineFixture fixture = replicating(soon);
                Sqlite3 app = Sqlite3.start(fixture.database)) {
            app.ask("PRAGMA busy_timeout=5000"); // the quiet TRUNCATE takes the write lock
            for (int i = 0; i < ROUNDS; i++) {
                long until = System.nanoTime() + random.nextInt(80_000_000);
                fixture.await("a moment", () -> System.nanoTime() - until > 0);
                String insert = "INSERT INTO t VALUES('%d')".formatted(i);
                switch (random.nextInt(3)) {
                    case 0 -> Sqlite3.run(fixture.database, "PRAGMA busy_timeout=5000", insert);
                    case 1 -> {
                        app.tell(insert);
                        app.ask("PRAGMA wal_checkpoint(TRUNCATE)");
                    }
                    default -> app.tell(insert);
                }
                if (i % 10 == 9) {
                    fixture.sync();
                    Path then = directory.resolve("then-%d.db".formatted(i));
                    fixture.restore(new RestoreTarget.Latest(), then);
                    assertThat(Sqlite3.run(then, "SELECT count(*) FROM t"))
                            .as("seed %d", seed)
                            .isEqualTo(Integer.toString(i + 1));
                }
            }
            fixture.stop();
            assertThat(fixture.all(EngineEvent.Rested.class)).as("seed %d", seed).isNotEmpty();
            fixture.assertRestorable();
        }
    }

    @Test
    void staysAwakeWhileAWriterWaitsForTheDisk() throws Exception {
        try (EngineFixture fixture = replicating(REST_AFTER);
                Sqlite3 app = Sqlite3.start(fixture.database)) {
            app.tell("INSERT INTO t VALUES('before')", "BEGIN IMMEDIATE");
            fixture.sync();
            int counted = fixture.validFrames();
            fixture.events.clear();
            // The writer has written, and is about to count what it wrote, which changes no file.
            RawWal.read(fixture.wal()).plantPhantom(counted, 2, "phantom");

            Thread.sleep(REST_AFTER.multipliedBy(5));

            assertThat(fixture.all(EngineEvent.Rested.class)).isEmpty();
            app.tell("INSERT INTO t VALUES('counted')", "COMMIT");
            fixture.sync();
            awaitRest(fixture);
            fixture.assertRestorable();
        }
    }

    private EngineFixture replicating(Duration rest) throws Exception {
        EngineSettings defaults = EngineSettings.DEFAULT;
        EngineSettings settings =
                new EngineSettings(
                        defaults.shutdownSyncTimeout(),
                        rest.dividedBy(2),
                        rest.dividedBy(2),
                        rest,
                        defaults.restBytes(),
                        defaults.spoolBytes(),
                        defaults.workers(),
                        defaults.uploads());
        EngineFixture fixture = new EngineFixture(directory, settings);
        Sqlite3.run(fixture.database, "PRAGMA journal_mode=WAL", "CREATE TABLE t(v)");
        fixture.start();
        fixture.sync();
        return fixture;
    }

    private static void awaitRest(EngineFixture fixture) throws Exception {
        fixture.await("rest", () -> !fixture.all(EngineEvent.Rested.class).isEmpty());
    }

    /// Returns the database's files that this process has open.
    private static List<String> openFiles(String name) throws IOException {
        List<String> open = new ArrayList<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                try {
                    String target = Files.readSymbolicLink(descriptor).toString();
                    if (target.matches(".*/" + name + "(-wal|-shm)?( \\(deleted\\))?")) {
                        open.add(target);
                    }
                } catch (IOException closed) {
                    // it was open only while the list was made
                }
            }
        }
        return open;
    }
}
