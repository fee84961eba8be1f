package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.replica.KeyLayout;
import io.litestream.replica.Replica;
import io.litestream.replica.state.StateDirectory;
import io.litestream.storage.testkit.MemoryObjectStore;
import io.litestream.storage.testkit.Operation;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;

/// A day on which nobody writes.
final class IdleDayTest {

    private static final int DATABASES = 100;
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir Path directory;

    private final SetClock clock = new SetClock(Instant.parse("2026-05-06T00:00:00Z"));
    private final List<EngineEvent> events = new CopyOnWriteArrayList<>();
    private final List<MemoryObjectStore> stores = new ArrayList<>();

    @Test
    void asksNothingAndStoresNothing() throws Exception {
        List<DatabaseSettings> databases = new ArrayList<>();
        for (int i = 0; i < DATABASES; i++) {
            databases.add(database(i));
        }
        List<Integer> objects;
        try (Engine engine =
                new Engine(
                        EngineSettings.DEFAULT, clock, RandomGenerator.getDefault(), events::add)) {
            engine.start(databases, Duration.ofMillis(50));
            awaitBases(engine);
            tick(engine, Duration.ofDays(2));
            awaitQuiet();
            stores.forEach(MemoryObjectStore::resetCounts);
            objects = stores.stream().map(store -> store.keys().size()).toList();

            tick(engine, Duration.ofDays(1));
        }

        assertThat(stores).allSatisfy(store -> assertThat(store.calls()).isZero());
        assertThat(stores.stream().map(store -> store.keys().size()).toList()).isEqualTo(objects);
    }

    private DatabaseSettings database(int number) throws Exception {
        Path path = directory.resolve("db-%d.db".formatted(number));
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + path)) {
            EngineFixture.execute(connection, "PRAGMA journal_mode=WAL", "CREATE TABLE t(v)");
        }
        MemoryObjectStore store = new MemoryObjectStore();
        stores.add(store);
        Replica replica = new Replica("memory", store, KeyLayout.PLAIN);
        return DatabaseSettings.of(
                path,
                StateDirectory.defaultPath(path),
                List.of(new DestinationSettings("memory", replica, Duration.ofSeconds(1))));
    }

    private void awaitBases(Engine engine) throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!engine.destinations().stream()
                .allMatch(each -> each.restorable() && each.notUploaded() == 0)) {
            assertThat(System.nanoTime()).as("events: %s", events).isLessThan(end);
            clock.advance(Duration.ofMillis(20));
            Thread.sleep(20);
        }
    }

    /// Lets time pass, half a minute at a time, with all that is due at each.
    private void tick(Engine engine, Duration time) throws InterruptedException {
        for (Duration passed = Duration.ZERO;
                passed.compareTo(time) < 0;
                passed = passed.plusSeconds(30)) {
            clock.advance(Duration.ofSeconds(30));
            engine.tick();
            if (passed.toSeconds() % 600 == 0) {
                Thread.sleep(5);
            }
        }
    }

    /// Waits until nobody has asked for anything for a while: merges of the first two days.
    private void awaitQuiet() throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        long before = -1;
        long now = calls();
        while (now != before) {
            assertThat(System.nanoTime()).isLessThan(end);
            before = now;
            for (int i = 0; i < 20; i++) {
                clock.advance(Duration.ofMinutes(10));
                Thread.sleep(25);
            }
            now = calls();
        }
    }

    private long calls() {
        return stores.stream()
                .mapToLong(store -> store.calls(Operation.CREATE) + store.calls())
                .sum();
    }
}
