package io.litestream.ltx;

import java.io.IOException;
import java.nio.ByteBuffer;

/// One page as it stands in a file. Big-endian.
///
/// | Offset | Size | Field       | Meaning                                                         |
/// |-------:|-----:|-------------|-----------------------------------------------------------------|
/// |      0 |    4 | page number | from 1; 0, with flags 0: no more pages                          |
/// |      4 |    2 | flags       | bit 0: size and block follow; clear: an LZ4 frame follows       |
/// |      6 |    4 | size        | size of the LZ4 block, in bytes                                 |
/// |     10 | size | block       | the page, as an LZ4 block                                       |
///
/// The file checksum covers number, flags, size, and the page before compression.
public final class PageBlock {

    static final int HEADER_SIZE = 6;

    /// No block is larger: that of the largest page, with ample room for what a frame adds.
    static final int MAX_SIZE = 128 * 1024;

    private static final int FLAGS_OFFSET = 4;
    private static final int SIZED_HEADER_SIZE = 10;
    private static final int SIZED = 1;

    private PageBlock() {}

    /// How the page stands in its block.
    enum Form {
        /// As an LZ4 block with its size in front: what is written now.
        SIZED,
        /// As an LZ4 frame: what old versions wrote.
        FRAME
    }

    /// Decodes a page that was read alone, by its entry in the page index. The file's checksum is
    /// not checked, as it takes the whole file.
    ///
    /// @param file names the file in the exception
    /// @param entry where the block is in the file, and which page it must be
    /// @param buffer holds the block from `offset` on, and maybe more
    /// @param page is filled; its length is the page size
    /// @throws CorruptFileException if this is not the block of that page
    public static void decode(
            String file, PageIndex.Entry entry, byte[] buffer, int offset, byte[] page)
            throws IOException {
        FileInput in = new FileInput(buffer, offset, entry.size(), file, entry.offset());
        in.require(HEADER_SIZE);
        if (pageNumber(in) != entry.pageNumber()) {
            throw in.damaged(
                    entry.offset(), "page " + entry.pageNumber(), "page " + pageNumber(in));
        }
        hashedPrefix(in);
        decode(in, page);
        if (!in.atEnd()) {
            throw in.damaged(
                    in.offset(), "the end of a block of " + entry.size() + " bytes", "more");
        }
    }

    /// Returns the size that the block of such a page never exceeds.
    static int maxSize(int pageSize) {
        return SIZED_HEADER_SIZE + Lz4Library.maxBlockSize(pageSize);
    }

    /// Writes the block of a page to a buffer with room enough, and returns its size. The checksum
    /// takes in what it covers.
    static int encode(
            long number, byte[] page, int pageOffset, int pageSize, byte[] to, int at, Crc64 crc) {
        int size = Lz4Library.compress(page, pageOffset, pageSize, to, at + SIZED_HEADER_SIZE);
        writeHeader(number, size, to, at, crc);
        crc.update(page, pageOffset, pageSize);
        return SIZED_HEADER_SIZE + size;
    }

    /// Writes what stands in front of a page that is compressed already, and returns its size. The
    /// checksum takes it in.
    static int writeHeader(long number, int size, byte[] to, int at, Crc64 crc) {
        ByteBuffer.wrap(to, at, SIZED_HEADER_SIZE)
                .putInt((int) number)
                .putShort((short) SIZED)
                .putInt(size);
        crc.update(to, at, SIZED_HEADER_SIZE);
        return SIZED_HEADER_SIZE;
    }

    /// Returns how large the compressed page is in a block of the form [Form#SIZED].
    static int compressedSize(int blockSize) {
        return blockSize - SIZED_HEADER_SIZE;
    }

    /// Returns the page number of the block at which the input stands, or 0 at the end of the
    /// pages. The header must be available.
    static long pageNumber(FileInput in) {
        return in.peekU32(0);
    }

    /// Makes available what the file checksum covers in front of the page, and returns its size.
    /// The header must be available.
    static int hashedPrefix(FileInput in) throws IOException {
        int flags = in.peekU16(FLAGS_OFFSET);
        if ((flags & ~SIZED) != 0 || (flags != 0 && pageNumber(in) == 0)) {
            throw in.damaged(in.offset() + FLAGS_OFFSET, "page flags", flags);
        }
        int prefix = flags == SIZED ? SIZED_HEADER_SIZE : HEADER_SIZE;
        in.require(prefix);
        return prefix;
    }

    /// Returns the form of the block at which the input stands. The header must be available.
    static Form form(FileInput in) {
        return in.peekU16(FLAGS_OFFSET) == SIZED ? Form.SIZED : Form.FRAME;
    }

    /// Reads a block after its [#hashedPrefix] was seen.
    static void decode(FileInput in, byte[] page) throws IOException {
        switch (form(in)) {
            case SIZED -> decodeSized(in, page);
            case FRAME -> {
                in.skip(HEADER_SIZE);
                Lz4Frame.decode(in, page);
            }
        }
    }

    private static void decodeSized(FileInput in, byte[] page) throws IOException {
        long size = in.peekU32(HEADER_SIZE);
        if (size > Lz4Library.maxBlockSize(page.length)) {
            throw in.damaged(
                    in.offset() + HEADER_SIZE,
                    "a size of up to " + Lz4Library.maxBlockSize(page.length),
                    size);
        }
        in.skip(SIZED_HEADER_SIZE);
        in.require((int) size);
        int decoded = Lz4Library.decompress(in.array(), in.position(), (int) size, page, 0);
        if (decoded != page.length) {
            throw in.damaged(
                    in.offset(),
                    "an LZ4 block of " + page.length + " bytes",
                    decoded < 0 ? "something else" : decoded);
        }
        in.skip((int) size);
    }
}
