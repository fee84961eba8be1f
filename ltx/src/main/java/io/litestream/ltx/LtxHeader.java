package io.litestream.ltx;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;

/// The first 100 bytes of an LTX file. All fields are big-endian, and unsigned unless noted.
///
/// | Offset | Size | Field      | Meaning                                                         |
/// |-------:|-----:|------------|-----------------------------------------------------------------|
/// |      0 |    4 | magic      | `LTX1`                                                          |
/// |      4 |    4 | flags      | 2: no checksums in the places that the format has for them      |
/// |      8 |    4 | page size  | a power of two from 512 to 65536                                |
/// |     12 |    4 | commit     | [#pageCount()]: size of the database after the file, in pages   |
/// |     16 |    8 | first txid | from 1; a file from 1 is a snapshot, with every page            |
/// |     24 |    8 | last txid  |                                                                 |
/// |     32 |    8 | timestamp  | milliseconds since 1970, signed                                 |
/// |     40 |    8 | pre-apply  | the format's own checksum, 0                                    |
/// |     48 |    8 | WAL offset | [WalOrigin]                                                     |
/// |     56 |    8 | WAL size   |                                                                 |
/// |     64 |    4 | WAL salt 1 |                                                                 |
/// |     68 |    4 | WAL salt 2 |                                                                 |
/// |     72 |    8 | node id    | who wrote the file, or 0                                        |
/// |     80 |   20 | tag        | [IntegrityTag], reserved by the format                          |
///
/// @param pageCount how many pages the database has after the file is applied, the format's
///   "commit"
/// @param timestamp when the last of the transactions was captured, cut to milliseconds
public record LtxHeader(
        int pageSize,
        long pageCount,
        TxidRange range,
        Instant timestamp,
        WalOrigin wal,
        long nodeId,
        IntegrityTag tag) {

    /// The size of an encoded header, in bytes.
    public static final int SIZE = 100;

    /// The largest number of a page that SQLite allows.
    public static final long MAX_PAGE_COUNT = 0xFFFF_FFFEL;

    static final int PAGE_SIZE_OFFSET = 8;
    static final int FIRST_TXID_OFFSET = 16;

    private static final int MAGIC_OFFSET = 0;
    private static final int FLAGS_OFFSET = 4;
    static final int COMMIT_OFFSET = 12;
    private static final int LAST_TXID_OFFSET = 24;
    private static final int TIMESTAMP_OFFSET = 32;
    private static final int PRE_APPLY_OFFSET = 40;
    private static final int WAL_OFFSET_OFFSET = 48;
    private static final int WAL_SIZE_OFFSET = 56;
    private static final int SALT1_OFFSET = 64;
    private static final int SALT2_OFFSET = 68;
    private static final int NODE_ID_OFFSET = 72;

    private static final int MAGIC = 0x4C54_5831;
    private static final int NO_CHECKSUM = 1 << 1;
    private static final int MIN_PAGE_SIZE = 512;
    private static final int MAX_PAGE_SIZE = 65536;
    private static final long LOCK_BYTES_OFFSET = 0x4000_0000;

    public LtxHeader {
        if (!isPageSize(pageSize)) {
            throw new IllegalArgumentException(
                    "page size must be a power of two from 512 to 65536, but is " + pageSize);
        }
        if (!isPageCount(pageCount)) {
            throw new IllegalArgumentException(
                    "page count must be from 1 to %d, but is %d"
                            .formatted(MAX_PAGE_COUNT, pageCount));
        }
        timestamp = timestamp.truncatedTo(ChronoUnit.MILLIS);
    }

    /// Says whether the file holds a whole database: it starts at the first transaction.
    public boolean isSnapshot() {
        return range.isSnapshot();
    }

    /// Returns the number of the page that no file holds, as SQLite keeps its locks there, whether
    /// or not the database reaches it.
    public long lockPage() {
        return LOCK_BYTES_OFFSET / pageSize + 1;
    }

    /// Returns how many pages a file with the whole database holds: all but the lock page.
    public long snapshotPages() {
        return pageCount < lockPage() ? pageCount : pageCount - 1;
    }

    /// Says whether the pages of the file are a whole database whose checksum the tag has.
    boolean isWholeDatabaseTagged() {
        return isSnapshot() && tag.postApply().isPresent();
    }

    /// Returns the 100 bytes of this header.
    public byte[] encode() {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE);
        bytes.putInt(MAGIC_OFFSET, MAGIC);
        bytes.putInt(FLAGS_OFFSET, NO_CHECKSUM);
        bytes.putInt(PAGE_SIZE_OFFSET, pageSize);
        bytes.putInt(COMMIT_OFFSET, (int) pageCount);
        bytes.putLong(FIRST_TXID_OFFSET, range.first().value());
        bytes.putLong(LAST_TXID_OFFSET, range.last().value());
        bytes.putLong(TIMESTAMP_OFFSET, timestamp.toEpochMilli());
        bytes.putLong(WAL_OFFSET_OFFSET, wal.offset());
        bytes.putLong(WAL_SIZE_OFFSET, wal.size());
        bytes.putInt(SALT1_OFFSET, (int) wal.salt1());
        bytes.putInt(SALT2_OFFSET, (int) wal.salt2());
        bytes.putLong(NODE_ID_OFFSET, nodeId);
        tag.write(bytes);
        return bytes.array();
    }

    /// Reads a header from the first 100 bytes of a file. They are not proven: only the whole file
    /// has a checksum.
    ///
    /// @param bytes the beginning of the file, 100 bytes or more
    /// @param name names the file in the exception
    public static LtxHeader decode(byte[] bytes, String name) throws CorruptFileException {
        if (bytes.length < SIZE) {
            throw new CorruptFileException(
                    name, bytes.length, "a header of 100 bytes", "the end of the file");
        }
        return new Decoding(ByteBuffer.wrap(bytes), name).header();
    }

    private static boolean isPageSize(long size) {
        return size >= MIN_PAGE_SIZE && size <= MAX_PAGE_SIZE && Long.bitCount(size) == 1;
    }

    private static boolean isPageCount(long count) {
        return count >= 1 && count <= MAX_PAGE_COUNT;
    }

    /// A header on its way in; each method checks one field.
    private record Decoding(ByteBuffer bytes, String name) {

        LtxHeader header() throws CorruptFileException {
            constant(MAGIC_OFFSET, MAGIC, "the magic \"LTX1\"");
            constant(FLAGS_OFFSET, NO_CHECKSUM, "the flags 2");
            return new LtxHeader(
                    pageSize(),
                    pageCount(),
                    range(),
                    Instant.ofEpochMilli(bytes.getLong(TIMESTAMP_OFFSET)),
                    wal(),
                    bytes.getLong(NODE_ID_OFFSET),
                    IntegrityTag.read(bytes));
        }

        private int pageSize() throws CorruptFileException {
            long size = u32(PAGE_SIZE_OFFSET);
            check(
                    isPageSize(size),
                    PAGE_SIZE_OFFSET,
                    "a page size that is a power of two from 512 to 65536",
                    size);
            return (int) size;
        }

        private long pageCount() throws CorruptFileException {
            long count = u32(COMMIT_OFFSET);
            check(isPageCount(count), COMMIT_OFFSET, "a page count from 1 to 4294967294", count);
            return count;
        }

        private TxidRange range() throws CorruptFileException {
            long first = bytes.getLong(FIRST_TXID_OFFSET);
            long last = bytes.getLong(LAST_TXID_OFFSET);
            check(first >= 1, FIRST_TXID_OFFSET, "a first txid from 1 to 2^63 - 1", first);
            check(last >= first, LAST_TXID_OFFSET, "a last txid that is at least " + first, last);
            return new TxidRange(new Txid(first), new Txid(last));
        }

        private WalOrigin wal() throws CorruptFileException {
            constant(PRE_APPLY_OFFSET, 0, "no pre-apply checksum");
            constant(PRE_APPLY_OFFSET + 4, 0, "no pre-apply checksum");
            long offset = bytes.getLong(WAL_OFFSET_OFFSET);
            long size = bytes.getLong(WAL_SIZE_OFFSET);
            long salt1 = u32(SALT1_OFFSET);
            long salt2 = u32(SALT2_OFFSET);
            check(offset >= 0, WAL_OFFSET_OFFSET, "a wal offset", offset);
            check(size >= 0, WAL_SIZE_OFFSET, "a wal size", size);
            boolean absent = (size | salt1 | salt2) == 0;
            check(absent || offset > 0, WAL_OFFSET_OFFSET, "a wal offset above 0", offset);
            return new WalOrigin(offset, size, salt1, salt2);
        }

        private long u32(int offset) {
            return Integer.toUnsignedLong(bytes.getInt(offset));
        }

        private void constant(int offset, int wanted, String expected) throws CorruptFileException {
            int found = bytes.getInt(offset);
            if (found != wanted) {
                throw new CorruptFileException(
                        name, offset, expected, "0x" + HexFormat.of().toHexDigits(found));
            }
        }

        private void check(boolean sound, int offset, String expected, long found)
                throws CorruptFileException {
            if (!sound) {
                throw new CorruptFileException(
                        name, offset, expected, Long.toUnsignedString(found));
            }
        }
    }
}
