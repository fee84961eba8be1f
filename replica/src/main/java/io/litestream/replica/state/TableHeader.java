package io.litestream.replica.state;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.litestream.ltx.PageHash;
import io.litestream.ltx.Txid;

import java.nio.ByteBuffer;
import java.util.Optional;

/// The header of a [PageHashTable], in front of its blocks. Big-endian.
///
/// | Offset | Size | Field           | Meaning                                                   |
/// |-------:|-----:|-----------------|-----------------------------------------------------------|
/// |      0 |    8 | magic           | `LSHASHES`                                                |
/// |      8 |    4 | version         | 1                                                         |
/// |     12 |    4 | page size       | of the database, in bytes                                 |
/// |     16 |    8 | page count      | of the database, at `txid`                                |
/// |     24 |    8 | txid            | the last update that was committed; 0 for none            |
/// |     32 |    8 | durable through | the last update that was forced to the disk; 0 for none   |
/// |     40 |   16 | reserved        | zeros                                                     |
/// |     56 |    8 | checksum        | XXH64 over the bytes before, with seed 0                  |
///
/// It takes the place of a whole block, so that blocks begin at pages of the file system.
record TableHeader(
        int pageSize, long pageCount, Optional<Txid> txid, Optional<Txid> durableThrough) {

    static final int SIZE = 64;

    private static final long MAGIC = 0x4C53_4841_5348_4553L;
    private static final int VERSION = 1;
    private static final int CHECKSUM_OFFSET = 56;

    TableHeader {
        DatabaseSize.check(pageSize, pageCount);
        long last = txid.map(Txid::value).orElse(0L);
        if (durableThrough.isPresent() && durableThrough.get().value() > last) {
            throw new IllegalArgumentException(
                    "durable through txid %s, but the last txid is %s"
                            .formatted(durableThrough.get(), txid));
        }
    }

    ByteBuffer encode() {
        byte[] bytes = new byte[SIZE];
        ByteBuffer.wrap(bytes)
                .order(BIG_ENDIAN)
                .putLong(MAGIC)
                .putInt(VERSION)
                .putInt(pageSize)
                .putLong(pageCount)
                .putLong(txid.map(Txid::value).orElse(0L))
                .putLong(durableThrough.map(Txid::value).orElse(0L))
                .putLong(CHECKSUM_OFFSET, checksum(bytes));
        return ByteBuffer.wrap(bytes);
    }

    /// Returns what the bytes say, or nothing if they are no header of this version, or damaged.
    static Optional<TableHeader> decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(BIG_ENDIAN);
        boolean intact =
                in.getLong() == MAGIC
                        && in.getInt() == VERSION
                        && in.getLong(CHECKSUM_OFFSET) == checksum(bytes);
        if (!intact) {
            return Optional.empty();
        }
        try {
            return Optional.of(new TableHeader(in.getInt(), in.getLong(), txid(in), txid(in)));
        } catch (IllegalArgumentException outOfBounds) {
            return Optional.empty();
        }
    }

    private static Optional<Txid> txid(ByteBuffer in) {
        long value = in.getLong();
        return value == 0 ? Optional.empty() : Optional.of(new Txid(value));
    }

    private static long checksum(byte[] bytes) {
        return PageHash.of(0, bytes, 0, CHECKSUM_OFFSET);
    }
}
