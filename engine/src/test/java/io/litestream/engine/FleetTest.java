package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.replica.KeyLayout;
import io.litestream.replica.Replica;
import io.litestream.replica.Restore;
import io.litestream.replica.RestoreRequest;
import io.litestream.replica.RestoreTarget;
import io.litestream.replica.state.StateDirectory;
import io.litestream.storage.testkit.MemoryObjectStore;
import io.litestream.time.Clock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// More databases than may be open at once.
final class FleetTest {

    private static final int DATABASES = 20;
    private static final int OPEN_AT_ONCE = 2;
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final Duration REST_AFTER = Duration.ofSeconds(1);
    private static final EngineSettings SETTINGS =
            new EngineSettings(
                    Duration.ofSeconds(30),
                    REST_AFTER.dividedBy(2),
                    REST_AFTER.dividedBy(2),
                    REST_AFTER,
                    1 << 30,
                    1 << 30,
                    2,
                    32);

    @TempDir Path directory;

    private final List<EngineEvent> events = new CopyOnWriteArrayList<>();
    private final List<DatabaseSettings> databases = new ArrayList<>();

    @Test
    void replicatesThemAllAndEachLaterWrite() throws Exception {
        try (Engine engine = start()) {
            await(() -> engine.destinations().stream().allMatch(DestinationReport::isComplete));
            for (DatabaseSettings each : databases) {
                write(each.database(), "INSERT INTO t VALUES('later')");
            }
            assertThat(engine.sync(LIMIT).isComplete()).as("events: %s", events).isTrue();
        }

        for (DatabaseSettings each : databases) {
            assertThat(restored(each)).isEqualTo("first,later");
        }
    }

    private Engine start() throws Exception {
        for (int i = 0; i < DATABASES; i++) {
            databases.add(database(i));
        }
        Engine engine =
                new Engine(
                        SETTINGS,
                        Clock.system(),
                        RandomGenerator.getDefault(),
                        events::add,
                        OPEN_AT_ONCE);
        engine.start(databases, Duration.ofMillis(10));
        return engine;
    }

    @Test
    void leavesOneDescriptorOpenForEachDatabaseAtRest() throws Exception {
        try (Engine engine = start()) {
            await(() ->
                    databases.stream()
                            .allMatch(each ->
                                    engine.state(each.database())
                                            .equals(Optional.of(DatabaseState.RESTING))));

            await(() -> openFiles().size() == DATABASES);
            assertThat(openFiles()).allMatch(name -> name.endsWith("-litestream/lock"));
        }
        assertThat(openFiles()).isEmpty();
    }

    private DatabaseSettings database(int number) throws Exception {
        Path path = directory.resolve("db-%d.db".formatted(number));
        write(
                path,
                "PRAGMA journal_mode=WAL",
                "CREATE TABLE t(v)",
                "INSERT INTO t VALUES('first')");
        Replica replica = new Replica("memory", new MemoryObjectStore(), KeyLayout.PLAIN);
        return DatabaseSettings.of(
                path,
                StateDirectory.defaultPath(path),
                List.of(new DestinationSettings("memory", replica, Duration.ofMillis(50))));
    }

    private static void write(Path database, String... statements) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database)) {
            EngineFixture.execute(connection, "PRAGMA busy_timeout=5000");
            EngineFixture.execute(connection, statements);
        }
    }

    private String restored(DatabaseSettings of) throws Exception {
        Path output = directory.resolve("restored-" + of.database().getFileName());
        new Restore(of.destinations().getFirst().replica(), Clock.system())
                .run(RestoreRequest.of(new RestoreTarget.Latest(), output));
        return Sqlite3.run(output, "SELECT group_concat(v) FROM t");
    }

    private void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("events: %s", events).isLessThan(end);
            Thread.sleep(20);
        }
    }

    /// Returns the files of the databases that this process has open.
    private List<String> openFiles() {
        List<String> open = new ArrayList<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                try {
                    String target = Files.readSymbolicLink(descriptor).toString();
                    if (target.startsWith(directory.toRealPath().toString())) {
                        open.add(target);
                    }
                } catch (IOException closed) {
                    // it was open only while the list was made
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return open;
    }
}
