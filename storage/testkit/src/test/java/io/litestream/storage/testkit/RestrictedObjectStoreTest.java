package io.litestream.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.storage.ObjectStore;
import io.litestream.storage.StorageException;

import org.junit.jupiter.api.Test;

import java.util.EnumSet;
import java.util.Set;

/// With all rights, it is a store like any other.
final class RestrictedObjectStoreTest extends ObjectStoreContract {

    private final MemoryObjectStore memory = new MemoryObjectStore();
    private final ObjectStore store = new RestrictedObjectStore(memory, EnumSet.allOf(Right.class));

    @Override
    protected ObjectStore store() {
        return store;
    }

    @Test
    void doesNotSayWhatIsAbsentWithoutTheRightToList() throws Exception {
        ObjectStore restricted = new RestrictedObjectStore(memory, Set.of(Right.READ));
        create("db/0001", "content");

        assertThat(restricted.find(key("db/0001"))).isPresent();
        assertThatThrownBy(() -> restricted.find(key("db/0002")))
                .isInstanceOf(StorageException.Denied.class);
        assertThatThrownBy(() -> restricted.open(key("db/0002")))
                .isInstanceOf(StorageException.Denied.class);
        assertThatThrownBy(() -> restricted.list(key("db"), "", 1))
                .isInstanceOf(StorageException.Denied.class);
        assertThatThrownBy(() -> restricted.delete(key("db/0001")))
                .isInstanceOf(StorageException.Denied.class);
    }

    @Test
    void storesWithoutAnyRight() throws Exception {
        ObjectStore restricted = new RestrictedObjectStore(memory, Set.of());

        restricted.create(key("db/0001"), CREATED, bytes("content"));

        assertThat(read("db/0001")).isEqualTo("content");
        assertThatThrownBy(() -> restricted.find(key("db/0001")))
                .isInstanceOf(StorageException.Denied.class);
    }
}
