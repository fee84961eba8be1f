package io.litestream.sqlite;

import java.nio.ByteBuffer;

/// The header in front of each page image in a WAL. All fields are big-endian and unsigned.
///
/// | Offset | Size | Field    | Meaning                                                        |
/// |-------:|-----:|----------|----------------------------------------------------------------|
/// |      0 |    4 | page     | page number, from 1                                            |
/// |      4 |    4 | commit   | database size in pages if this frame commits, otherwise 0      |
/// |      8 |    8 | salts    | those of the WAL's header; if they differ, the WAL ended       |
/// |     16 |    8 | checksum | both halves of the running checksum, through this frame        |
///
/// Specified by <https://sqlite.org/fileformat2.html#walformat>, section 4.1.
record WalFrameHeader(long page, long commit, long salts, WalChecksum checksum) {

    static final int SIZE = 24;

    /// How much of the header the checksum covers, before the page image.
    static final int CHECKSUMMED = 8;

    /// Reads without judging: [WalReader] compares, since only it knows what must be there.
    static WalFrameHeader read(ByteBuffer bytes, int offset) {
        return new WalFrameHeader(
                Integer.toUnsignedLong(bytes.getInt(offset)),
                Integer.toUnsignedLong(bytes.getInt(offset + 4)),
                bytes.getLong(offset + 8),
                new WalChecksum(bytes.getInt(offset + 16), bytes.getInt(offset + 20)));
    }

    /// Says whether there is a page, but neither salts nor checksum are set.
    ///
    /// SQLite writes such headers after it has overwritten a frame of the same transaction, and
    /// sets them when it commits. Older versions (3.40 does) forget some if the transaction went
    /// back to a savepoint in between. Those who read by the index in the `-shm` do not notice.
    boolean isCleared() {
        return page != 0 && salts == 0 && checksum.equals(WalChecksum.ZERO);
    }

    /// Returns how many bytes a frame takes.
    static int frameSize(int pageSize) {
        return SIZE + pageSize;
    }

    /// Returns where a frame begins in the file; frames count from 0.
    static long offset(long frame, int pageSize) {
        return WalHeader.SIZE + Math.multiplyExact(frame, frameSize(pageSize));
    }
}
