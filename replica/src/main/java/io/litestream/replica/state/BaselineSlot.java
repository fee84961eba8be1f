package io.litestream.replica.state;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.PageHash;
import io.litestream.ltx.Txid;
import io.litestream.sqlite.FileStat;
import io.litestream.sqlite.WalPosition;

import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/// One of the two slots of a [BaselineFile]. Big-endian.
///
/// | Offset | Size | Field        | Meaning                                                       |
/// |-------:|-----:|--------------|---------------------------------------------------------------|
/// |      0 |    8 | magic        | `LSBASELN`                                                    |
/// |      8 |    4 | version      | 2                                                             |
/// |     12 |    4 | page size    | of the database, in bytes                                     |
/// |     16 |    8 | sequence     | of the writes to this file, from 1; odd ones go to slot 1     |
/// |     24 |    8 | txid         | the last transaction                                          |
/// |     32 |    8 | page count   | of the database                                               |
/// |     40 |    8 | checksum     | of the database                                               |
/// |     48 |   48 | database     | device, inode, size, modified, changed, born: 8 bytes each    |
/// |     96 |   48 | WAL          | the same                                                      |
/// |    144 |    8 | taken        | seconds since 1970                                            |
/// |    152 |    4 | taken        | nanoseconds of the second                                     |
/// |    156 |    4 | flags        | 1: there is a WAL position; 2: the database file held it all  |
/// |    160 |   48 | WAL position | as [WalPosition] encodes it, otherwise zeros                  |
/// |    208 |  296 | reserved     | zeros                                                         |
/// |    504 |    8 | checksum     | XXH64 over the bytes before, seeded with the slot, 0 or 1     |
record BaselineSlot(long sequence, Baseline baseline) {

    static final int SIZE = 512;

    private static final long MAGIC = 0x4C53_4241_5345_4C4EL;
    private static final int VERSION = 2;
    private static final int CHECKSUM_OFFSET = 504;
    private static final int HAS_POSITION = 1;
    private static final int BACKFILLED = 2;

    /// Far more writes than a disk outlives, and far from an overflow.
    private static final long MAX_SEQUENCE = 1L << 60;

    /// Returns in which slot this belongs: 0 or 1.
    int slot() {
        return slotOf(sequence);
    }

    byte[] encode() {
        byte[] bytes = new byte[SIZE];
        Position position = baseline.position();
        ByteBuffer out =
                ByteBuffer.wrap(bytes)
                        .order(BIG_ENDIAN)
                        .putLong(MAGIC)
                        .putInt(VERSION)
                        .putInt(position.pageSize())
                        .putLong(sequence)
                        .putLong(position.txid().value())
                        .putLong(position.pageCount())
                        .putLong(position.checksum().value());
        put(out, baseline.database());
        put(out, baseline.wal());
        Instant taken = baseline.taken();
        out.putLong(taken.getEpochSecond()).putInt(taken.getNano());
        out.putInt(flags());
        position.wal().ifPresent(wal -> out.put(wal.encode()));
        out.putLong(CHECKSUM_OFFSET, checksum(slot(), bytes));
        return bytes;
    }

    /// Returns what the slot holds, or nothing if it is empty, damaged, or of another version.
    static Optional<BaselineSlot> decode(int slot, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(BIG_ENDIAN);
        boolean intact =
                in.getLong() == MAGIC
                        && in.getInt() == VERSION
                        && in.getLong(CHECKSUM_OFFSET) == checksum(slot, bytes);
        if (!intact) {
            return Optional.empty();
        }
        try {
            BaselineSlot found = decode(in);
            boolean inOrder = found.sequence > 0 && found.sequence < MAX_SEQUENCE;
            return inOrder && found.slot() == slot ? Optional.of(found) : Optional.empty();
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException outOfBounds) {
            return Optional.empty();
        }
    }

    private static BaselineSlot decode(ByteBuffer in) {
        int pageSize = in.getInt();
        long sequence = in.getLong();
        Txid txid = new Txid(in.getLong());
        long pageCount = in.getLong();
        Checksum checksum = new Checksum(in.getLong());
        FileStat database = stat(in);
        FileStat wal = stat(in);
        Instant taken = Instant.ofEpochSecond(in.getLong(), in.getInt());
        int flags = in.getInt();
        Optional<WalPosition> walPosition = walPosition(in, flags);
        Position position = new Position(txid, pageSize, pageCount, checksum, walPosition);
        return new BaselineSlot(
                sequence, new Baseline(position, database, wal, taken, (flags & BACKFILLED) != 0));
    }

    private static void put(ByteBuffer out, FileStat stat) {
        out.putLong(stat.device()).putLong(stat.inode()).putLong(stat.size());
        out.putLong(stat.modifiedNanos()).putLong(stat.changedNanos()).putLong(stat.bornNanos());
    }

    private static FileStat stat(ByteBuffer in) {
        return new FileStat(
                in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong());
    }

    private int flags() {
        return (baseline.position().wal().isPresent() ? HAS_POSITION : 0)
                | (baseline.backfilled() ? BACKFILLED : 0);
    }

    private static Optional<WalPosition> walPosition(ByteBuffer in, int flags) {
        if ((flags & HAS_POSITION) == 0) {
            return Optional.empty();
        }
        byte[] bytes = new byte[WalPosition.SIZE];
        in.get(bytes);
        return Optional.of(
                WalPosition.decode(bytes)
                        .orElseThrow(() -> new IllegalArgumentException("not a wal position")));
    }

    private static int slotOf(long sequence) {
        return (int) (sequence & 1);
    }

    private static long checksum(int slot, byte[] bytes) {
        return PageHash.of(slot, bytes, 0, CHECKSUM_OFFSET);
    }
}
