package io.litestream.storage;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// The part of a store that is below a prefix, as a store of its own: what is `a/b` here is
/// `prefix/a/b` there. Failures tell the key there. Closing it closes the whole store.
final class PrefixedObjectStore implements ObjectStore {

    private final ObjectStore whole;
    private final ObjectKey prefix;

    PrefixedObjectStore(ObjectStore whole, ObjectKey prefix) {
        this.whole = Objects.requireNonNull(whole);
        this.prefix = Objects.requireNonNull(prefix);
    }

    @Override
    public void create(ObjectKey key, Instant created, ObjectContent content) throws IOException {
        whole.create(inWhole(key), created, content);
    }

    @Override
    public void replace(ObjectKey key, Instant created, ObjectContent content) throws IOException {
        whole.replace(inWhole(key), created, content);
    }

    @Override
    public InputStream open(ObjectKey key, long offset, long length) throws StorageException {
        return whole.open(inWhole(key), offset, length);
    }

    @Override
    public InputStream open(ObjectKey key) throws StorageException {
        return whole.open(inWhole(key));
    }

    @Override
    public Optional<ObjectInfo> find(ObjectKey key) throws StorageException {
        return whole.find(inWhole(key)).map(this::fromWhole);
    }

    @Override
    public List<ObjectInfo> list(ObjectKey below, String after, int limit) throws StorageException {
        return whole.list(inWhole(below), after, limit).stream().map(this::fromWhole).toList();
    }

    @Override
    public void delete(ObjectKey key) throws StorageException {
        whole.delete(inWhole(key));
    }

    @Override
    public void close() {
        whole.close();
    }

    private ObjectKey inWhole(ObjectKey key) {
        return prefix.resolve(key.value());
    }

    private ObjectInfo fromWhole(ObjectInfo found) {
        String key = found.key().value().substring(prefix.value().length() + 1);
        return new ObjectInfo(new ObjectKey(key), found.size(), found.created());
    }
}
