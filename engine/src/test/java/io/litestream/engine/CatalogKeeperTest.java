package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.replica.Inventory;
import io.litestream.replica.KeyLayout;
import io.litestream.replica.Level;
import io.litestream.replica.Replica;
import io.litestream.replica.ReplicaFile;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.StorageException;
import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.FaultyObjectStore;
import io.litestream.storage.testkit.MemoryObjectStore;
import io.litestream.storage.testkit.Operation;
import io.litestream.storage.testkit.RestrictedObjectStore;
import io.litestream.storage.testkit.Right;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

final class CatalogKeeperTest {

    private static final Instant NOW = Instant.parse("2026-05-06T07:08:09Z");
    private static final ReplicaFile BASE = file(9, 1, 1);

    private final SetClock clock = new SetClock(NOW);
    private final MemoryObjectStore memory = new MemoryObjectStore();
    private final FaultyObjectStore store = new FaultyObjectStore(memory);
    private final Replica replica = new Replica("test", store, KeyLayout.HEX);
    private final Holdings holdings = new Holdings();
    private final List<StorageException> refusals = new ArrayList<>();
    private final CatalogKeeper keeper =
            new CatalogKeeper(replica, holdings::inventory, clock, refusals::add);

    @Test
    void storesABaseAtOnceAndSlotsNever() throws Exception {
        slot(2);
        assertThat(keeper.isDue()).isFalse();

        add(BASE);

        assertThat(keeper.isDue()).isTrue();
        keeper.store();
        assertThat(keeper.isDue()).isFalse();
        slot(3);
        clock.advance(Duration.ofHours(1));
        assertThat(keeper.isDue()).isFalse();
        assertNamed(BASE, file(0, 2, 2));
    }

    @Test
    void storesWhatCompactionMadeWithinTwoMinutes() throws Exception {
        slot(2);
        add(BASE);
        keeper.store();
        slot(3);
        add(file(1, 2, 3));
        assertThat(keeper.isDue()).isFalse();

        clock.advance(Duration.ofMinutes(2));

        assertThat(keeper.isDue()).isTrue();
        keeper.store();
        assertNamed(BASE, file(0, 2, 2), file(0, 3, 3), file(1, 2, 3));
    }

    @Test
    void storesAFileThatFillsAHoleAtOnce() throws Exception {
        slot(2);
        add(BASE);
        keeper.store();

        add(file(1, 2, 40));

        assertThat(keeper.isDue()).isTrue();
    }

    @Test
    void namesNothingThatIsToBeDeleted() throws Exception {
        slot(2);
        slot(3);
        add(BASE);
        add(file(1, 2, 3));
        keeper.store();

        keeper.release(List.of(file(0, 2, 2)));
        assertNamed(BASE, file(0, 3, 3), file(1, 2, 3));

        add(file(9, 1, 3));
        keeper.store(); // before anybody said that the slot is gone
        assertNamed(BASE, file(0, 3, 3), file(1, 2, 3), file(9, 1, 3));
    }

    @Test
    void storesTheCatalogBeforeADeletionOnlyIfItMust() throws Exception {
        slot(2);
        slot(3);
        add(BASE);
        keeper.store();
        add(file(1, 2, 2));
        memory.resetCounts();

        keeper.release(List.of(file(1, 2, 2))); // not in the catalog, nor beyond it
        assertThat(memory.calls()).isZero();

        slot(4);
        slot(5);
        keeper.release(List.of(file(0, 4, 4))); // beyond it: the slots after it would have a hole
        assertThat(memory.calls(Operation.REPLACE)).isEqualTo(1);
        keeper.release(List.of(file(0, 4, 4)));
        assertThat(memory.calls(Operation.REPLACE)).isEqualTo(1);
    }

    @Test
    void storesTheCatalogBeforeTheFirstDeletionAfterAStart() throws Exception {
        holdings.listed(Inventory.of(List.of(BASE, file(0, 2, 2), file(0, 3, 3))));

        keeper.release(List.of(file(0, 2, 2)));

        assertNamed(BASE, file(0, 3, 3));
    }

    @Test
    void staysDueUntilTheStoreAnswers() throws Exception {
        add(BASE);
        store.inject(Operation.REPLACE, _ -> true, Fault.failBefore(), 2);

        assertThatThrownBy(keeper::store).isInstanceOf(StorageException.Unavailable.class);
        assertThat(keeper.isDue()).isTrue();
        assertThatThrownBy(() -> keeper.release(List.of(BASE)))
                .isInstanceOf(StorageException.Unavailable.class);
        keeper.store();

        assertThat(keeper.isDue()).isFalse();
        assertThat(refusals).isEmpty();
    }

    @Test
    void tellsOnceThatItMayNotStoreTheCatalog() throws Exception {
        store.inject(
                Operation.REPLACE,
                _ -> true,
                Fault.failBefore(() -> new StorageException.Denied("no overwriting", null)));
        slot(2);
        add(BASE);
        keeper.store();
        add(file(9, 1, 2));
        keeper.store();
        keeper.release(List.of(BASE));

        assertThat(keeper.isDue()).isFalse();
        assertThat(refusals).singleElement().isInstanceOf(StorageException.Denied.class);
    }

    private void slot(long txid) throws IOException {
        ReplicaFile slot = file(0, txid, txid);
        store(slot);
        holdings.added(slot);
    }

    private void add(ReplicaFile file) throws IOException {
        store(file);
        holdings.stored(file);
        keeper.added(file, holdings.inventory().head(Level.CAPTURED));
    }

    private void store(ReplicaFile file) throws IOException {
        byte[] content = new byte[(int) file.size()];
        replica.create(file.level(), file.range(), NOW, out -> out.write(content));
    }

    /// Asserts what the catalog names, and that these files are there.
    private void assertNamed(ReplicaFile... files) throws IOException {
        MemoryObjectStore only = new MemoryObjectStore();
        byte[] catalog;
        try (var in = memory.open(key())) {
            catalog = in.readAllBytes();
        }
        only.create(key(), NOW, out -> out.write(catalog));
        for (ReplicaFile file : files) {
            only.create(replica.key(file), NOW, out -> out.write(new byte[(int) file.size()]));
        }
        Replica unlisted =
                new Replica(
                        "unlisted",
                        new RestrictedObjectStore(only, Set.of(Right.READ)),
                        KeyLayout.HEX);
        assertThat(unlisted.inventory().files()).containsExactlyInAnyOrder(files);
    }

    private ObjectKey key() {
        return memory.keys().stream()
                .filter(key -> key.value().endsWith("catalog"))
                .findFirst()
                .orElseThrow();
    }

    private static ReplicaFile file(int level, long first, long last) {
        TxidRange range = new TxidRange(new Txid(first), new Txid(last));
        return new ReplicaFile(new Level(level), range, 100 + last, NOW);
    }
}
