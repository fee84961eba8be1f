package io.litestream.storage;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// A store whose objects are written and read no faster than some limits allow; each limit may be
/// shared with other stores. All other calls go through as they are.
///
/// What counts is the content of objects, once for each time that it is written: a store that
/// gathers content before it sends it keeps the limit in the long run, not at every moment.
public final class ThrottledObjectStore implements ObjectStore {

    private final ObjectStore store;
    private final List<Bandwidth> limits;
    private final int pieceBytes;

    /// Creates a store that passes its calls to another, which it closes.
    ///
    /// @param limits all of them hold; at least one
    public ThrottledObjectStore(ObjectStore store, List<Bandwidth> limits) {
        this.store = Objects.requireNonNull(store);
        this.limits = List.copyOf(limits);
        this.pieceBytes =
                limits.stream()
                        .mapToInt(Bandwidth::pieceBytes)
                        .min()
                        .orElseThrow(() -> new IllegalArgumentException("no limit"));
    }

    @Override
    public void create(ObjectKey key, Instant created, ObjectContent content) throws IOException {
        store.create(key, created, out -> content.writeTo(new ThrottledOutput(out)));
    }

    @Override
    public void replace(ObjectKey key, Instant created, ObjectContent content) throws IOException {
        store.replace(key, created, out -> content.writeTo(new ThrottledOutput(out)));
    }

    @Override
    public InputStream open(ObjectKey key, long offset, long length) throws StorageException {
        return new ThrottledInput(store.open(key, offset, length));
    }

    @Override
    public Optional<ObjectInfo> find(ObjectKey key) throws StorageException {
        return store.find(key);
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

    private void pass(int bytes) throws IOException {
        for (Bandwidth limit : limits) {
            limit.pass(bytes);
        }
    }

    private final class ThrottledOutput extends FilterOutputStream {

        ThrottledOutput(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            pass(1);
            out.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            for (int at = 0; at < length; at += pieceBytes) {
                int piece = Math.min(pieceBytes, length - at);
                pass(piece);
                out.write(bytes, offset + at, piece);
            }
        }
    }

    /// Waits after the bytes, since only then it is known how many there are.
    private final class ThrottledInput extends FilterInputStream {

        ThrottledInput(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int b = in.read();
            if (b >= 0) {
                pass(1);
            }
            return b;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = in.read(bytes, offset, Math.min(length, pieceBytes));
            if (read > 0) {
                pass(read);
            }
            return read;
        }

        /// Skipped bytes come over the network as others do.
        @Override
        public long skip(long count) throws IOException {
            long skipped = in.skip(Math.min(count, pieceBytes));
            if (skipped > 0) {
                pass((int) skipped);
            }
            return skipped;
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
