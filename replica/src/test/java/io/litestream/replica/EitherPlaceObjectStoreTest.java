package io.litestream.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.storage.ObjectStore;
import io.litestream.storage.StorageException;
import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.FaultyObjectStore;
import io.litestream.storage.testkit.MemoryObjectStore;
import io.litestream.storage.testkit.ObjectStoreContract;
import io.litestream.storage.testkit.Operation;
import io.litestream.storage.testkit.RestrictedObjectStore;
import io.litestream.storage.testkit.Right;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Instant;
import java.util.Set;

final class EitherPlaceObjectStoreTest extends ObjectStoreContract {

    private static final String BASE = "0009/0000000000000001-0000000000000001.ltx";
    private static final String SLOT = "0000/0000000000000002-0000000000000002.ltx";
    private static final String LEGACY =
            "generations/0123456789abcdef/wal/00000000_00000000.wal.lz4";

    private final MemoryObjectStore usual = new MemoryObjectStore();
    private final MemoryObjectStore other = new MemoryObjectStore();
    private final FaultyObjectStore faulty = new FaultyObjectStore(other);
    private final EitherPlaceObjectStore store = new EitherPlaceObjectStore(usual, faulty);

    @Override
    protected ObjectStore store() {
        return store;
    }

    @Test
    void beginsInTheUsualPlace() throws Exception {
        put(store, SLOT);

        assertThat(usual.find(key(SLOT))).isPresent();
    }

    @Test
    void goesOnWhereLitestreamWas() throws Exception {
        put(other, BASE);

        assertThat(store.list(key("0009"), "", 10)).hasSize(1);
        put(store, SLOT);

        assertThat(other.find(key(SLOT))).isPresent();
        assertThat(usual.find(key(SLOT))).isEmpty();
    }

    @Test
    void goesOnInTheUsualPlaceIfBothHoldALine() throws Exception {
        put(other, BASE);
        put(usual, BASE);

        put(store, SLOT);

        assertThat(usual.find(key(SLOT))).isPresent();
    }

    @Test
    void looksForFilesOfLitestream03ByThemselves() throws Exception {
        put(other, BASE);
        put(usual, LEGACY);

        assertThat(store.list(key("generations"), "", 10)).hasSize(1);
        assertThat(store.list(key("0009"), "", 10)).hasSize(1);
    }

    @Test
    void beginsNothingWhereItCannotBeKnownWhatThereIs() throws Exception {
        put(other, BASE);
        faulty.inject(
                Operation.LIST,
                _ -> true,
                Fault.failBefore(() -> new StorageException.Unavailable("away", null)));

        assertThatThrownBy(() -> put(store, SLOT)).isInstanceOf(StorageException.Unavailable.class);
        faulty.heal();
        put(store, SLOT);

        assertThat(usual.find(key(SLOT))).isEmpty();
        assertThat(other.find(key(SLOT))).isPresent();
    }

    @Test
    void staysInTheUsualPlaceWhereTheOtherIsRefused() throws Exception {
        faulty.inject(
                Operation.LIST,
                _ -> true,
                Fault.failBefore(() -> new StorageException.Rejected("no name", null)));

        put(store, SLOT);

        assertThat(usual.find(key(SLOT))).isPresent();
        EitherPlaceObjectStore unlisted =
                new EitherPlaceObjectStore(
                        new RestrictedObjectStore(usual, Set.of(Right.READ)), other);
        assertThat(unlisted.find(key(SLOT))).isPresent();
    }

    private static void put(ObjectStore store, String key) throws IOException {
        store.create(key(key), Instant.EPOCH, out -> out.write(1));
    }
}
