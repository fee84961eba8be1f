package io.litestream.replica;

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
import java.util.concurrent.atomic.AtomicReference;

/// A store that says of an absent object that it is absent, though the store behind it may only say
/// that it may not be read: S3 does so where listing is denied.
///
/// At the first denial it asks for an object that cannot exist, once. If that is denied as well, a
/// denial means absence. Where nothing may be read at all, everything then seems to be absent.
final class AbsenceTellingObjectStore implements ObjectStore {

    /// A name that nobody ever gives to an object.
    static final ObjectKey IMPOSSIBLE = ObjectKey.of("_ctl", "none");

    private final ObjectStore store;
    private final AtomicReference<Denial> denial = new AtomicReference<>(Denial.UNKNOWN);

    /// What it means if reading an object is denied.
    private enum Denial {
        UNKNOWN,
        /// We may not read it.
        DENIED,
        /// It is absent, or we may not read it.
        ABSENT
    }

    AbsenceTellingObjectStore(ObjectStore store) {
        this.store = Objects.requireNonNull(store);
    }

    /// Says whether an absent object cannot be told from one that may not be read, as far as is
    /// known.
    boolean isGuessing() {
        return denial.get() == Denial.ABSENT;
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
        try {
            return store.open(key, offset, length);
        } catch (StorageException.Denied e) {
            requireAbsent(e);
            throw new StorageException.NotFound(key);
        }
    }

    @Override
    public Optional<ObjectInfo> find(ObjectKey key) throws StorageException {
        try {
            return store.find(key);
        } catch (StorageException.Denied e) {
            requireAbsent(e);
            return Optional.empty();
        }
    }

    @Override
    public List<ObjectInfo> list(ObjectKey prefix, String after, int limit)
            throws StorageException {
        return store.list(prefix, after, limit);
    }

    @Override
    public void delete(ObjectKey key) throws StorageException {
        store.delete(key);
    }

    @Override
    public void close() {
        store.close();
    }

    @Override
    public String toString() {
        return store.toString();
    }

    private void requireAbsent(StorageException.Denied denied) throws StorageException {
        if (denial.get() == Denial.UNKNOWN) {
            denial.set(ask());
        }
        if (denial.get() == Denial.DENIED) {
            throw denied;
        }
    }

    private Denial ask() throws StorageException {
        try {
            store.find(IMPOSSIBLE);
            return Denial.DENIED;
        } catch (StorageException.Denied e) {
            return Denial.ABSENT;
        }
    }
}
