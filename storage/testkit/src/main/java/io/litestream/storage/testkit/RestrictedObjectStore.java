package io.litestream.storage.testkit;

import io.litestream.storage.ObjectContent;
import io.litestream.storage.ObjectInfo;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.ObjectStore;
import io.litestream.storage.StorageException;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// A store as seen through credentials that lack some rights. It refuses as S3 does: without the
/// right to list, it does not even say that an object is absent.
public final class RestrictedObjectStore implements ObjectStore {

    private final ObjectStore store;
    private final Set<Right> rights;

    /// Creates a view of another store, which it closes. Objects can be stored in any case.
    public RestrictedObjectStore(ObjectStore store, Set<Right> rights) {
        this.store = Objects.requireNonNull(store);
        this.rights = Set.copyOf(rights);
    }

    @Override
    public void create(ObjectKey key, Instant created, ObjectContent content) throws IOException {
        store.create(key, created, content);
    }

    @Override
    public void replace(ObjectKey key, Instant created, ObjectContent content) throws IOException {
        store.replace(key, created, content);
    }

    @Override
    public InputStream open(ObjectKey key, long offset, long length) throws StorageException {
        require(Right.READ, "read", key);
        try {
            return store.open(key, offset, length);
        } catch (StorageException.NotFound e) {
            require(Right.LIST, "read", key);
            throw e;
        }
    }

    @Override
    public Optional<ObjectInfo> find(ObjectKey key) throws StorageException {
        require(Right.READ, "find", key);
        Optional<ObjectInfo> found = store.find(key);
        if (found.isEmpty()) {
            require(Right.LIST, "find", key);
        }
        return found;
    }

    @Override
    public List<ObjectInfo> list(ObjectKey prefix, String after, int limit)
            throws StorageException {
        require(Right.LIST, "list", prefix);
        return store.list(prefix, after, limit);
    }

    @Override
    public void delete(ObjectKey key) throws StorageException {
        require(Right.DELETE, "delete", key);
        store.delete(key);
    }

    @Override
    public void close() {
        store.close();
    }

    private void require(Right right, String what, ObjectKey key) throws StorageException.Denied {
        if (!rights.contains(right)) {
            throw new StorageException.Denied(
                    "not allowed to %s %s (restricted)".formatted(what, key), null);
        }
    }
}
