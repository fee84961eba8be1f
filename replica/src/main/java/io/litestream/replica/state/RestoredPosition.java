package io.litestream.replica.state;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.PageHash;
import io.litestream.ltx.Txid;
import io.litestream.storage.file.DurableFiles;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// What a restore put in place: the database as of transaction `restored`, when the line of the
/// replica went up to `headThen`. Whoever replicates the database next goes on after the head.
///
/// Kept in a file of 64 bytes, big-endian:
///
/// | Offset | Size | Field          | Meaning                                              |
/// |-------:|-----:|----------------|------------------------------------------------------|
/// |      0 |    8 | magic          | `LSRESTOR`                                           |
/// |      8 |    4 | version        | 1                                                    |
/// |     12 |    4 | page size      | of the database, in bytes                            |
/// |     16 |    8 | page count     | of the database                                      |
/// |     24 |    8 | restored       | the transaction that was restored                    |
/// |     32 |    8 | head           | the newest transaction of the replica at that time   |
/// |     40 |    8 | checksum       | of the database                                      |
/// |     48 |    8 | reserved       | zeros                                                |
/// |     56 |    8 | file checksum  | XXH64 over the bytes before, with seed 0             |
///
/// @param checksum the checksum of the database as restored, which is that of the table beside it
public record RestoredPosition(
        Txid restored, Txid headThen, int pageSize, long pageCount, Checksum checksum) {

    private static final int SIZE = 64;
    private static final long MAGIC = 0x4C53_5245_5354_4F52L;
    private static final int VERSION = 1;
    private static final int CHECKSUM_OFFSET = 56;

    public RestoredPosition {
        DatabaseSize.check(pageSize, pageCount);
        if (restored.isAfter(headThen)) {
            throw new IllegalArgumentException(
                    "restored txid %s is after the head, %s".formatted(restored, headThen));
        }
    }

    /// Reads what a restore left. Returns nothing if there is no such file, or a damaged one, or
    /// one of another version.
    public static Optional<RestoredPosition> read(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(SIZE + 1);
            return bytes.length == SIZE ? decode(bytes) : Optional.empty();
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
    }

    /// Publishes this, durably, in place of what the file held.
    public void write(Path file) throws IOException {
        DurableFiles.replace(file, out -> out.write(encode()));
    }

    private byte[] encode() {
        byte[] bytes = new byte[SIZE];
        ByteBuffer.wrap(bytes)
                .order(BIG_ENDIAN)
                .putLong(MAGIC)
                .putInt(VERSION)
                .putInt(pageSize)
                .putLong(pageCount)
                .putLong(restored.value())
                .putLong(headThen.value())
                .putLong(checksum.value())
                .putLong(CHECKSUM_OFFSET, fileChecksum(bytes));
        return bytes;
    }

    private static Optional<RestoredPosition> decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(BIG_ENDIAN);
        boolean intact =
                in.getLong() == MAGIC
                        && in.getInt() == VERSION
                        && in.getLong(CHECKSUM_OFFSET) == fileChecksum(bytes);
        if (!intact) {
            return Optional.empty();
        }
        int pageSize = in.getInt();
        long pageCount = in.getLong();
        try {
            Txid restored = new Txid(in.getLong());
            Txid head = new Txid(in.getLong());
            Checksum checksum = new Checksum(in.getLong());
            return Optional.of(new RestoredPosition(restored, head, pageSize, pageCount, checksum));
        } catch (IllegalArgumentException outOfBounds) {
            return Optional.empty();
        }
    }

    private static long fileChecksum(byte[] bytes) {
        return PageHash.of(0, bytes, 0, CHECKSUM_OFFSET);
    }
}
