package io.litestream.replica;

import io.litestream.storage.ObjectContent;
import io.litestream.storage.ObjectInfo;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.ObjectStore;
import io.litestream.storage.StorageException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// The store of a replica in buckets whose keys may begin in one of two ways: in the usual one, or
/// as Litestream makes them of the same setting. The other one counts only where there is
/// something, and nothing in the usual one. Which it is, is found out by the first call, separately
/// for the line and for files of Litestream 0.3.
public final class EitherPlaceObjectStore implements ObjectStore {

    private static final List<ObjectKey> LINE =
            List.of(
                    KeyLayout.HEX.levelPrefix(Level.SNAPSHOT),
                    KeyLayout.HEX.levelPrefix(Level.CAPTURED));

    private static final ObjectKey LEGACY = ObjectKey.of("generations");

    private final ObjectStore usual;
    private final ObjectStore other;
    private volatile @Nullable ObjectStore ofLine;
    private volatile @Nullable ObjectStore ofLegacy;

    /// Both are closed with this one.
    public EitherPlaceObjectStore(ObjectStore usual, ObjectStore other) {
        this.usual = Objects.requireNonNull(usual);
        this.other = Objects.requireNonNull(other);
    }

    @Override
    public void create(ObjectKey key, Instant created, ObjectContent content) throws IOException {
        place(key).create(key, created, content);
    }

    @Override
    public void replace(ObjectKey key, Instant created, ObjectContent content) throws IOException {
        place(key).replace(key, created, content);
    }

    @Override
    public InputStream open(ObjectKey key, long offset, long length) throws StorageException {
        return place(key).open(key, offset, length);
    }

    @Override
    public Optional<ObjectInfo> find(ObjectKey key) throws StorageException {
        return place(key).find(key);
    }

    @Override
    public List<ObjectInfo> list(ObjectKey prefix, String after, int limit)
            throws StorageException {
        return place(prefix).list(prefix, after, limit);
    }

    @Override
    public void delete(ObjectKey key) throws StorageException {
        place(key).delete(key);
    }

    @Override
    public void close() {
        usual.close();
        other.close();
    }

    @Override
    public String toString() {
        return usual.toString();
    }

    private ObjectStore place(ObjectKey key) throws StorageException {
        boolean legacy = key.equals(LEGACY) || key.value().startsWith(LEGACY.value() + "/");
        return legacy ? ofLegacy() : ofLine();
    }

    // Several may ask at once. They get the same answer, and none waits for another.

    private ObjectStore ofLine() throws StorageException {
        ObjectStore found = ofLine;
        if (found == null) {
            found = find(LINE);
            ofLine = found;
        }
        return found;
    }

    private ObjectStore ofLegacy() throws StorageException {
        ObjectStore found = ofLegacy;
        if (found == null) {
            found = find(List.of(LEGACY));
            ofLegacy = found;
        }
        return found;
    }

    /// Not every server takes keys that begin in the other way, and not everybody may list.
    private ObjectStore find(List<ObjectKey> prefixes) throws StorageException {
        try {
            if (holdsAny(usual, prefixes)) {
                return usual;
            }
        } catch (StorageException.Denied e) {
            return usual;
        }
        try {
            return holdsAny(other, prefixes) ? other : usual;
        } catch (StorageException.Denied | StorageException.Rejected e) {
            return usual;
        }
    }

    private static boolean holdsAny(ObjectStore store, List<ObjectKey> prefixes)
            throws StorageException {
        for (ObjectKey prefix : prefixes) {
            if (!store.list(prefix, "", 1).isEmpty()) {
                return true;
            }
        }
        return false;
    }
}
