package io.litestream.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.ltx.Txid;
import io.litestream.replica.Line.Tags;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.StorageException;
import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.FaultyObjectStore;
import io.litestream.storage.testkit.MemoryObjectStore;
import io.litestream.storage.testkit.Operation;
import io.litestream.storage.testkit.RestrictedObjectStore;
import io.litestream.storage.testkit.Right;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import java.util.Set;

/// A replica through credentials that may read and store, but not list.
final class UnlistedReplicaTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    @TempDir Path directory;

    private final MemoryObjectStore memory = new MemoryObjectStore();
    private final Replica writer = new Replica("writer", memory, KeyLayout.HEX);
    private final Replica reader =
            new Replica(
                    "reader", new RestrictedObjectStore(memory, Set.of(Right.READ)), KeyLayout.HEX);
    private final Line line = new Line(5, 20);

    private void commitTo(long head) {
        while (line.head().value() < head) {
            line.commitSomething();
        }
    }

    private void slots(long first, long last) throws IOException {
        commitTo(last);
        for (long txid = first; txid <= last; txid++) {
            line.add(writer, 0, txid, txid, Tags.ALL);
        }
    }

    private void file(int level, long first, long last) throws IOException {
        commitTo(last);
        line.add(writer, level, first, last, Tags.ALL);
    }

    private void catalog() throws IOException {
        writer.storeCatalog(writer.inventory(), NOW);
    }

    private void delete(long first, long last) throws IOException {
        for (ReplicaFile file : writer.inventory().files(Level.CAPTURED)) {
            if (file.range().first().value() >= first && file.range().last().value() <= last) {
                writer.delete(file);
            }
        }
    }

    private void assertSame() throws IOException {
        assertThat(reader.inventory().files()).isEqualTo(writer.inventory().files());
    }

    @Test
    void findsNothingWhereNothingIs() throws Exception {
        assertThat(reader.inventory().isEmpty()).isTrue();
    }

    @Test
    void findsTheFirstFilesWithoutACatalog() throws Exception {
        file(9, 1, 1);
        assertSame();

        slots(2, 3);
        assertSame();
    }

    @Test
    void findsSlotsAfterTheCatalog() throws Exception {
        file(9, 1, 1);
        slots(2, 5);
        file(1, 2, 4);
        catalog();
        assertSame();

        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (long head = 5; head < 300; ) {
            long next = head + 1 + random.nextInt(60);
            slots(head + 1, next);
            head = next;
            assertThat(reader.inventory().files())
                    .as("seed %d, head %d", seed, head)
                    .isEqualTo(writer.inventory().files());
        }
    }

    @Test
    void asksForSlotsInStridesThatGrow() throws Exception {
        file(9, 1, 1);
        slots(2, 2);
        catalog();
        slots(3, 1000);

        memory.resetCounts();
        assertThat(reader.inventory().head()).contains(new Txid(1000));

        assertThat(memory.calls(Operation.FIND)).isLessThan(2 * 998 + 50);
        assertThat(memory.calls(Operation.LIST)).isZero();
    }

    @Test
    void findsASlotThatASnapshotWasAheadOf() throws Exception {
        slots(2, 5);
        file(9, 1, 7);
        catalog();
        slots(6, 7);
        assertSame();

        slots(8, 9);
        assertSame();
    }

    @Test
    void findsWhatFollowsAHoleThatWasFilled() throws Exception {
        file(9, 1, 1);
        slots(2, 5);
        file(1, 2, 40);
        catalog();
        assertSame();

        slots(41, 41);
        assertSame();
    }

    @Test
    void goesByTheListingWhereItIsAllowed() throws Exception {
        file(9, 1, 1);
        slots(2, 9);
        catalog();
        delete(2, 8);

        assertThat(writer.inventory().files(Level.CAPTURED)).hasSize(1);
    }

    @Test
    void followsAnotherProgramSlotBySlot() throws Exception {
        file(9, 1, 1);
        slots(2, 5);
        catalog();
        slots(6, 30);
        file(1, 2, 25);

        assertThat(reader.inventory().head()).contains(new Txid(30));
        assertThat(restored()).isEqualTo(new Txid(30));
    }

    @Test
    void refusesToGuessAfterAnotherProgramHasDeletedSlots() throws Exception {
        file(9, 1, 1);
        slots(2, 5);
        catalog();
        slots(6, 30);
        file(1, 2, 28);
        delete(2, 28);

        assertThatThrownBy(reader::inventory)
                .isInstanceOf(StorageException.Rejected.class)
                .hasMessageContaining("_ctl/catalog")
                .hasMessageContaining(new Txid(5).toString())
                .hasMessageContaining("allow listing");
    }

    @Test
    void refusesToGuessAcrossAHole() throws Exception {
        file(9, 1, 1);
        slots(2, 3);
        catalog();
        commitTo(6);
        slots(6, 6);

        assertThatThrownBy(reader::inventory).isInstanceOf(StorageException.Rejected.class);
    }

    @Test
    void looksAgainWhenTheWriterIsAtWork() throws Exception {
        file(9, 1, 1);
        slots(2, 5);
        catalog();
        FaultyObjectStore store = new FaultyObjectStore(memory);
        store.inject(
                Operation.FIND, new ObjectKey("0000/" + slot(6))::equals, absent(this::upkeep), 1);
        Replica busy =
                new Replica(
                        "busy",
                        new RestrictedObjectStore(store, Set.of(Right.READ)),
                        KeyLayout.HEX);

        assertThat(busy.inventory().files()).isEqualTo(writer.inventory().files());
        assertThat(busy.inventory().head()).contains(new Txid(9));
    }

    /// The object is not there yet, and then this happens.
    private static Fault absent(Write then) {
        return Fault.failBefore(() -> {
            try {
                then.run();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            return new StorageException.Denied("absent", null);
        });
    }

    @FunctionalInterface
    private interface Write {
        void run() throws IOException;
    }

    private void upkeep() throws IOException {
        slots(6, 9);
        file(1, 2, 8);
        Inventory after = writer.inventory();
        for (ReplicaFile slot : after.files(Level.CAPTURED)) {
            after = slot.range().last().value() <= 8 ? after.without(slot) : after;
        }
        writer.storeCatalog(after, NOW);
        delete(2, 8);
    }

    @Test
    void saysThatNothingMayBeRead() throws Exception {
        Replica blind =
                new Replica("blind", new RestrictedObjectStore(memory, Set.of()), KeyLayout.HEX);
        file(9, 1, 1);

        assertThat(blind.inventory().isEmpty()).as("it looks like that").isTrue();
        assertThatThrownBy(() -> blind.ensureReadable(NOW))
                .isInstanceOf(StorageException.Denied.class)
                .hasMessageContaining("blind");
    }

    @Test
    void makesSureThatItMayRead() throws Exception {
        assertThat(reader.inventory().isEmpty()).isTrue();
        reader.ensureReadable(NOW);
        assertThat(memory.keys()).containsExactly(Catalog.KEY);

        file(9, 1, 1);
        slots(2, 4);
        catalog();
        assertSame();
        reader.ensureReadable(NOW);
        assertSame();
    }

    @Test
    void storesNothingWhereListingIsAllowed() throws Exception {
        assertThat(writer.inventory().isEmpty()).isTrue();
        writer.ensureReadable(NOW);

        assertThat(memory.keys()).isEmpty();
    }

    @Test
    void restoresWhereNothingMayBeListed() throws Exception {
        file(9, 1, 1);
        slots(2, 12);
        file(1, 2, 9);
        catalog();
        slots(13, 20);

        assertThat(restored()).isEqualTo(new Txid(20));
    }

    @Test
    void hasNoBackupWhereNothingIs() {
        assertThatThrownBy(this::restored).isInstanceOf(RestoreException.NoBackup.class);
    }

    private Txid restored() throws IOException {
        RestoreResult result =
                new Restore(reader, new SkippingClock())
                        .run(
                                RestoreRequest.of(
                                                new RestoreTarget.Latest(), directory.resolve("db"))
                                        .withCheck(IntegrityCheck.NONE));
        Txid txid = result.txid().orElseThrow();
        assertThat(directory.resolve("db")).hasBinaryContent(line.database(txid));
        return txid;
    }

    private static String slot(long txid) {
        return new Txid(txid) + "-" + new Txid(txid) + ".ltx";
    }
}
