package io.litestream.replica;

import io.litestream.ltx.PageHash;

import org.jspecify.annotations.Nullable;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;

/// The hash of each page that was written, as long as that takes little memory.
final class PageHashes {

    private static final int MOST = 4 << 20;
    private static final int READ_BYTES = 1 << 20;

    /// By page number; null once there are too many.
    private long @Nullable [] hashes = new long[1024];

    /// What is told of each page of a file.
    @FunctionalInterface
    interface Visitor {
        void page(long page, long hash) throws IOException;
    }

    /// Notes the hash of a page.
    void put(long page, long hash) {
        long[] known = hashes;
        if (known == null || page > MOST) {
            hashes = null;
            return;
        }
        if (page >= known.length) {
            known = Arrays.copyOf(known, (int) Math.max(page + 1, known.length * 2L));
            hashes = known;
        }
        known[(int) page] = hash;
    }

    /// Tells the hashes of the pages from 1 to `count`, in order: from memory, or from the file
    /// that they were written to.
    void forEach(FileChannel channel, int pageSize, long count, Visitor visitor)
            throws IOException {
        long[] known = hashes;
        if (known == null) {
            read(channel, pageSize, count, visitor);
            return;
        }
        for (int page = 1; page <= count; page++) {
            visitor.page(page, page < known.length ? known[page] : 0);
        }
    }

    /// Reads the pages from 1 to `count` of a file, and tells their hashes, in order.
    ///
    /// @throws EOFException if the file has fewer
    static void read(FileChannel channel, int pageSize, long count, Visitor visitor)
            throws IOException {
        byte[] bytes = new byte[Math.max(pageSize, READ_BYTES)];
        int pagesAtOnce = bytes.length / pageSize;
        for (long first = 1; first <= count; first += pagesAtOnce) {
            int pages = (int) Math.min(pagesAtOnce, count - first + 1);
            fill(channel, ByteBuffer.wrap(bytes, 0, pages * pageSize), (first - 1) * pageSize);
            for (int i = 0; i < pages; i++) {
                long hash = PageHash.of(first + i, bytes, i * pageSize, pageSize);
                visitor.page(first + i, hash);
            }
        }
    }

    private static void fill(FileChannel channel, ByteBuffer bytes, long offset)
            throws IOException {
        long position = offset;
        while (bytes.hasRemaining()) {
            int read = channel.read(bytes, position);
            if (read < 0) {
                throw new EOFException("the file ends at offset " + position);
            }
            position += read;
        }
    }
}
