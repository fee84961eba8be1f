package io.litestream.storage;

import java.time.Instant;
import java.util.Objects;

/// What a listing tells of an object: its key, its size in bytes, and when it was created.
///
/// `created` is the time given to [ObjectStore#create] where the store keeps one, else the store's
/// own time.
public record ObjectInfo(ObjectKey key, long size, Instant created) {

    public ObjectInfo {
        Objects.requireNonNull(key);
        Objects.requireNonNull(created);
        if (size < 0) {
            throw new IllegalArgumentException("size of %s is %d".formatted(key, size));
        }
    }
}
