package io.litestream.ltx;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/// Writes one LTX file, page by page in ascending order. However many pages there are, it needs
/// some megabytes of memory; beyond about a million, a temporary file of three or four bytes a
/// page.
///
/// A snapshot holds every page but the lock page; any other file holds any pages but that one.
///
/// After an exception the file is unusable. The stream is never closed here. For one thread.
public final class LtxEncoder implements Closeable {

    private static final int CAPACITY = 64 * 1024;

    private final OutputStream out;
    private final LtxHeader header;
    private final int maxBlockSize;
    private final Crc64 crc = new Crc64();
    private final WrittenPages pages = new WrittenPages();
    private final byte[] buffer;
    private int used;
    private long flushed;
    private boolean finished;

    /// Starts a file with this header.
    public LtxEncoder(OutputStream out, LtxHeader header) throws IOException {
        this.out = out;
        this.header = header;
        this.maxBlockSize = PageBlock.maxSize(header.pageSize());
        this.buffer = new byte[CAPACITY + maxBlockSize];
        append(header.encode());
    }

    /// Writes a page that fills the array.
    ///
    /// @throws IllegalArgumentException if the array has not the page size, the page is not after
    ///   the previous one, is beyond the page count, or is the lock page
    public void page(long number, byte[] page) throws IOException {
        if (page.length != header.pageSize()) {
            throw new IllegalArgumentException(
                    "page %d must have %d bytes, but has %d"
                            .formatted(number, header.pageSize(), page.length));
        }
        page(number, page, 0);
    }

    /// Writes a page that is in a buffer from this offset on.
    ///
    /// @throws IllegalArgumentException as above
    public void page(long number, byte[] bytes, int offset) throws IOException {
        checkPage(number);
        if (used > CAPACITY) {
            flush();
        }
        int size = PageBlock.encode(number, bytes, offset, header.pageSize(), buffer, used, crc);
        used += size;
        pages.add(number, size);
    }

    /// Writes a page that is compressed already, as another file has it.
    ///
    /// @param bytes has the compressed page, of `size` bytes, from `offset` on
    /// @param page what it was decompressed to
    void compressed(long number, byte[] bytes, int offset, int size, byte[] page)
            throws IOException {
        checkPage(number);
        if (used > CAPACITY) {
            flush();
        }
        int start = used;
        used += PageBlock.writeHeader(number, size, buffer, used, crc);
        System.arraycopy(bytes, offset, buffer, used, size);
        crc.update(page, 0, page.length);
        used += size;
        pages.add(number, used - start);
    }

    /// Writes what follows the pages, hands everything to the stream, and returns the trailer. The
    /// stream is not flushed.
    ///
    /// @throws IllegalStateException if this is a snapshot that lacks a page, or was finished
    ///   before
    public LtxTrailer finish() throws IOException {
        checkComplete();
        finished = true;
        append(new byte[PageBlock.HEADER_SIZE]);
        long indexStart = bytesWritten();
        pages.forEach(LtxHeader.SIZE, this::indexEntry);
        used = hashed(Varint.write(PageIndex.END, buffer, used));
        long indexLength = bytesWritten() - indexStart;
        append(ByteBuffer.allocate(PageIndex.LENGTH_SIZE).putLong(indexLength).array());

        byte[] postApply = new byte[LtxTrailer.FILE_CHECKSUM_OFFSET];
        append(postApply);
        LtxTrailer trailer = new LtxTrailer(0, LtxTrailer.fileChecksum(crc.value()));
        ByteBuffer.wrap(buffer).putLong(used, trailer.fileChecksum());
        used += Long.BYTES;
        flush();
        close();
        return trailer;
    }

    /// Gives back what it holds, for a file that is not to be finished. The file stays as it is.
    @Override
    public void close() throws IOException {
        pages.close();
    }

    /// Returns the size of the file so far, in bytes.
    public long bytesWritten() {
        return flushed + used;
    }

    private void checkPage(long number) {
        if (finished) {
            throw new IllegalStateException("page " + number + " comes after the end of the file");
        }
        if (number <= pages.lastPage() || number > header.pageCount()) {
            throw new IllegalArgumentException(
                    "page must be from %d to %d, but is %d"
                            .formatted(pages.lastPage() + 1, header.pageCount(), number));
        }
        if (number == header.lockPage()) {
            throw new IllegalArgumentException("page " + number + " is the lock page");
        }
    }

    private void checkComplete() {
        if (finished) {
            throw new IllegalStateException("the file was finished before");
        }
        if (header.isSnapshot() && pages.count() != header.snapshotPages()) {
            throw new IllegalStateException(
                    "snapshot %s must have %d pages, but has %d"
                            .formatted(header.range(), header.snapshotPages(), pages.count()));
        }
    }

    private void indexEntry(long pageNumber, long offset, long size) throws IOException {
        if (used > CAPACITY) {
            flush();
        }
        used = hashed(PageIndex.writeEntry(pageNumber, offset, size, buffer, used));
    }

    private int hashed(int end) {
        crc.update(buffer, used, end - used);
        return end;
    }

    private void append(byte[] bytes) throws IOException {
        if (used > CAPACITY) {
            flush();
        }
        System.arraycopy(bytes, 0, buffer, used, bytes.length);
        used = hashed(used + bytes.length);
    }

    private void flush() throws IOException {
        out.write(buffer, 0, used);
        flushed += used;
        used = 0;
    }
}
