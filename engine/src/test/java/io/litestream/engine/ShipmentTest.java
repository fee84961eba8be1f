package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.replica.KeyLayout;
import io.litestream.replica.Replica;
import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.FaultyObjectStore;
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
import java.time.Instant;

/// What becomes of files that go while they are being sent.
final class ShipmentTest {

    private static final Shipment.Parcel SLOT = Shipment.Parcel.slot(new Txid(3));
    private static final Shipment.Parcel BACKLOG =
            new Shipment.Parcel(
                    Backlog.LEVEL, new TxidRange(new Txid(2), new Txid(4)), new Txid(2));

    @TempDir Path directory;

    private final FaultyObjectStore store = new FaultyObjectStore(new MemoryObjectStore());
    private final Scheduler scheduler = new Scheduler(1);
    private Spool spool;
    private Shipment shipment;

    @BeforeEach
    void capture() throws Exception {
        spool = Slots.spool(directory, 2, 9);
        SetClock clock = new SetClock(Instant.parse("2026-05-06T07:08:09Z"));
        Replica replica = new Replica("test", store, KeyLayout.HEX);
        shipment =
                new Shipment(
                        "test",
                        replica,
                        Contexts.of(scheduler, clock, _ -> {}),
                        new Fence(replica, clock),
                        () -> false);
    }

    @AfterEach
    void close() {
        scheduler.close();
    }

    @Test
    void sendsNothingThatWasReleasedOnPurpose() throws Exception {
        beforeEachCreation(() -> spool.release(new Txid(5)));

        assertThat(shipment.send(SLOT, spool)).isEmpty();
        assertThat(spool.contains(new Txid(3))).isFalse();
        assertThat(shipment.send(BACKLOG, spool)).isEmpty();
    }

    @Test
    void saysWhichFileIsGoneAndKnowsOfTheHole() {
        beforeEachCreation(() -> Files.delete(spool.path(new Txid(3))));

        assertThatThrownBy(() -> shipment.send(SLOT, spool))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("0000000000000003.ltx is gone");
        assertThat(spool.contains(new Txid(3))).isFalse();
    }

    private interface Event {
        void happen() throws IOException;
    }

    private void beforeEachCreation(Event event) {
        store.inject(
                Operation.CREATE,
                _ -> {
                    try {
                        event.happen();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                    return false;
                },
                Fault.failBefore());
    }
}
