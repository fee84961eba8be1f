package io.litestream.replica.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.replica.Inventory;
import io.litestream.replica.KeyLayout;
import io.litestream.replica.Level;
import io.litestream.replica.Replica;
import io.litestream.replica.ReplicaFile;
import io.litestream.storage.ObjectContent;
import io.litestream.storage.ObjectInfo;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.ObjectStore;
import io.litestream.storage.StorageException;
import io.litestream.storage.testkit.MemoryObjectStore;
import io.litestream.storage.testkit.Operation;
import io.litestream.storage.testkit.RestrictedObjectStore;
import io.litestream.storage.testkit.Right;
import io.litestream.time.Clock;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

final class DeletionsTest {

    private static final Instant NOW = Instant.parse("2026-06-17T12:30:00Z");

    private final MemoryObjectStore store = new MemoryObjectStore();
    private final List<ReplicaFile> deleted = new ArrayList<>();
    private List<ReplicaFile> files = List.of();

    @BeforeEach
    void fill() throws IOException {
        Replica replica = replica(store);
        List<ReplicaFile> all = new ArrayList<>();
        for (long txid = 2; txid <= 600; txid++) {
            all.add(create(replica, 0, txid, txid));
        }
        all.add(create(replica, 1, 2, 600));
        all.add(create(replica, 9, 1, 600));
        files = all;
        store.resetCounts();
    }

    @Test
    void deletesAndTellsAndLooksAtOneOfEachBatch() throws Exception {
        List<ReplicaFile> going = files.subList(0, 600);

        new Deletions(replica(store), new Impatient()).run(going, () -> false, deleted::addAll);

        assertThat(deleted).containsExactlyInAnyOrderElementsOf(going);
        assertThat(replica(store).inventory().files()).containsExactly(files.getLast());
        assertThat(store.calls(Operation.DELETE)).isEqualTo(600);
        assertThat(store.calls(Operation.FIND)).as("batches").isEqualTo(3);
    }

    @Test
    void asksNothingIfThereIsNothingToDelete() throws Exception {
        new Deletions(replica(store), new Impatient()).run(List.of(), () -> false, deleted::addAll);

        assertThat(store.calls()).isZero();
    }

    @Test
    void leavesTheRestWhenItHasToEnd() throws Exception {
        new Deletions(replica(store), new Impatient())
                .run(files, () -> !deleted.isEmpty(), deleted::addAll);

        assertThat(deleted).hasSize(512);
        assertThat(store.keys()).hasSize(files.size() - 512);
    }

    @Test
    void failsWithoutTheRightToDelete() {
        Replica readOnly =
                replica(new RestrictedObjectStore(store, Set.of(Right.LIST, Right.READ)));

        assertThatThrownBy(() ->
                        new Deletions(readOnly, new Impatient())
                                .run(files, () -> false, deleted::addAll))
                .isInstanceOf(StorageException.Denied.class);

        assertThat(deleted).isEmpty();
        assertThat(store.keys()).hasSize(files.size());
    }

    @Test
    void takesADeniedLookForAnAbsentObject() throws Exception {
        Replica noListing =
                replica(new RestrictedObjectStore(store, Set.of(Right.READ, Right.DELETE)));

        new Deletions(noListing, new Impatient()).run(files, () -> false, deleted::addAll);

        assertThat(deleted).hasSameSizeAs(files);
    }

    @Test
    void tellsOfAStoreThatKeepsWhatItSaysIsDeleted() {
        Replica keeping = replica(new Keeping(store));

        assertThatThrownBy(() ->
                        new Deletions(keeping, new Impatient())
                                .run(files.subList(0, 3), () -> false, deleted::addAll))
                .isInstanceOf(DeletionIgnoredException.class)
                .hasMessageStartingWith(
                        "ltx/0/0000000000000004-0000000000000004.ltx is still there");

        assertThat(deleted).isEmpty();
    }

    @Test
    void givesAStoreAMomentUntilAnObjectIsGone() throws Exception {
        Keeping slow = new Keeping(store);
        Impatient clock =
                new Impatient() {
                    @Override
                    public void sleep(Duration duration) {
                        store.delete(ObjectKey.of("ltx/0/0000000000000002-0000000000000002.ltx"));
                    }
                };

        new Deletions(replica(slow), clock).run(files.subList(0, 1), () -> false, deleted::addAll);

        assertThat(deleted).hasSize(1);
    }

    @Test
    void keepsPinsAsObjects() throws Exception {
        Pins pins = new Pins(replica(store));
        Pin one = new Pin("before-migration", new Txid(42), NOW);
        Pin two = new Pin("v1.0", new Txid(7), NOW);

        pins.create(one);
        pins.create(two);
        pins.create(new Pin("v1.0", new Txid(7), NOW.plusSeconds(5)));

        assertThat(pins.list()).containsExactly(one, two);
        assertThat(pins.find("v1.0")).contains(two);
        assertThat(store.keys()).contains(ObjectKey.of("_ctl/pins/before-migration"));
        assertThatThrownBy(() -> pins.create(new Pin("v1.0", new Txid(8), NOW)))
                .isInstanceOf(StorageException.Conflict.class);
        pins.delete("v1.0", NOW);
        assertThat(pins.list()).containsExactly(one);
        assertThat(Inventory.of(replica(store).inventory().files()).files()).hasSameSizeAs(files);
    }

    @Test
    void listsPinsOnlyAfterAChange() throws Exception {
        Pins pins = new Pins(replica(store));
        Pin before = new Pin("before", new Txid(42), NOW);
        pins.create(before);
        WatchedPins watched = new WatchedPins(replica(store));
        store.resetCounts();

        for (int i = 0; i < 10; i++) {
            assertThat(watched.now()).containsExactly(before);
        }
        assertThat(store.calls(Operation.LIST)).isEqualTo(1);

        Pin after = new Pin("after", new Txid(43), NOW.plusSeconds(1));
        pins.create(after);
        assertThat(watched.now()).containsExactly(after, before);
        pins.delete("before", NOW.plusSeconds(2));
        pins.delete("after", NOW.plusSeconds(2));
        assertThat(watched.now()).isEmpty();
        assertThat(watched.now()).isEmpty();
        assertThat(store.calls(Operation.LIST)).isEqualTo(3);
    }

    @Test
    void refusesAPinThatItCannotRead() throws Exception {
        store.create(ObjectKey.of("_ctl/pins/odd"), NOW, out -> out.write("txid 7".getBytes()));

        assertThatThrownBy(() -> new Pins(replica(store)).list())
                .hasMessageContaining("_ctl/pins/odd")
                .hasMessageContaining("a pin");
        assertThatThrownBy(() -> new Pin("../x", Txid.FIRST, NOW))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Replica replica(ObjectStore store) {
        return new Replica("r", store, KeyLayout.PLAIN);
    }

    private static ReplicaFile create(Replica replica, int level, long first, long last)
            throws IOException {
        return replica.create(
                new Level(level),
                new TxidRange(new Txid(first), new Txid(last)),
                NOW,
                out -> out.write(level));
    }

    private static class Impatient implements Clock {

        @Override
        public Instant instant() {
            return NOW;
        }

        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public void sleep(Duration duration) {}
    }

    /// A store that says that it deletes, and does not.
    private record Keeping(ObjectStore store) implements ObjectStore {

        @Override
        public void create(ObjectKey key, Instant created, ObjectContent content)
                throws IOException {
            store.create(key, created, content);
        }

        @Override
        public void replace(ObjectKey key, Instant created, ObjectContent content)
                throws IOException {
            store.replace(key, created, content);
        }

        @Override
        public InputStream open(ObjectKey key, long offset, long length) throws StorageException {
            return store.open(key, offset, length);
        }

        @Override
        public Optional<ObjectInfo> find(ObjectKey key) throws StorageException {
            return store.find(key);
        }

        @Override
        public List<ObjectInfo> list(ObjectKey prefix, String after, int limit)
                throws StorageException {
            return store.list(prefix, after, limit);
        }

        @Override
        public void delete(ObjectKey key) {}

        @Override
        public void close() {
            store.close();
        }
    }
}
