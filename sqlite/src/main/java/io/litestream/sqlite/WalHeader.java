package io.litestream.sqlite;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/// The 32 bytes at the start of a WAL. Together they are the WAL's identity: after a restart the
/// salts alone may be those of an earlier WAL. All fields are big-endian and unsigned.
///
/// | Offset | Size | Field     | Meaning                                                       |
/// |-------:|-----:|-----------|---------------------------------------------------------------|
/// |      0 |    4 | magic     | `0x377f0682`, or `0x377f0683` if checksums are big-endian     |
/// |      4 |    4 | version   | 3007000                                                       |
/// |      8 |    4 | page size | of the database                                               |
/// |     12 |    4 | sequence  | counts the restarts                                           |
/// |     16 |    8 | salts     | two; each valid frame repeats them                            |
/// |     24 |    8 | checksum  | of the first 24 bytes; the frames' checksums continue it      |
///
/// Specified by <https://sqlite.org/fileformat2.html#walformat>, section 4.1.
public final class WalHeader {

    /// The length of the header in bytes.
    public static final int SIZE = 32;

    private static final int MAGIC = 0x377f0682;
    private static final int VERSION = 3007000;
    private static final int CHECKSUMMED = 24;

    private final byte[] bytes;

    private WalHeader(byte[] bytes) {
        this.bytes = bytes;
    }

    /// Reads the header at the start of `bytes`. Empty if it is not whole and valid, by the tests
    /// that SQLite makes: then SQLite takes the WAL for empty.
    public static Optional<WalHeader> parse(byte[] bytes) {
        if (bytes.length < SIZE) {
            return Optional.empty();
        }
        WalHeader header = new WalHeader(Arrays.copyOf(bytes, SIZE));
        return header.isValid() ? Optional.of(header) : Optional.empty();
    }

    private boolean isValid() {
        return (field(0) & 0xffff_fffeL) == MAGIC
                && field(4) == VERSION
                && PageSize.isValid(field(8))
                && WalChecksum.ZERO.over(bytes, 0, CHECKSUMMED, checksumOrder()).equals(checksum());
    }

    /// Returns the size of the pages in the frames.
    public int pageSize() {
        return Math.toIntExact(field(8));
    }

    /// Returns where a frame begins in the WAL, in bytes; frames count from 0.
    public long frameOffset(long frame) {
        return WalFrameHeader.offset(frame, pageSize());
    }

    /// Returns how often the WAL was restarted, as a hint: 32 bits that wrap around.
    public long sequence() {
        return field(12);
    }

    /// Returns the salt that usually grows by one at a restart.
    public long salt1() {
        return field(16);
    }

    /// Returns the salt that is random.
    public long salt2() {
        return field(20);
    }

    /// Returns the checksum that the first frame continues.
    public WalChecksum checksum() {
        return new WalChecksum((int) field(24), (int) field(28));
    }

    /// Returns the order in which the checksums take the bytes of an integer.
    ByteOrder checksumOrder() {
        return (field(0) & 1) == 1 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    /// Returns both salts as the frames repeat them.
    long salts() {
        return salt1() << 32 | salt2();
    }

    /// Returns a copy of the 32 bytes.
    public byte[] bytes() {
        return bytes.clone();
    }

    private long field(int offset) {
        return Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt(offset));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WalHeader header && Arrays.equals(bytes, header.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "wal %d, salts %08x-%08x, page size %d"
                .formatted(sequence(), salt1(), salt2(), pageSize());
    }
}
