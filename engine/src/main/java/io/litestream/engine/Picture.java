package io.litestream.engine;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.PageHash;
import io.litestream.replica.state.PageHashTable;
import io.litestream.sqlite.WalPosition;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.BitSet;
import java.util.Optional;

/// Pages of a database in a rollback journal mode as of one transaction, in a file without a name:
/// each at its own place, those that are not kept are holes.
///
/// It holds no lock, so it may be read slowly. For one thread at a time, until it is closed.
final class Picture implements PageView, Closeable {

    // If the pages have to be read again since somebody committed meanwhile, those are not written
    // again that are the same as before: so the last reading, which keeps writers waiting, takes
    // about as long as a comparison.

    /// For how many pages it is remembered what was written, at most: 32 MiB of memory.
    private static final long REMEMBERED_PAGES = 4L << 20;

    private final FileChannel scratch;
    private final Wanted wanted;
    private final BitSet kept = new BitSet();
    private final BitSet differing = new BitSet();
    private long checksum;
    private int pageSize;
    private long pageCount;
    private long known; // up to which page the hashes count
    private long[] written = {}; // the hash of each page in the file, if there are not too many

    /// Which pages are kept.
    enum Keep {
        EVERYTHING,
        DIFFERENCES
    }

    /// What a picture is taken for.
    ///
    /// @param published hashes to compare with; without them all pages differ
    /// @param more pages that are kept though they do not differ
    record Wanted(Keep keep, Optional<PageHashTable> published, BitSet more) {}

    private Picture(FileChannel scratch, Wanted wanted) {
        this.scratch = scratch;
        this.wanted = wanted;
    }

    /// Takes a picture.
    ///
    /// @param name of the file, for a moment: it is deleted once it is open
    /// @param patience as for [SharedPass#read]
    static Taken take(SharedPass pass, Path name, Wanted wanted, Duration patience)
            throws IOException {
        FileChannel scratch =
                FileChannel.open(
                        name,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.DELETE_ON_CLOSE);
        Picture picture = new Picture(scratch, wanted);
        try {
            return new Taken(picture, pass.read(picture::begin, patience));
        } catch (IOException | RuntimeException e) {
            picture.close();
            throw e;
        }
    }

    /// A picture, and which state it shows.
    record Taken(Picture picture, Stamp stamp) {}

    private PageSink begin(Stamp stamp, int size, long count) throws IOException {
        boolean again = size == pageSize && count == pageCount;
        if (!again) {
            scratch.truncate(0);
            boolean remember = wanted.keep() == Keep.EVERYTHING && count < REMEMBERED_PAGES;
            written = new long[remember ? Math.toIntExact(count) + 1 : 0];
        }
        kept.clear();
        differing.clear();
        checksum = 0;
        pageSize = size;
        pageCount = count;
        known =
                wanted.published()
                        .filter(table -> table.pageSize() == size)
                        .map(PageHashTable::pageCount)
                        .orElse(0L);
        return this::page;
    }

    private void page(long number, byte[] buffer, int offset) throws IOException {
        long hash = PageHash.of(number, buffer, offset, pageSize);
        checksum ^= hash;
        int page = Math.toIntExact(number);
        if (number > known || wanted.published().orElseThrow().get(number) != hash) {
            differing.set(page);
        }
        boolean keep =
                switch (wanted.keep()) {
                    case EVERYTHING -> true;
                    case DIFFERENCES -> differing.get(page) || wanted.more().get(page);
                };
        if (keep) {
            kept.set(page);
            write(page, hash, ByteBuffer.wrap(buffer, offset, pageSize));
        }
    }

    private void write(int page, long hash, ByteBuffer image) throws IOException {
        if (page < written.length && written[page] == hash) {
            return;
        }
        long at = (page - 1L) * pageSize;
        while (image.hasRemaining()) {
            at += scratch.write(image, at);
        }
        if (page < written.length) {
            written[page] = hash;
        }
    }

    /// Returns the pages that differ from what was published.
    Comparison differences() {
        return new Comparison(this, new Checksum(checksum), differing);
    }

    /// Says whether every page is kept.
    boolean isWhole() {
        return wanted.keep() == Keep.EVERYTHING;
    }

    @Override
    public Optional<WalPosition> position() {
        return Optional.empty();
    }

    @Override
    public int pageSize() {
        return pageSize;
    }

    @Override
    public long pageCount() {
        return pageCount;
    }

    @Override
    public void forEach(PageSink sink) throws IOException {
        byte[] image = new byte[pageSize];
        for (int page = kept.nextSetBit(1); page > 0; page = kept.nextSetBit(page + 1)) {
            read(page, image);
            sink.page(page, image, 0);
        }
    }

    @Override
    public void read(long page, byte[] buffer) throws IOException {
        if (!kept.get(Math.toIntExact(page))) {
            throw new IllegalStateException("page %d was not kept".formatted(page));
        }
        ByteBuffer into = ByteBuffer.wrap(buffer, 0, pageSize);
        long at = (page - 1) * pageSize;
        while (into.hasRemaining()) {
            int count = scratch.read(into, at);
            if (count < 0) {
                throw new IOException("page %d of a picture is gone".formatted(page));
            }
            at += count;
        }
    }

    @Override
    public void close() throws IOException {
        scratch.close();
    }
}
