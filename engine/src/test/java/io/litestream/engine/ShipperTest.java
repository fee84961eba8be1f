package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.replica.Inventory;
import io.litestream.replica.KeyLayout;
import io.litestream.replica.Level;
import io.litestream.replica.Replica;
import io.litestream.replica.ReplicaFile;
import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.FaultyObjectStore;
import io.litestream.storage.testkit.Gate;
import io.litestream.storage.testkit.MemoryObjectStore;
import io.litestream.storage.testkit.Operation;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// When the thread of a destination works, and that nothing waits for ever while it does not.
final class ShipperTest {

    private static final Instant NOW = Instant.parse("2026-05-06T07:08:09Z");
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Runnable NOTHING = () -> {};

    @TempDir Path directory;

    private final FaultyObjectStore store = new FaultyObjectStore(new MemoryObjectStore());
    private final Replica replica = new Replica("test", store, KeyLayout.HEX);
    private final Scheduler scheduler = new Scheduler(1);
    private final SetClock clock = new SetClock(NOW);
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private Spool later;
    private Spool spool;
    private Destination destination;
    private volatile Runnable atDurable = NOTHING;
    private volatile Runnable atWake = NOTHING;

    @BeforeEach
    void make() throws Exception {
        spool = Slots.spool(directory.resolve("now"), 2, 2);
        later = Slots.spool(directory.resolve("later"), 3, 4);
        destination =
                new Destination(
                        new DestinationSettings("test", replica, Duration.ZERO),
                        Path.of("/data/app.db"),
                        Contexts.of(scheduler, clock, this::note),
                        this::wake);
    }

    @AfterEach
    void close() {
        scheduler.close();
    }

    @Test
    void sendsWhatComesBeforeItsLastLookForWork() throws Exception {
        atDurable = once(() -> capture(3));

        destination.start(Optional.of(spool));

        awaitSlots(2L, 3L);
    }

    @Test
    void sendsWhatComesAsSoonAsItHasEnded() throws Exception {
        Runnable capture = once(() -> capture(3));
        atWake =
                () -> {
                    if (destination.readyAt().isPresent()) {
                        capture.run();
                    }
                };

        destination.start(Optional.of(spool));

        awaitSlots(2L, 3L);
    }

    @Test
    void tellsTheDatabaseLastThatItTakesMore() throws Exception {
        BlockingQueue<Boolean> ready = new LinkedBlockingQueue<>();
        atWake = () -> ready.add(destination.readyAt().isPresent());

        destination.start(Optional.of(spool));

        Boolean told = false;
        while (Boolean.FALSE.equals(told)) {
            told = ready.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
        assertThat(told).isTrue();
        assertThat(ready).isEmpty();
    }

    @Test
    void sendsOneSlotAtATimeHoweverOftenItIsStarted() throws Exception {
        Gate gate = new Gate();
        var creations = store.inject(Operation.CREATE, _ -> true, Fault.hang(gate));
        destination.start(Optional.of(spool));
        gate.awaitArrival();

        capture(3);
        List<Thread> starters = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            starters.add(Thread.ofPlatform().start(() -> destination.start(Optional.of(spool))));
        }
        for (Thread starter : starters) {
            starter.join();
        }
        assertThat(creations.hits()).isEqualTo(1);

        gate.open();
        assertThat(destination.awaitIdle(Long.MAX_VALUE)).isTrue();
        assertThat(creations.hits()).isEqualTo(2);
        assertThat(slots()).containsExactly(2L, 3L);
    }

    @Test
    void goesOnWhateverFails() throws Exception {
        AtomicBoolean broken = new AtomicBoolean(true);
        store.inject(Operation.CREATE, _ -> isReplaced(broken), Fault.failBefore());

        destination.start(Optional.of(spool));
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (slots().isEmpty()) {
            assertThat(System.nanoTime() - deadline).as("still nothing is sent").isNegative();
            clock.advance(Duration.ofSeconds(1));
            destination.hurry();
            Thread.sleep(5);
        }

        assertThat(failures).anySatisfy(reason -> assertThat(reason).contains("no such class"));
    }

    /// Happens when the program's own files are replaced while it runs.
    private static boolean isReplaced(AtomicBoolean broken) {
        if (broken.getAndSet(false)) {
            throw new NoClassDefFoundError("no such class any more");
        }
        return false;
    }

    private void awaitSlots(Long... txids) throws Exception {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!slots().equals(List.of(txids))) {
            assertThat(System.nanoTime() - deadline).as("slots: %s", slots()).isNegative();
            Thread.sleep(5);
        }
    }

    private void note(EngineEvent event) {
        if (event instanceof EngineEvent.Durable) {
            atDurable.run();
        }
        if (event instanceof EngineEvent.DestinationFailed failed) {
            failures.add(failed.reason());
        }
    }

    private void wake() {
        atWake.run();
    }

    /// Does what a step of the database does.
    private void capture(long number) {
        Txid txid = new Txid(number);
        try {
            Files.copy(later.path(txid), spool.path(txid));
            spool.published(txid, NOW);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        destination.start(Optional.of(spool));
    }

    private static Runnable once(Runnable action) {
        AtomicInteger runs = new AtomicInteger();
        return () -> {
            if (runs.getAndIncrement() == 0) {
                action.run();
            }
        };
    }

    private List<Long> slots() throws IOException {
        Inventory found = replica.inventory();
        return found.files(Level.CAPTURED).stream()
                .map(ReplicaFile::range)
                .map(range -> range.last().value())
                .toList();
    }
}
