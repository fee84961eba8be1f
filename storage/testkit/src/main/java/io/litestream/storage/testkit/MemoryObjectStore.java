package io.litestream.storage.testkit;

import io.litestream.storage.ObjectContent;
import io.litestream.storage.ObjectInfo;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.ObjectStore;
import io.litestream.storage.StorageException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/// Keeps objects in memory, and counts what is asked of it.
///
/// It is strict: a call after the close is an [IllegalStateException], and [#openStreams] tells of
/// streams that nobody closed.
public final class MemoryObjectStore implements ObjectStore {

    private final NavigableMap<String, Stored> objects =
            new ConcurrentSkipListMap<>(ObjectKey.BYTE_ORDER);
    private final Map<Operation, AtomicLong> calls = new EnumMap<>(Operation.class);
    private final AtomicLong bytesRead = new AtomicLong();
    private final AtomicLong bytesWritten = new AtomicLong();
    private final AtomicLong openStreams = new AtomicLong();
    private volatile boolean closed;

    /// Creates an empty store.
    public MemoryObjectStore() {
        for (Operation operation : Operation.values()) {
            calls.put(operation, new AtomicLong());
        }
    }

    @Override
    public void create(ObjectKey key, Instant created, ObjectContent content) throws IOException {
        count(Operation.CREATE);
        Stored mine = new Stored(key, created, bytes(content));
        Stored other = objects.putIfAbsent(key.value(), mine);
        if (other != null && !Arrays.equals(other.bytes, mine.bytes)) {
            throw new StorageException.Conflict(key);
        }
    }

    @Override
    public void replace(ObjectKey key, Instant created, ObjectContent content) throws IOException {
        count(Operation.REPLACE);
        objects.put(key.value(), new Stored(key, created, bytes(content)));
    }

    @Override
    public InputStream open(ObjectKey key, long offset, long length) throws StorageException {
        count(Operation.OPEN);
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException(
                    "cannot open %d bytes from %d of %s".formatted(length, offset, key));
        }
        Stored found = objects.get(key.value());
        if (found == null) {
            throw new StorageException.NotFound(key);
        }
        int from = (int) Math.min(offset, found.bytes.length);
        int size = (int) Math.min(length, found.bytes.length - from);
        return new CountedInput(found.bytes, from, size);
    }

    @Override
    public Optional<ObjectInfo> find(ObjectKey key) {
        count(Operation.FIND);
        return Optional.ofNullable(objects.get(key.value())).map(Stored::describe);
    }

    @Override
    public List<ObjectInfo> list(ObjectKey prefix, String after, int limit) {
        count(Operation.LIST);
        if (limit < 1) {
            throw new IllegalArgumentException("cannot list %d objects".formatted(limit));
        }
        String below = prefix.value() + "/";
        return objects.tailMap(below + after, false).entrySet().stream()
                .takeWhile(entry -> entry.getKey().startsWith(below))
                .limit(limit)
                .map(entry -> entry.getValue().describe())
                .toList();
    }

    @Override
    public void delete(ObjectKey key) {
        count(Operation.DELETE);
        objects.remove(key.value());
    }

    @Override
    public void close() {
        closed = true;
    }

    /// Returns the number of calls of one kind, whatever came of them.
    public long calls(Operation operation) {
        return counter(operation).get();
    }

    /// Returns the number of all calls.
    public long calls() {
        return calls.values().stream().mapToLong(AtomicLong::get).sum();
    }

    /// Returns the number of bytes that were read from streams.
    public long bytesRead() {
        return bytesRead.get();
    }

    /// Returns the number of bytes that came in, whether or not they were kept.
    public long bytesWritten() {
        return bytesWritten.get();
    }

    /// Sets the counts of calls and bytes back to zero.
    public void resetCounts() {
        calls.values().forEach(count -> count.set(0));
        bytesRead.set(0);
        bytesWritten.set(0);
    }

    /// Returns how many streams are open.
    public long openStreams() {
        return openStreams.get();
    }

    /// Returns all keys in order. Not counted.
    public List<ObjectKey> keys() {
        return objects.values().stream().map(stored -> stored.key).toList();
    }

    private AtomicLong counter(Operation operation) {
        return Objects.requireNonNull(calls.get(operation));
    }

    private void count(Operation operation) {
        if (closed) {
            throw new IllegalStateException(operation + " after the close");
        }
        counter(operation).incrementAndGet();
    }

    private byte[] bytes(ObjectContent content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        content.writeTo(out);
        bytesWritten.addAndGet(out.size());
        return out.toByteArray();
    }

    private static final class Stored {

        private final ObjectKey key;
        private final Instant created;
        private final byte[] bytes;

        Stored(ObjectKey key, Instant created, byte[] bytes) {
            this.key = key;
            this.created = Objects.requireNonNull(created);
            this.bytes = bytes;
        }

        ObjectInfo describe() {
            return new ObjectInfo(key, bytes.length, created);
        }
    }

    private final class CountedInput extends ByteArrayInputStream {

        private boolean open = true;

        CountedInput(byte[] bytes, int offset, int length) {
            super(bytes, offset, length);
            openStreams.incrementAndGet();
        }

        @Override
        public synchronized int read() {
            int read = super.read();
            bytesRead.addAndGet(read < 0 ? 0 : 1);
            return read;
        }

        @Override
        public synchronized int read(byte[] into, int offset, int length) {
            int read = super.read(into, offset, length);
            bytesRead.addAndGet(Math.max(read, 0));
            return read;
        }

        @Override
        public synchronized byte[] readAllBytes() {
            bytesRead.addAndGet(available());
            return super.readAllBytes();
        }

        @Override
        public synchronized void close() {
            if (open) {
                open = false;
                openStreams.decrementAndGet();
            }
        }
    }
}
