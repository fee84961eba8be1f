package io.litestream.ltx;

import java.io.IOException;

/// The LZ4 frame in which older files keep a page. Only read, never written. Little-endian.
///
/// | Size   | Field            | Meaning                                                          |
/// |-------:|------------------|------------------------------------------------------------------|
/// |      4 | magic            | `0x184D2204`                                                     |
/// |      1 | flags            | bits 6–7: version 1; bit 4: blocks have checksums; bit 3: content|
/// |        |                  | size; bit 2: content checksum; bit 0: dictionary                 |
/// |      1 | block descriptor | the largest size of a block; not needed here                     |
/// |  0 / 8 | content size     |                                                                  |
/// |      1 | header checksum  | second byte of XXH32 from the flags to here                      |
/// |      4 | block size       | top bit: the block is not compressed; 0: no more blocks          |
/// |      n | block            |                                                                  |
/// |  0 / 4 | block checksum   | XXH32 of the block as it stands                                  |
/// |  0 / 4 | content checksum | after the last block: XXH32 of the page                          |
///
/// Specified by <https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md>.
final class Lz4Frame {

    private static final long MAGIC = 0x184D_2204L;
    private static final int VERSION_MASK = 0b1100_0000;
    private static final int VERSION_1 = 0b0100_0000;
    private static final int BLOCK_CHECKSUM = 1 << 4;
    private static final int CONTENT_SIZE = 1 << 3;
    private static final int CONTENT_CHECKSUM = 1 << 2;
    private static final int RESERVED_OR_DICTIONARY = 0b11;
    private static final long STORED = 1L << 31;

    private final FileInput in;
    private final byte[] page;
    private int flags;
    private int filled;

    private Lz4Frame(FileInput in, byte[] page) {
        this.in = in;
        this.page = page;
    }

    /// Reads one frame, whose content must fill the page.
    static void decode(FileInput in, byte[] page) throws IOException {
        Lz4Frame frame = new Lz4Frame(in, page);
        frame.header();
        while (frame.block()) {}
        frame.end();
    }

    private void header() throws IOException {
        long start = in.offset();
        long magic = in.takeLittleU32();
        if (magic != MAGIC) {
            throw in.damaged(start, "the magic of an LZ4 frame", "0x" + Long.toHexString(magic));
        }
        in.require(2);
        flags = in.array()[in.position()] & 0xFF;
        if ((flags & VERSION_MASK) != VERSION_1 || (flags & RESERVED_OR_DICTIONARY) != 0) {
            throw in.damaged(
                    in.offset(), "flags of LZ4 frame version 1, without a dictionary", flags);
        }
        int length = (flags & CONTENT_SIZE) != 0 ? 2 + Long.BYTES : 2;
        in.require(length + 1);
        int checksum = Lz4Library.hash32(in.array(), in.position(), length) >>> Byte.SIZE & 0xFF;
        in.skip(2);
        if ((flags & CONTENT_SIZE) != 0) {
            check(page.length, Long.reverseBytes(in.takeU64()), "LZ4 content size");
        }
        check(checksum, in.takeByte(), "LZ4 header checksum");
    }

    /// Reads a block if there is one more.
    private boolean block() throws IOException {
        long start = in.offset();
        long size = in.takeLittleU32();
        if (size == 0) {
            return false;
        }
        int length = (int) Math.min(size & ~STORED, Integer.MAX_VALUE);
        if (length > Lz4Library.maxBlockSize(page.length - filled)) {
            throw in.damaged(start, "the size of an LZ4 block within one page", length);
        }
        in.require(length);
        int checksum = Lz4Library.hash32(in.array(), in.position(), length);
        int decoded =
                (size & STORED) != 0
                        ? copy(length)
                        : Lz4Library.decompress(in.array(), in.position(), length, page, filled);
        if (decoded <= 0) {
            throw in.damaged(in.offset(), "an LZ4 block within one page", "something else");
        }
        filled += decoded;
        in.skip(length);
        if ((flags & BLOCK_CHECKSUM) != 0) {
            check(Integer.toUnsignedLong(checksum), in.takeLittleU32(), "LZ4 block checksum");
        }
        return true;
    }

    private int copy(int length) {
        if (length > page.length - filled) {
            return -1;
        }
        System.arraycopy(in.array(), in.position(), page, filled, length);
        return length;
    }

    private void end() throws IOException {
        if (filled != page.length) {
            throw in.damaged(in.offset(), "a page of " + page.length + " bytes", filled);
        }
        if ((flags & CONTENT_CHECKSUM) != 0) {
            int checksum = Lz4Library.hash32(page, 0, page.length);
            check(Integer.toUnsignedLong(checksum), in.takeLittleU32(), "LZ4 content checksum");
        }
    }

    private void check(long expected, long found, String what) throws CorruptFileException {
        if (expected != found) {
            throw in.damaged(in.offset(), what + " " + expected, found);
        }
    }
}
