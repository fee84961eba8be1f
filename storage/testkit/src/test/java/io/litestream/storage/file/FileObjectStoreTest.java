package io.litestream.storage.file;

import io.litestream.storage.ObjectStore;
import io.litestream.storage.testkit.Capability;
import io.litestream.storage.testkit.ObjectStoreContract;

import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;

final class FileObjectStoreTest extends ObjectStoreContract {

    @TempDir private Path directory;

    private ObjectStore store;

    @Override
    protected ObjectStore store() {
        if (store == null) {
            store = new FileObjectStore(directory.resolve("deep/root"));
        }
        return store;
    }

    @Override
    protected Set<Capability> capabilities() {
        return EnumSet.complementOf(EnumSet.of(Capability.KEEPS_KEYS_BELOW_KEYS));
    }
}
