package io.litestream.ltx;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// Which pages a file under way holds, and how large their blocks are: what the page index is made
/// of, at three or four bytes a page. Beyond some megabytes they are kept in a temporary file.
final class WrittenPages implements Closeable {

    // Blocks follow one another, so sizes give the offsets; page numbers mostly follow one another,
    // so their distances fit a byte. Chunks, as an array that grows needs twice the memory. The
    // temporary file has the first chunks, the memory those after.

    private static final int CHUNK = 64 * 1024;
    private static final int ENTRY = 2 * Varint.MAX_SIZE;
    private static final int CHUNKS_IN_MEMORY = 64; // of about a million pages

    private final int chunksInMemory;
    private final List<byte[]> chunks = new ArrayList<>();
    private byte[] chunk = new byte[0];
    private int used;
    private long lastPage;
    private long count;
    private @Nullable FileChannel file;
    private long fileBytes;

    WrittenPages() {
        this(CHUNKS_IN_MEMORY);
    }

    /// @param chunksInMemory how many chunks of 64 KiB there are at most in memory
    WrittenPages(int chunksInMemory) {
        this.chunksInMemory = chunksInMemory;
    }

    /// Takes each page in order.
    interface Visitor {
        void visit(long pageNumber, long offset, long size) throws IOException;
    }

    /// @throws IOException if there is no room for a temporary file
    void add(long pageNumber, int size) throws IOException {
        if (used + ENTRY > chunk.length) {
            nextChunk();
        }
        used = Varint.write(pageNumber - lastPage, chunk, used);
        used = Varint.write(size, chunk, used);
        lastPage = pageNumber;
        count++;
    }

    /// Returns the number of the last page, or 0.
    long lastPage() {
        return lastPage;
    }

    long count() {
        return count;
    }

    void forEach(long firstOffset, Visitor visitor) throws IOException {
        Walk walk = new Walk(firstOffset, visitor);
        FileChannel stored = file;
        if (stored != null) {
            byte[] bytes = new byte[CHUNK];
            for (long at = 0; at < fileBytes; at += CHUNK) {
                read(stored, at, bytes);
                walk.visit(bytes);
            }
        }
        for (byte[] bytes : chunks) {
            walk.visit(bytes);
        }
    }

    /// Gives the temporary file back, if there is one.
    @Override
    public void close() throws IOException {
        FileChannel stored = file;
        if (stored != null) {
            stored.close();
        }
    }

    private void nextChunk() throws IOException {
        if (chunks.size() == chunksInMemory) {
            store();
        }
        chunk = new byte[CHUNK];
        chunks.add(chunk);
        used = 0;
    }

    private void store() throws IOException {
        FileChannel stored = file;
        if (stored == null) {
            stored = create();
            file = stored;
        }
        for (byte[] bytes : chunks) {
            ByteBuffer content = ByteBuffer.wrap(bytes);
            while (content.hasRemaining()) {
                stored.write(content);
            }
            fileBytes += CHUNK;
        }
        chunks.clear();
    }

    private static FileChannel create() throws IOException {
        try {
            Path path = Files.createTempFile("litestream-index-", ".tmp");
            return FileChannel.open(
                    path,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException e) {
            throw new IOException(
                    "cannot make a temporary file for the page index of a large file: " + e, e);
        }
    }

    private static void read(FileChannel stored, long at, byte[] to) throws IOException {
        ByteBuffer into = ByteBuffer.wrap(to);
        while (into.hasRemaining()) {
            if (stored.read(into, at + into.position()) < 0) {
                throw new EOFException(
                        "the temporary file of a page index ends at offset "
                                + (at + into.position()));
            }
        }
    }

    /// Where a visitor is.
    private static final class Walk {

        private final Visitor visitor;
        private long page;
        private long offset;

        Walk(long firstOffset, Visitor visitor) {
            this.offset = firstOffset;
            this.visitor = visitor;
        }

        void visit(byte[] chunk) throws IOException {
            FileInput in = new FileInput(chunk, 0, CHUNK, "page index", 0);
            while (in.offset() <= CHUNK - ENTRY) {
                long step = in.takeVarint();
                if (step == 0) {
                    return;
                }
                long size = in.takeVarint();
                page += step;
                visitor.visit(page, offset, size);
                offset += size;
            }
        }
    }
}
