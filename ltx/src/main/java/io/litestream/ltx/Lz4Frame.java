package io.litestream.ltx;

import java.io.IOException;

/// The LZ4 frame in which older files keep a page, and Litestream 0.3 whole databases and WALs.
/// Only read, never written. Little-endian.
///
/// | Size   | Field            | Meaning                                                          |
/// |-------:|------------------|------------------------------------------------------------------|
/// |      4 | magic            | `0x184D2204`                                                     |
/// |      1 | flags            | bits 6–7: version 1; bit 5: blocks are independent; bit 4: blocks|
/// |        |                  | have checksums; bit 3: content size; bit 2: content checksum;    |
/// |        |                  | bit 0: dictionary                                                |
/// |      1 | block descriptor | bits 4–6: the largest size of a block is 4 to the power of 4 plus|
/// |        |                  | this, from 4 to 7                                                |
/// |  0 / 8 | content size     |                                                                  |
/// |      1 | header checksum  | second byte of XXH32 from the flags to here                      |
/// |      4 | block size       | top bit: the block is not compressed; 0: no more blocks          |
/// |      n | block            |                                                                  |
/// |  0 / 4 | block checksum   | XXH32 of the block as it stands                                  |
/// |  0 / 4 | content checksum | after the last block: XXH32 of the content                       |
///
/// Specified by <https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md>.
final class Lz4Frame {

    private static final long MAGIC = 0x184D_2204L;
    private static final int VERSION_MASK = 0b1100_0000;
    private static final int VERSION_1 = 0b0100_0000;
    private static final int INDEPENDENT_BLOCKS = 1 << 5;
    private static final int BLOCK_CHECKSUM = 1 << 4;
    private static final int CONTENT_SIZE = 1 << 3;
    private static final int CONTENT_CHECKSUM = 1 << 2;
    private static final int RESERVED_OR_DICTIONARY = 0b11;
    private static final int LEAST_BLOCK_CODE = 4;
    private static final int MOST_BLOCK_CODE = 7;
    private static final long MOST_RATIO = 255;
    private static final long STORED = 1L << 31;

    private final FileInput in;
    private int flags;
    private int descriptor;

    /// What the header says; none if negative.
    private long contentSize = -1;

    Lz4Frame(FileInput in) {
        this.in = in;
    }

    /// Reads one frame, whose content must fill the page.
    static void decode(FileInput in, byte[] page) throws IOException {
        Lz4Frame frame = new Lz4Frame(in);
        frame.header();
        frame.checkSize(page.length);
        int filled = 0;
        int decoded = frame.block(page, 0);
        while (decoded > 0) {
            filled += decoded;
            decoded = frame.block(page, filled);
        }
        if (filled != page.length) {
            throw in.damaged(in.offset(), "a page of " + page.length + " bytes", filled);
        }
        if (frame.hasContentChecksum()) {
            frame.checkContent(Lz4Library.hash32(page, 0, page.length));
        }
    }

    /// Reads what is in front of the first block.
    void header() throws IOException {
        long start = in.offset();
        long magic = in.takeLittleU32();
        if (magic != MAGIC) {
            throw in.damaged(start, "the magic of an LZ4 frame", "0x" + Long.toHexString(magic));
        }
        in.require(2);
        flags = in.array()[in.position()] & 0xFF;
        descriptor = in.array()[in.position() + 1] & 0xFF;
        if ((flags & VERSION_MASK) != VERSION_1 || (flags & RESERVED_OR_DICTIONARY) != 0) {
            throw in.damaged(
                    in.offset(), "flags of LZ4 frame version 1, without a dictionary", flags);
        }
        int length = (flags & CONTENT_SIZE) != 0 ? 2 + Long.BYTES : 2;
        in.require(length + 1);
        int checksum = Lz4Library.hash32(in.array(), in.position(), length) >>> Byte.SIZE & 0xFF;
        in.skip(2);
        if ((flags & CONTENT_SIZE) != 0) {
            contentSize = Long.reverseBytes(in.takeU64());
        }
        check(checksum, in.takeByte(), "LZ4 header checksum");
    }

    /// Returns a number of bytes that the content of the next block cannot exceed.
    int nextBlockBound(int blockSize) throws IOException {
        in.require(Integer.BYTES);
        long length = Integer.toUnsignedLong(Integer.reverseBytes((int) in.peekU32(0))) & ~STORED;
        return (int) Math.min(blockSize, length * MOST_RATIO + MOST_RATIO);
    }

    /// Returns the largest size of a block's content, if each can be decoded by itself.
    ///
    /// @throws CorruptFileException if the header says something else
    int blockSize() throws CorruptFileException {
        int code = descriptor >>> 4;
        if (code < LEAST_BLOCK_CODE || code > MOST_BLOCK_CODE) {
            throw in.damaged(in.offset(), "an LZ4 block size code from 4 to 7", code);
        }
        if ((flags & INDEPENDENT_BLOCKS) == 0) {
            throw in.damaged(in.offset(), "an LZ4 frame with independent blocks", "linked ones");
        }
        return 1 << (2 * code + Byte.SIZE);
    }

    /// Reads a block into the rest of `to`, and returns how many bytes that gave: 0 if there is no
    /// more block.
    int block(byte[] to, int offset) throws IOException {
        long start = in.offset();
        long size = in.takeLittleU32();
        if (size == 0) {
            return 0;
        }
        int room = to.length - offset;
        int length = (int) Math.min(size & ~STORED, Integer.MAX_VALUE);
        if (length > Lz4Library.maxBlockSize(room)) {
            throw in.damaged(
                    start, "an LZ4 block of at most " + room + " bytes", length + " bytes");
        }
        in.require(length);
        boolean hashed = (flags & BLOCK_CHECKSUM) != 0;
        int checksum = hashed ? Lz4Library.hash32(in.array(), in.position(), length) : 0;
        int decoded =
                (size & STORED) != 0
                        ? copy(length, to, offset)
                        : Lz4Library.decompress(in.array(), in.position(), length, to, offset);
        if (decoded <= 0) {
            throw in.damaged(
                    in.offset(), "an LZ4 block of at most " + room + " bytes", "something else");
        }
        in.skip(length);
        if (hashed) {
            check(Integer.toUnsignedLong(checksum), in.takeLittleU32(), "LZ4 block checksum");
        }
        return decoded;
    }

    private int copy(int length, byte[] to, int offset) {
        if (length > to.length - offset) {
            return -1;
        }
        System.arraycopy(in.array(), in.position(), to, offset, length);
        return length;
    }

    /// Checks how many bytes the content has, if the header says that.
    void checkSize(long size) throws CorruptFileException {
        if (contentSize >= 0) {
            check(size, contentSize, "LZ4 content size");
        }
    }

    boolean hasContentChecksum() {
        return (flags & CONTENT_CHECKSUM) != 0;
    }

    /// Reads the checksum after the last block, which must be this one.
    void checkContent(int checksum) throws IOException {
        check(Integer.toUnsignedLong(checksum), in.takeLittleU32(), "LZ4 content checksum");
    }

    private void check(long expected, long found, String what) throws CorruptFileException {
        if (expected != found) {
            throw in.damaged(in.offset(), what + " " + expected, found);
        }
    }
}
