package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.replica.Inventory;
import io.litestream.replica.Level;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.FaultyObjectStore;
import io.litestream.storage.testkit.Gate;
import io.litestream.storage.testkit.MemoryObjectStore;
import io.litestream.storage.testkit.Operation;
import io.litestream.time.Clock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/// A destination that loses its claim on the spool while one of its slots is on its way: the slot
/// is ours, whenever it comes to be.
final class LostClaimTest {

    private static final EngineSettings SETTINGS = EngineSettings.DEFAULT.withSpoolBytes(1 << 20);
    private static final Duration MOMENT = Duration.ofSeconds(1);

    @TempDir Path directory;

    private final FaultyObjectStore second = new FaultyObjectStore(new MemoryObjectStore());

    @Test
    void knowsItsOwnSlotWhoseAnswerWasLost() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory, SETTINGS).destination(second)) {
            start(fixture);
            second.inject(Operation.CREATE, LostClaimTest::isSlot, Fault.failAfter(), 1);
            for (Operation operation : Operation.values()) {
                second.inject(operation, _ -> true, Fault.failBefore());
            }
            writeUntilTheClaimIsLost(fixture);

            second.heal();
            awaitTheEnd(fixture);

            fixture.stop();
            assertThat(fixture.all(EngineEvent.DestinationStopped.class)).isEmpty();
            fixture.assertRestorable();
        }
    }

    @Test
    void waitsForASlotThatIsBeingSentBeforeItSendsEveryPage() throws Exception {
        Gate gate = new Gate();
        try (EngineFixture fixture = new EngineFixture(directory, SETTINGS).destination(second)) {
            start(fixture);
            second.inject(Operation.CREATE, LostClaimTest::isSlot, Fault.hangAfter(gate), 1);
            FaultyObjectStore.Injection images =
                    second.inject(
                            Operation.CREATE,
                            key -> key.value().contains("ltx/1/"),
                            Fault.slow(Duration.ofMillis(500), Clock.system()));
            writeUntilTheClaimIsLost(fixture);
            long until = System.nanoTime() + MOMENT.toNanos();
            while (images.hits() == 0 && System.nanoTime() - until < 0) {
                Thread.sleep(5);
            }

            gate.open();
            awaitTheEnd(fixture);
            fixture.stop();
            assertThat(fixture.all(EngineEvent.DestinationStopped.class)).isEmpty();
            fixture.assertRestorable();
        }
    }

    private static boolean isSlot(ObjectKey key) {
        return key.value().contains("ltx/0/");
    }

    private static void start(EngineFixture fixture) throws Exception {
        fixture.application(
                "PRAGMA journal_mode=WAL",
                "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
                "INSERT INTO t(id, v) VALUES(1, randomblob(150000))");
        DatabaseSettings defaults = fixture.defaults();
        fixture.start(EngineFixture.with(defaults, 20, defaults.maxSyncWalBytes()));
        fixture.sync();
    }

    /// Commits, each of which goes to the first destination, until the spool is full.
    private static void writeUntilTheClaimIsLost(EngineFixture fixture) throws Exception {
        for (int i = 0; i < 30 && fixture.event(EngineEvent.ClaimLost.class).isEmpty(); i++) {
            Txid before = report(fixture, 0).durable().orElseThrow();
            fixture.application("UPDATE t SET v=randomblob(150000) WHERE id=1");
            fixture.await(
                    "an upload", () -> report(fixture, 0).durable().orElseThrow().isAfter(before));
        }
        assertThat(fixture.all(EngineEvent.ClaimLost.class))
                .singleElement()
                .satisfies(event -> assertThat(event.destination()).isEqualTo("replica1"));
    }

    /// Waits until the second destination has everything, and its newest file is a slot.
    private static void awaitTheEnd(EngineFixture fixture) throws Exception {
        fixture.await(
                "the second destination",
                () -> {
                    assertThat(fixture.all(EngineEvent.DestinationStopped.class)).isEmpty();
                    try {
                        Inventory found = fixture.replicas().get(1).inventory();
                        return found.head().equals(report(fixture, 1).head())
                                && found.head().equals(found.head(Level.CAPTURED));
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                });
        fixture.sync();
    }

    private static DestinationReport report(EngineFixture fixture, int destination) {
        return fixture.engine().destinations().get(destination);
    }
}
