package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.replica.Replica;
import io.litestream.storage.ObjectStore;
import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.FaultyObjectStore;
import io.litestream.storage.testkit.MemoryObjectStore;
import io.litestream.storage.testkit.Operation;
import io.litestream.time.Clock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Two replicators with one destination: one of them must say so and stop, and must have stored
/// nothing that spoils what the other one stores.
final class TwoWritersTest {

    private static final String INSERT = "INSERT INTO t(v) VALUES(randomblob(1000))";

    @TempDir Path directory;

    private final MemoryObjectStore shared = new MemoryObjectStore();
    private final FaultyObjectStore slow = new FaultyObjectStore(shared);

    @Test
    void showsNoSnapshotBeforeTheSlotsUpToIt() throws Exception {
        try (EngineFixture fixture = EngineFixture.replicating(directory, INSERT)) {
            fixture.store.inject(
                    Operation.CREATE,
                    key -> key.value().startsWith("ltx/0/"),
                    Fault.slow(Duration.ofMillis(500), Clock.system()));
            fixture.events.clear();

            fixture.application(INSERT);
            fixture.engine().requestSnapshots();
            fixture.await(
                    "a snapshot", () -> fixture.event(EngineEvent.ImageStored.class).isPresent());

            Txid txid = fixture.event(EngineEvent.ImageStored.class).orElseThrow().txid();
            List<EngineEvent> order =
                    fixture.events.stream()
                            .filter(event ->
                                    isSlot(event, txid) || event instanceof EngineEvent.ImageStored)
                            .toList();
            assertThat(order).hasSize(2);
            assertThat(order.getFirst()).isInstanceOf(EngineEvent.Durable.class);
        }
    }

    private static boolean isSlot(EngineEvent event, Txid txid) {
        return event instanceof EngineEvent.Durable durable && durable.txid().equals(txid);
    }

    @Test
    void mergesNoBacklogIntoWhatAnotherHasWritten() throws Exception {
        try (EngineFixture first = fixture("first", slow);
                EngineFixture second = fixture("second", shared)) {
            Txid common = first.sync();
            var refusals = slow.inject(Operation.CREATE, _ -> true, Fault.failBefore());
            for (int i = 0; i < 8; i++) {
                Txid before = head(first);
                first.application(INSERT);
                first.await("a capture", () -> head(first).isAfter(before));
            }
            second.start();
            second.application(INSERT);
            second.sync();
            second.application(INSERT);
            second.sync();

            refusals.remove();
            first.await(
                    "the conflict",
                    () -> first.event(EngineEvent.DestinationStopped.class).isPresent());

            second.application(INSERT);
            second.sync();
            Replica replica = second.replicas().get(1);
            assertThat(replica.files(Backlog.LEVEL))
                    .allSatisfy(file -> assertThat(file.range().last().isAfter(common)).isFalse());
            second.assertRestorable();
            second.stop();
            assertThat(second.all(EngineEvent.DestinationStopped.class)).isEmpty();
        }
    }

    @Test
    void stopsWhereAnotherHasMergedWhatTheFirstSlotComesInPlaceOf() throws Exception {
        try (EngineFixture fixture = fixture("first", shared)) {
            fixture.sync();
            fixture.stop();
            fixture.start();
            Replica replica = fixture.replicas().get(1);
            Txid listed = fixture.sync();
            byte[] merged = "of somebody else".getBytes();
            replica.create(
                    Backlog.LEVEL,
                    new TxidRange(listed.next(), listed.plus(9)),
                    Instant.now(),
                    out -> out.write(merged));

            fixture.application(INSERT);

            fixture.await(
                    "the conflict",
                    () -> fixture.event(EngineEvent.DestinationStopped.class).isPresent());
        }
    }

    private EngineFixture fixture(String name, ObjectStore store) throws Exception {
        EngineFixture fixture =
                new EngineFixture(Files.createDirectory(directory.resolve(name)))
                        .destination(store);
        fixture.application("PRAGMA journal_mode=WAL", "CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
        if (name.equals("first")) {
            fixture.start();
        }
        return fixture;
    }

    private static Txid head(EngineFixture fixture) {
        return fixture.engine().destinations().getFirst().head().orElseThrow();
    }
}
