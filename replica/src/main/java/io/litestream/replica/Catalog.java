package io.litestream.replica;

import io.litestream.ltx.CorruptFileException;
import io.litestream.ltx.PageHash;
import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.storage.ObjectKey;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// An inventory as an object of the replica, for those who may not list it. Big-endian:
///
/// | Offset | Size | Field    | Meaning                                          |
/// |-------:|-----:|----------|--------------------------------------------------|
/// |      0 |    8 | magic    | `LSCATLOG`                                       |
/// |      8 |    4 | version  | 1                                                |
/// |     12 |    4 | count    | how many files follow                            |
/// |     16 |    – | files    | level by level from 0, each level in its order   |
/// |      – |    8 | checksum | XXH64 over everything before, with seed 0        |
///
/// Each file:
///
/// | Size | Field   | Meaning                                                                  |
/// |-----:|---------|--------------------------------------------------------------------------|
/// |    1 | level   | 0 to 9                                                                   |
/// | 1–10 | first   | signed: its first txid, less the last txid of the file before it, less 1 |
/// | 1–10 | length  | its last txid, less its first                                            |
/// | 1–10 | size    | in bytes                                                                 |
/// | 1–10 | created | signed: in milliseconds since 1970, less those of the file before it     |
///
/// The file before the first one ends at txid 0, and is of 1970. Numbers are in groups of 7 bits,
/// the lowest first, with the top bit of each byte set if more follow; a signed one n is written as
/// 2 n, or -2 n - 1 if it is negative. A file at level 0 so takes some 8 bytes.
final class Catalog {

    /// Where it is, below the replica's path.
    static final ObjectKey KEY = ObjectKey.of("_ctl", "catalog");

    private static final long MAGIC = 0x4C53_4341_544C_4F47L;
    private static final int VERSION = 1;
    private static final int HEADER = 16;
    private static final int LEAST_FILE = 5;
    private static final int BITS = 7;
    private static final int MORE = 1 << BITS;

    private Catalog() {}

    static byte[] encode(Inventory inventory) {
        List<ReplicaFile> files = inventory.files();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(HEADER + 10 * files.size());
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeLong(MAGIC);
            out.writeInt(VERSION);
            out.writeInt(files.size());
            long last = 0;
            long created = 0;
            for (ReplicaFile file : files) {
                out.writeByte(file.level().number());
                writeSigned(out, file.range().first().value() - last - 1);
                last = file.range().last().value();
                writeUnsigned(out, last - file.range().first().value());
                writeUnsigned(out, file.size());
                writeSigned(out, file.created().toEpochMilli() - created);
                created = file.created().toEpochMilli();
            }
            out.writeLong(checksum(bytes.toByteArray(), bytes.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // there is none in memory
        }
        return bytes.toByteArray();
    }

    /// @param name what people find the catalog by
    static Inventory decode(byte[] bytes, String name) throws CorruptFileException {
        int end = bytes.length - Long.BYTES;
        if (end < HEADER) {
            throw damaged(
                    name, 0, "at least %d bytes".formatted(HEADER + Long.BYTES), bytes.length);
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        require(name, 0, "magic", MAGIC, in.getLong());
        require(name, 8, "version", VERSION, in.getInt());
        require(name, end, "checksum", checksum(bytes, end), in.getLong(end));
        in.limit(end);
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / LEAST_FILE) {
            throw damaged(name, 12, "a count of files that fits " + in.remaining(), count);
        }
        return Inventory.of(files(in, count, name));
    }

    private static List<ReplicaFile> files(ByteBuffer in, int count, String name)
            throws CorruptFileException {
        List<ReplicaFile> files = new ArrayList<>(count);
        long last = 0;
        long created = 0;
        while (files.size() < count) {
            int at = in.position();
            try {
                Level level = new Level(in.get());
                Txid first = new Txid(last + 1 + readSigned(in));
                last = first.value() + readUnsigned(in);
                long size = readUnsigned(in);
                created += readSigned(in);
                TxidRange range = new TxidRange(first, new Txid(last));
                files.add(new ReplicaFile(level, range, size, Instant.ofEpochMilli(created)));
            } catch (IllegalArgumentException | java.nio.BufferUnderflowException e) {
                throw damaged(name, at, "a file", String.valueOf(e.getMessage()));
            }
        }
        if (in.hasRemaining()) {
            throw damaged(name, in.position(), "nothing after the files", in.remaining());
        }
        return files;
    }

    private static long checksum(byte[] bytes, int length) {
        return PageHash.of(0, bytes, 0, length);
    }

    private static void require(String name, int offset, String what, long expected, long found)
            throws CorruptFileException {
        if (found != expected) {
            String right = "%s %x".formatted(what, expected);
            throw new CorruptFileException(name, offset, right, Long.toHexString(found));
        }
    }

    private static CorruptFileException damaged(
            String name, int offset, String expected, Object found) {
        return new CorruptFileException(name, offset, expected, found.toString());
    }

    private static void writeSigned(DataOutputStream out, long number) throws IOException {
        writeUnsigned(out, number << 1 ^ number >> 63);
    }

    private static void writeUnsigned(DataOutputStream out, long number) throws IOException {
        long rest = number;
        while (Long.compareUnsigned(rest, MORE) >= 0) {
            out.writeByte((int) rest | MORE);
            rest >>>= BITS;
        }
        out.writeByte((int) rest);
    }

    private static long readSigned(ByteBuffer in) {
        long number = readUnsigned(in);
        return number >>> 1 ^ -(number & 1);
    }

    private static long readUnsigned(ByteBuffer in) {
        long number = 0;
        for (int shift = 0; shift < Long.SIZE; shift += BITS) {
            byte next = in.get();
            number |= (next & MORE - 1L) << shift;
            if (next >= 0) {
                return number;
            }
        }
        throw new IllegalArgumentException("a number that does not end");
    }
}
