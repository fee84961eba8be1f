package io.litestream.ltx;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;

/// Reads one LTX file from front to back, and verifies everything: header, order and completeness
/// of the pages, page index, file checksum, that the file ends there, and the integrity tag of a
/// snapshot, whose pages are the whole database.
///
/// Until [#next()] has returned false, what was read is not proven. After an exception the decoder
/// is of no more use. For one thread.
public final class LtxDecoder implements Closeable {

    private static final byte[] END_OF_PAGES = new byte[PageBlock.HEADER_SIZE];

    private final String name;
    private final FileInput in;
    private final LtxHeader header;
    private final Crc64 crc = new Crc64();
    private final IndexDigest index = new IndexDigest();
    private final byte[] page;
    private long pageNumber;
    private int blockSize; // of the block of this page, whose end is in the buffer
    private PageBlock.Form form = PageBlock.Form.FRAME;
    private long pages;
    private Checksum database = Checksum.EMPTY;
    private @Nullable LtxTrailer trailer;

    /// Reads the header.
    ///
    /// @param in the file from its first byte on; [#close()] closes it, as does a failure here
    /// @param name names the file in exceptions
    public LtxDecoder(InputStream in, String name) throws IOException {
        this(in, name, FileInput.CAPACITY);
    }

    /// Reads the header.
    ///
    /// @param in the file from its first byte on; [#close()] closes it, as does a failure here
    /// @param name names the file in exceptions
    /// @param bufferBytes how much is asked of the stream at once; the buffer grows if a page needs
    ///   more
    public LtxDecoder(InputStream in, String name, int bufferBytes) throws IOException {
        this.name = name;
        this.in = new FileInput(in, name, 0, bufferBytes);
        try {
            this.header = readHeader();
        } catch (IOException | RuntimeException failure) {
            closeAfter(failure);
            throw failure;
        }
        this.page = new byte[header.pageSize()];
    }

    /// Returns the name by which exceptions call this file.
    public String name() {
        return name;
    }

    /// Returns how large the buffer is, or will be after the first page.
    public int bufferBytes() {
        return Math.max(in.capacity(), header.pageSize());
    }

    /// Returns the header.
    public LtxHeader header() {
        return header;
    }

    /// Goes to the next page, if there is one. If not, the whole file was verified.
    public boolean next() throws IOException {
        if (trailer != null) {
            return false;
        }
        in.require(PageBlock.HEADER_SIZE);
        long number = PageBlock.pageNumber(in);
        int prefix = PageBlock.hashedPrefix(in);
        if (number == 0) {
            trailer = end();
            return false;
        }
        checkOrder(number);
        long start = in.offset();
        crc.update(in.array(), in.position(), prefix);
        form = PageBlock.form(in);
        PageBlock.decode(in, page);
        crc.update(page, 0, page.length);
        blockSize = (int) (in.offset() - start);
        index.add(number, start, blockSize);
        if (header.isWholeDatabaseTagged()) {
            database = database.with(PageHash.of(number, page));
        }
        pageNumber = number;
        pages++;
        return true;
    }

    /// Returns the number of the page to which [#next()] went.
    public long pageNumber() {
        return pageNumber;
    }

    /// Returns the page to which [#next()] went, in a buffer that the next call overwrites.
    public byte[] page() {
        return page;
    }

    /// Writes the page to which [#next()] went, without compressing it again if it need not be.
    void writePage(LtxEncoder encoder) throws IOException {
        switch (form) {
            case SIZED -> {
                int size = PageBlock.compressedSize(blockSize);
                encoder.compressed(pageNumber, in.array(), in.position() - size, size, page);
            }
            case FRAME -> encoder.page(pageNumber, page);
        }
    }

    /// Returns the trailer.
    ///
    /// @throws IllegalStateException if [#next()] has not returned false yet
    public LtxTrailer trailer() {
        if (trailer == null) {
            throw new IllegalStateException(name + " was not read to its end");
        }
        return trailer;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private LtxHeader readHeader() throws IOException {
        byte[] bytes = new byte[LtxHeader.SIZE];
        in.require(bytes.length);
        System.arraycopy(in.array(), in.position(), bytes, 0, bytes.length);
        crc.update(bytes, 0, bytes.length);
        in.skip(bytes.length);
        return LtxHeader.decode(bytes, name);
    }

    private void closeAfter(Exception failure) {
        try {
            in.close();
        } catch (IOException suppressed) {
            failure.addSuppressed(suppressed);
        }
    }

    private void checkOrder(long number) throws CorruptFileException {
        long next = pageNumber + 1;
        long least = next == header.lockPage() ? next + 1 : next;
        if (number < least || number > header.pageCount() || number == header.lockPage()) {
            throw in.damaged(
                    in.offset(),
                    "a page from %d to %d".formatted(least, header.pageCount()),
                    "page " + number);
        }
        if (header.isSnapshot() && number != least) {
            throw in.damaged(in.offset(), "page " + least, "page " + number);
        }
    }

    private LtxTrailer end() throws IOException {
        if (header.isSnapshot() && pages != header.snapshotPages()) {
            throw in.damaged(
                    in.offset(), header.snapshotPages() + " pages", "the end after " + pages);
        }
        crc.update(END_OF_PAGES, 0, END_OF_PAGES.length);
        in.skip(END_OF_PAGES.length);
        verifyIndex();
        LtxTrailer read = readTrailer();
        if (!in.atEnd()) {
            throw in.damaged(in.offset(), "the end of the file", "more bytes");
        }
        verifyTag();
        return read;
    }

    private void verifyIndex() throws IOException {
        index.end();
        long start = in.offset();
        Crc64 found = new Crc64();
        for (long left = index.length(); left > 0; ) {
            int some = in.requireSome(left);
            found.update(in.array(), in.position(), some);
            crc.update(in.array(), in.position(), some);
            in.skip(some);
            left -= some;
        }
        if (found.value() != index.crc()) {
            throw in.damaged(
                    start, "an index of the %d pages before it".formatted(pages), "another one");
        }
        long lengthOffset = in.offset();
        long length = takeHashedU64();
        if (length != index.length()) {
            throw in.damaged(lengthOffset, "the index length " + index.length(), length);
        }
    }

    private LtxTrailer readTrailer() throws IOException {
        long postApply = takeHashedU64();
        long offset = in.offset();
        long expected = LtxTrailer.fileChecksum(crc.value());
        long found = in.takeU64();
        if (found != expected) {
            throw in.damaged(offset, "file checksum " + hex(expected), hex(found));
        }
        return new LtxTrailer(postApply, found);
    }

    private void verifyTag() throws CorruptFileException {
        if (header.isWholeDatabaseTagged() && !header.tag().leadsTo(database)) {
            throw in.damaged(
                    IntegrityTag.OFFSET,
                    "post-apply checksum " + database,
                    header.tag().postApply().orElseThrow());
        }
    }

    private long takeHashedU64() throws IOException {
        in.require(Long.BYTES);
        crc.update(in.array(), in.position(), Long.BYTES);
        return in.takeU64();
    }

    private static String hex(long bits) {
        return HexFormat.of().toHexDigits(bits);
    }
}
