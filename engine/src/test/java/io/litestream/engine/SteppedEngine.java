package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.replica.Replica;
import io.litestream.replica.state.StateDirectory;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;

/// A database, an application that writes to it, and an engine that replicates it, whose time
/// passes by steps: at each, all that is due is done before the next.
final class SteppedEngine implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofDays(1);
    private static final Duration LOOKS = Duration.ofMillis(50);

    final Path database;
    final SetClock clock;
    final List<EngineEvent> events = new CopyOnWriteArrayList<>();
    private final Engine engine;
    private final Connection app;

    /// @param tables what the application does before the engine starts
    SteppedEngine(Path directory, Instant start, String... tables) throws SQLException {
        this.database = directory.resolve("app.db");
        this.clock = new SetClock(start);
        this.app = DriverManager.getConnection("jdbc:sqlite:" + database);
        EngineFixture.execute(app, "PRAGMA journal_mode=WAL", "PRAGMA synchronous=OFF");
        EngineFixture.execute(app, tables);
        this.engine =
                new Engine(
                        EngineSettings.DEFAULT, clock, RandomGenerator.getDefault(), events::add);
    }

    void start(Replica replica, RetentionSettings retention, UpkeepSettings upkeep)
            throws Exception {
        DestinationSettings destination =
                new DestinationSettings(replica.name(), replica, Duration.ofSeconds(1))
                        .with(retention);
        engine.start(
                List.of(
                        DatabaseSettings.of(
                                        database,
                                        StateDirectory.defaultPath(database),
                                        List.of(destination))
                                .withUpkeep(upkeep)),
                LOOKS);
        sync();
    }

    /// Commits, and returns the transaction of the replica that has it.
    Txid commit(String sql) throws Exception {
        EngineFixture.execute(app, sql);
        return sync();
    }

    /// Lets time pass, and does what is due.
    void pass(Duration time) throws InterruptedException {
        engine.awaitIdle(Long.MAX_VALUE);
        clock.advance(time);
        engine.tick();
        engine.awaitIdle(Long.MAX_VALUE);
    }

    /// Waits for an event, which comes on a thread of its own, and returns it.
    <T extends EngineEvent> T event(Class<T> kind) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (events.stream().noneMatch(kind::isInstance)) {
            assertThat(System.nanoTime() - deadline).as("no %s in %s", kind, events).isNegative();
            Thread.sleep(5);
        }
        return events.stream().filter(kind::isInstance).map(kind::cast).findFirst().orElseThrow();
    }

    List<String> query(String sql) throws SQLException {
        return EngineFixture.query(app, sql);
    }

    private Txid sync() throws Exception {
        ShutdownReport report = engine.sync(LIMIT);
        assertThat(report.isComplete()).as("sync: %s; events: %s", report, events).isTrue();
        return report.destinations().getFirst().head().orElseThrow();
    }

    @Override
    public void close() throws SQLException {
        engine.close();
        app.close();
    }
}
