package io.litestream.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.storage.ObjectStore;

import org.junit.jupiter.api.Test;

final class PrefixedObjectStoreTest extends ObjectStoreContract {

    private final MemoryObjectStore whole = new MemoryObjectStore();
    private final ObjectStore store = whole.below("backups/db one");

    @Override
    protected ObjectStore store() {
        return store;
    }

    @Test
    void keepsItsObjectsBelowThePrefix() throws Exception {
        create("ltx/0/0001", "content");

        assertThat(whole.keys()).containsExactly(key("backups/db one/ltx/0/0001"));
    }

    @Test
    void seesNothingBesideThePrefix() throws Exception {
        whole.create(key("backups/db one-old/ltx/0"), CREATED, out -> out.write(1));
        whole.create(key("ltx/0"), CREATED, out -> out.write(1));

        assertThat(keys("ltx")).isEmpty();
    }
}
