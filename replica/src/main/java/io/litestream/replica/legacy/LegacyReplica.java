package io.litestream.replica.legacy;

import io.litestream.storage.ObjectInfo;
import io.litestream.storage.ObjectStore;
import io.litestream.storage.StorageException;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// The files that Litestream 0.3 keeps of one database in one store, which is rooted at the
/// replica's path. They may be beside those of a later version.
public final class LegacyReplica {

    private static final int LISTED_AT_ONCE = 50_000;

    private final ObjectStore store;

    /// The store stays the caller's to close.
    public LegacyReplica(ObjectStore store) {
        this.store = Objects.requireNonNull(store);
    }

    /// Lists all files; one attempt. Objects with other names are left out.
    public LegacyInventory inventory() throws StorageException {
        List<LegacyFile> files = new ArrayList<>();
        String after = "";
        while (true) {
            List<ObjectInfo> page = store.list(LegacyFile.Names.PREFIX, after, LISTED_AT_ONCE);
            page.forEach(object -> LegacyFile.of(object).ifPresent(files::add));
            if (page.size() < LISTED_AT_ONCE) {
                return LegacyInventory.of(files);
            }
            String last = page.getLast().key().value();
            after = last.substring(LegacyFile.Names.PREFIX.value().length() + 1);
        }
    }
}
