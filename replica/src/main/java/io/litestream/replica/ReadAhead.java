package io.litestream.replica;

import io.litestream.storage.ObjectKey;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// The contents of several files, one after another, fetched in pieces ahead of the reader, within
/// a fixed amount of memory: as many large pieces at once as the parallelism allows, and several
/// times as many small ones, which take little but the wait for them.
///
/// A piece that fails is fetched again. For one thread; only the fetches run on threads of their
/// own.
final class ReadAhead implements AutoCloseable {

    private static final int MEMORY = 32 << 20;
    private static final int LEAST_PIECE = 256 << 10;
    private static final int MOST_PIECE = 8 << 20;
    private static final int SMALL_FOR_ONE_LARGE = 8;

    private final Replica replica;
    private final Retries retries;
    private final int parallelism;
    private final int pieceSize;
    private final ExecutorService threads;
    private final RestoreProgress progress;
    private final long totalBytes;
    private long readBytes;

    /// What is not yet being fetched: the spans from the first on, that one from an offset on.
    private final Deque<Span> spans;

    private long offset;

    /// The parts of files on their way, in order.
    private final Deque<Piece> pieces = new ArrayDeque<>();

    /// How many bytes they have together.
    private long piecesBytes;

    private final Deque<byte[]> buffers = new ArrayDeque<>();

    /// A part of a file: the bytes from one offset up to another.
    record Span(ObjectKey key, long from, long to) {

        /// The whole of a file of so many bytes.
        static Span of(ObjectKey key, long size) {
            return new Span(key, 0, size);
        }

        long length() {
            return to - from;
        }
    }

    ReadAhead(
            Replica replica,
            List<Span> spans,
            int parallelism,
            Retries retries,
            RestoreProgress progress) {
        this.replica = replica;
        this.progress = progress;
        this.totalBytes = spans.stream().mapToLong(Span::length).sum();
        this.retries = retries;
        this.parallelism = parallelism;
        this.pieceSize = Math.clamp(MEMORY / parallelism, LEAST_PIECE, MOST_PIECE);
        this.spans = new ArrayDeque<>(spans);
        this.threads = Executors.newCachedThreadPool(FanOut.threads("fetch " + replica.name()));
    }

    /// Returns the content of the next span, after all of the one before it was read. It ends early
    /// if the store has fewer bytes than it listed.
    InputStream open(Span span) {
        return new Content(span.length());
    }

    /// Waits for the fetches under way, and drops what they bring.
    @Override
    public void close() {
        threads.close();
    }

    private void fetchAhead() {
        while (!spans.isEmpty()) {
            Span span = spans.getFirst();
            int length = (int) Math.min(pieceSize, span.length() - offset);
            if (!hasRoom(length)) {
                return;
            }
            if (length > 0) {
                pieces.add(fetch(span.key, span.from + offset, length));
                piecesBytes += length;
            }
            offset += length;
            if (offset == span.length()) {
                spans.removeFirst();
                offset = 0;
            }
        }
    }

    private boolean hasRoom(int length) {
        return pieces.size() < SMALL_FOR_ONE_LARGE * parallelism
                && piecesBytes + length <= (long) pieceSize * parallelism;
    }

    /// A part of a file on its way.
    private record Piece(Future<ByteBuffer> content, int length) {}

    private Piece fetch(ObjectKey key, long from, int length) {
        byte[] bytes = buffer(length);
        Future<ByteBuffer> content =
                threads.submit(() -> {
                    try {
                        int read = retries.call(() -> read(key, from, bytes, length));
                        return ByteBuffer.wrap(bytes, 0, read);
                    } catch (EndedEarlyException e) {
                        return ByteBuffer.wrap(bytes, 0, e.length);
                    }
                });
        return new Piece(content, length);
    }

    /// A stream that ends early may have broken without telling; only if it does so again and again
    /// the file is as short as that.
    private int read(ObjectKey key, long from, byte[] bytes, int length) throws IOException {
        try (InputStream in = replica.store().open(key, from, length)) {
            int read = in.readNBytes(bytes, 0, length);
            if (read < length) {
                throw new EndedEarlyException(key + " ends early", read);
            }
            return read;
        }
    }

    @SuppressWarnings("serial") // never serialized
    private static final class EndedEarlyException extends IOException {

        private final int length;

        EndedEarlyException(String message, int length) {
            super(message);
            this.length = length;
        }
    }

    /// Small pieces get a buffer of their size, as there may be many small files.
    private byte[] buffer(int length) {
        if (length < pieceSize || buffers.isEmpty()) {
            return new byte[length];
        }
        return buffers.pop();
    }

    private void release(byte[] bytes) {
        if (bytes.length == pieceSize) {
            buffers.push(bytes);
        }
    }

    private static ByteBuffer await(Piece piece) throws IOException {
        try {
            return piece.content.get();
        } catch (ExecutionException e) {
            throw FanOut.unwrapped(e);
        } catch (InterruptedException e) {
            throw new InterruptedIOException("interrupted while reading from a store");
        }
    }

    /// One file as a stream.
    private final class Content extends InputStream {

        private long left;
        private ByteBuffer piece = ByteBuffer.allocate(0);

        Content(long size) {
            this.left = size;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            while (!piece.hasRemaining()) {
                if (left == 0) {
                    return -1;
                }
                nextPiece();
            }
            int some = Math.min(length, piece.remaining());
            piece.get(to, offset, some);
            return some;
        }

        private void nextPiece() throws IOException {
            release(piece.array());
            piece = ByteBuffer.allocate(0);
            fetchAhead();
            Piece next = pieces.getFirst();
            int wanted = (int) Math.min(pieceSize, left);
            piece = await(next);
            pieces.removeFirst();
            piecesBytes -= next.length;
            fetchAhead();
            int read = piece.remaining();
            left = read < wanted ? 0 : left - read;
            readBytes += read;
            progress.read(readBytes, totalBytes);
        }
    }
}
