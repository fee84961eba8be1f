package io.litestream.replica;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.PageHash;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// How far a restore has come, so that one that is killed goes on where it was. Big-endian:
///
/// | Offset | Size | Field       | Meaning                                                        |
/// |-------:|-----:|-------------|----------------------------------------------------------------|
/// |      0 |    8 | magic       | `LSRESUME`                                                     |
/// |      8 |    4 | version     | 1                                                              |
/// |     12 |    4 | files done  | how many files of the plan, from the newest, were verified     |
/// |     16 |    8 | plan        | fingerprint of the plan                                        |
/// |     24 |    8 | sum         | [Checksum] of the pages in both sets                           |
/// |     32 |    4 | done words  | words of the set of pages from those files                     |
/// |     36 |    4 | begun words | words of the set of pages from the file after them             |
/// |     40 |    – | sets        | bit n of word w is page 64 w + n                               |
/// |      – |    8 | checksum    | XXH64 over everything before, with seed 0                      |
///
/// @param done the pages of files that were read to the end, and so are proven to be theirs
/// @param begun the pages of the file that was being read
record RestoreRecord(long plan, int filesDone, PageSet done, PageSet begun, Checksum checksum) {

    private static final long MAGIC = 0x4C53_5245_5355_4D45L;
    private static final int VERSION = 1;
    private static final int HEADER = 40;

    /// Reads what a restore left. Returns nothing if there is no such file, or a damaged one, or
    /// one of another version.
    static Optional<RestoreRecord> read(Path file) throws IOException {
        try {
            return decode(Files.readAllBytes(file));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
    }

    /// Writes this in place of what the file held, whole or not at all. It goes by way of a file
    /// with one fixed name, [#next], so that a kill leaves nothing that nobody knows of.
    void write(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(encode());
        try (FileChannel channel =
                FileChannel.open(
                        next(file),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(next(file), file, StandardCopyOption.ATOMIC_MOVE);
    }

    /// Removes the record, if there is one.
    static void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
        Files.deleteIfExists(next(file));
    }

    private static Path next(Path file) {
        return file.resolveSibling(file.getFileName() + "-next");
    }

    private byte[] encode() {
        long[] doneWords = done.words();
        long[] begunWords = begun.words();
        int words = Math.addExact(doneWords.length, begunWords.length);
        byte[] bytes = new byte[Math.addExact(HEADER, Math.multiplyExact(words + 1, Long.BYTES))];
        ByteBuffer out = ByteBuffer.wrap(bytes);
        out.putLong(MAGIC).putInt(VERSION).putInt(filesDone).putLong(plan);
        out.putLong(checksum.value());
        out.putInt(doneWords.length).putInt(begunWords.length);
        out.asLongBuffer().put(doneWords).put(begunWords);
        int end = bytes.length - Long.BYTES;
        return out.putLong(end, PageHash.of(0, bytes, 0, end)).array();
    }

    private static Optional<RestoreRecord> decode(byte[] bytes) {
        int end = bytes.length - Long.BYTES;
        ByteBuffer in = ByteBuffer.wrap(bytes);
        boolean intact =
                end >= HEADER
                        && in.getLong() == MAGIC
                        && in.getInt() == VERSION
                        && in.getLong(end) == PageHash.of(0, bytes, 0, end);
        if (!intact) {
            return Optional.empty();
        }
        int filesDone = in.getInt();
        long plan = in.getLong();
        Checksum checksum = new Checksum(in.getLong());
        long[] done = new long[in.getInt()];
        long[] begun = new long[in.getInt()];
        in.asLongBuffer().get(done).get(begun);
        return Optional.of(
                new RestoreRecord(
                        plan, filesDone, new PageSet(done), new PageSet(begun), checksum));
    }
}
