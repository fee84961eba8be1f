package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.replica.Inventory;
import io.litestream.replica.KeyLayout;
import io.litestream.replica.Level;
import io.litestream.replica.Replica;
import io.litestream.replica.ReplicaFile;
import io.litestream.storage.StorageException;
import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.FaultyObjectStore;
import io.litestream.storage.testkit.MemoryObjectStore;
import io.litestream.storage.testkit.Operation;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What a writer sees of another one whose slots are gone, or never were there.
final class FenceTest {

    private static final Instant NOW = Instant.parse("2026-05-06T07:08:09Z");

    @TempDir Path directory;

    private final FaultyObjectStore store = new FaultyObjectStore(new MemoryObjectStore());
    private final Replica replica = new Replica("test", store, KeyLayout.HEX);
    private final SetClock clock = new SetClock(NOW);
    private Fence fence;
    private Spool line;

    @BeforeEach
    void begin() throws Exception {
        line = Slots.spool(directory, 2, 9);
        fence = new Fence(replica, clock);
    }

    @Test
    void seesAMergedFileInWhosePlaceTheFirstSlotCame() throws Exception {
        ReplicaFile base = store(Level.SNAPSHOT, 1, 4);
        store(Backlog.LEVEL, 5, 19);
        ReplicaFile slot = store(Level.CAPTURED, 5, 5);

        assertThatThrownBy(() -> fence.slotStored(Inventory.of(List.of(base)), slot, line))
                .isInstanceOf(StorageException.Conflict.class)
                .hasMessageContaining("0001/0000000000000005-0000000000000013.ltx");
    }

    @Test
    void seesAfterAPauseThatAnotherWentOnAndRemovedTheSlots() throws Exception {
        ReplicaFile first = store(Level.CAPTURED, 2, 2);
        fence.slotStored(Inventory.empty(), first, line);
        replica.delete(first);
        store(new Level(2), 2, 19);
        clock.advance(Duration.ofMinutes(10));
        ReplicaFile second = store(Level.CAPTURED, 3, 3);

        assertThatThrownBy(() -> fence.slotStored(Inventory.of(List.of(first)), second, line))
                .isInstanceOf(StorageException.Conflict.class)
                .hasMessageContaining("0002/0000000000000002-0000000000000013.ltx");
    }

    @Test
    void seesAfterALongWaitForTheFirstSlotThatAnotherWentOn() throws Exception {
        ReplicaFile base = store(Level.SNAPSHOT, 1, 4);
        fence.listed();
        store(Level.SNAPSHOT, 1, 19);
        clock.advance(Duration.ofDays(7));
        ReplicaFile slot = store(Level.CAPTURED, 5, 5);

        assertThatThrownBy(() -> fence.slotStored(Inventory.of(List.of(base)), slot, line))
                .isInstanceOf(StorageException.Conflict.class);
    }

    @Test
    void goesOnAfterAPauseWithOneQuestion() throws Exception {
        ReplicaFile first = store(Level.CAPTURED, 2, 2);
        fence.slotStored(Inventory.empty(), first, line);
        clock.advance(Duration.ofDays(1));
        ReplicaFile second = store(Level.CAPTURED, 3, 3);
        var questions = store.inject(Operation.FIND, _ -> true, Fault.slow(Duration.ZERO, clock));
        var lists = store.inject(Operation.LIST, _ -> true, Fault.slow(Duration.ZERO, clock));

        fence.slotStored(Inventory.of(List.of(first)), second, line);

        assertThat(questions.hits()).isEqualTo(1);
        assertThat(lists.hits()).isZero();
    }

    @Test
    void seesWithoutAPauseThatFilesAreGoneThoughNewerOnesAreThere() throws Exception {
        ReplicaFile gone = store(Level.SNAPSHOT, 1, 1);
        ReplicaFile first = store(Level.CAPTURED, 2, 2);
        fence.slotStored(Inventory.of(List.of(gone)), first, line);
        replica.delete(gone);
        replica.delete(first);
        ReplicaFile newer = store(Level.SNAPSHOT, 1, 2);
        for (int txid = 3; txid < 24; txid++) {
            clock.advance(Duration.ofSeconds(30));
            ReplicaFile slot = store(Level.CAPTURED, txid, txid);
            Optional<Inventory> found =
                    fence.slotStored(Inventory.of(List.of(gone, first, newer)), slot, line);
            if (found.isPresent()) {
                assertThat(found.get().files()).contains(newer).doesNotContain(gone, first);
                return;
            }
        }
        fail("not seen in ten minutes");
    }

    @Test
    void goesOnWhereAPersonHasRemovedTheSlotBefore() throws Exception {
        ReplicaFile first = store(Level.CAPTURED, 2, 2);
        fence.slotStored(Inventory.empty(), first, line);
        replica.delete(first);
        clock.advance(Duration.ofDays(1));
        ReplicaFile second = store(Level.CAPTURED, 3, 3);

        assertThatCode(() -> fence.slotStored(Inventory.of(List.of(first)), second, line))
                .doesNotThrowAnyException();
    }

    @Test
    void takesForItsOwnWhatAnEarlierLifeHadOnItsWay() throws Exception {
        ReplicaFile base = store(Level.SNAPSHOT, 1, 4);
        Txid late = new Txid(9);
        replica.create(Level.CAPTURED, TxidRange.of(late), NOW, out -> line.copy(late, out));
        clock.advance(Duration.ofDays(1));
        ReplicaFile slot = store(Level.CAPTURED, 5, 5);

        assertThatCode(() -> fence.slotStored(Inventory.of(List.of(base)), slot, line))
                .doesNotThrowAnyException();
    }

    @Test
    void takesBackAMergedFileWhereAnotherHasTheSlot() throws Exception {
        ReplicaFile merged = store(Backlog.LEVEL, 2, 8);
        store(Level.CAPTURED, 4, 4);

        assertThatThrownBy(() -> fence.mergedStored(merged, new Txid(4)))
                .isInstanceOf(StorageException.Conflict.class);
        assertThat(replica.files(Backlog.LEVEL)).isEmpty();
    }

    @Test
    void leavesAMergedFileOverASlotOfItsOwnThatCameLate() throws Exception {
        ReplicaFile merged = store(Backlog.LEVEL, 2, 8);
        Txid late = new Txid(4);
        fence.sending(line.header(late));
        replica.create(Level.CAPTURED, TxidRange.of(late), NOW, out -> line.copy(late, out));

        fence.mergedStored(merged, late);

        assertThat(replica.files(Backlog.LEVEL)).containsExactly(merged);
    }

    @Test
    void takesForItsOwnASlotThatItHasSentAndTheLineHasGivenUp() throws Exception {
        Txid late = new Txid(4);
        fence.sending(line.header(late));
        replica.create(Level.CAPTURED, TxidRange.of(late), NOW, out -> line.copy(late, out));
        line.release(new Txid(8));

        assertThatCode(() -> fence.requireNewest(new Txid(3), line)).doesNotThrowAnyException();
    }

    @Test
    void leavesItWhereItMayNotBeDeleted() throws Exception {
        ReplicaFile merged = store(Backlog.LEVEL, 2, 8);
        store(Level.CAPTURED, 4, 4);
        store.inject(Operation.DELETE, _ -> true, Fault.failBefore());

        assertThatThrownBy(() -> fence.mergedStored(merged, new Txid(4)))
                .isInstanceOf(StorageException.Conflict.class);
    }

    @Test
    void mergesOnlyAfterASlotThatHasJustBeenStored() throws Exception {
        ReplicaFile slot = store(Level.CAPTURED, 2, 2);
        Txid next = new Txid(3);

        assertThat(fence.mayMergeFrom(next)).isFalse();
        fence.slotStored(Inventory.empty(), slot, line);
        assertThat(fence.mayMergeFrom(next)).isTrue();
        assertThat(fence.mayMergeFrom(next.next())).isFalse();
        fence.paused();
        assertThat(fence.mayMergeFrom(next)).isFalse();
    }

    private ReplicaFile store(Level level, long first, long last) throws IOException {
        byte[] content = (level + " " + first + " " + last).getBytes();
        return replica.create(
                level,
                new TxidRange(new Txid(first), new Txid(last)),
                NOW,
                out -> out.write(content));
    }
}
