package io.litestream.ltx;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Which pages a file under way holds, and how large their blocks are: what the page index is made
/// of, at three or four bytes a page.
final class WrittenPages {

    // Blocks follow one another, so sizes give the offsets; page numbers mostly follow one another,
    // so their distances fit a byte. Chunks, as an array that grows needs twice the memory.

    private static final int CHUNK = 64 * 1024;
    private static final int ENTRY = 2 * Varint.MAX_SIZE;

    private final List<byte[]> chunks = new ArrayList<>();
    private byte[] chunk = new byte[0];
    private int used;
    private long lastPage;
    private long count;

    /// Takes each page in order.
    interface Visitor {
        void visit(long pageNumber, long offset, long size) throws IOException;
    }

    void add(long pageNumber, int size) {
        if (used + ENTRY > chunk.length) {
            chunk = new byte[CHUNK];
            chunks.add(chunk);
            used = 0;
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
        long page = 0;
        long offset = firstOffset;
        for (byte[] bytes : chunks) {
            FileInput in = new FileInput(bytes, 0, CHUNK, "page index", 0);
            while (in.offset() <= CHUNK - ENTRY) {
                long step = in.takeVarint();
                if (step == 0) {
                    break;
                }
                long size = in.takeVarint();
                page += step;
                visitor.visit(page, offset, size);
                offset += size;
            }
        }
    }
}
