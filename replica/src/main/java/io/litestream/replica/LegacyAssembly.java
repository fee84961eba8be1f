package io.litestream.replica;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.CorruptFileException;
import io.litestream.ltx.Lz4InputStream;
import io.litestream.replica.legacy.LegacyFile;
import io.litestream.replica.legacy.LegacyPlanResult;
import io.litestream.replica.legacy.WalIndex;
import io.litestream.sqlite.DatabaseHeader;
import io.litestream.sqlite.LockPage;
import io.litestream.sqlite.SqliteException;
import io.litestream.storage.file.SystemReason;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.List;

/// Puts a database together from files of Litestream 0.3: the snapshot, and over it the frames of
/// one WAL after another, as SQLite would, up to the last commit of each.
///
/// A WAL is unpacked beside the database and looked through before any of it is applied.
final class LegacyAssembly {

    private static final int BUFFER = 1 << 20;
    private static final byte[] AGE = {'a', 'g', 'e', '-'};

    private final ReplicaReader replica;
    private final LegacyPlanResult.Plan plan;
    private final TemporaryFile file;
    private final FileChannel channel;
    private int pageSize;

    /// How far the last WAL was applied.
    private long offset;

    LegacyAssembly(ReplicaReader replica, LegacyPlanResult.Plan plan, TemporaryFile file) {
        this.replica = replica;
        this.plan = plan;
        this.file = file;
        this.channel = file.channel();
    }

    /// What was put together.
    ///
    /// @param offset how far the last WAL was applied
    record Assembled(int pageSize, long pageCount, long offset, Checksum checksum) {}

    /// Reads all files into the temporary file, whatever it held, and forces it to the disk.
    ///
    /// @throws CorruptFileException if a file is damaged, or does not go with those before it
    /// @throws RestoreException.Missing if a part of a WAL is missing
    /// @throws RestoreException.Failed if the temporary file cannot be written
    /// @throws IOException if the replica cannot be read
    Assembled run() throws IOException {
        try (ReadAhead source = replica.readAhead(plan.files().stream().map(this::span).toList())) {
            database(source);
            List<LegacyFile.Segment> segments = plan.segments();
            for (int from = 0; from < segments.size(); ) {
                int to = endOfWal(segments, from);
                wal(source, segments.subList(from, to));
                from = to;
            }
        }
        return assembled();
    }

    private ReadAhead.Span span(LegacyFile part) {
        return ReadAhead.Span.of(part.key(), part.size());
    }

    private static int endOfWal(List<LegacyFile.Segment> segments, int from) {
        WalIndex index = segments.get(from).index();
        int to = from + 1;
        while (to < segments.size() && segments.get(to).index().equals(index)) {
            to++;
        }
        return to;
    }

    private void database(ReadAhead source) throws IOException {
        LegacyFile.Snapshot snapshot = plan.snapshot();
        writing(() -> channel.truncate(0));
        try (InputStream content = open(source, snapshot)) {
            byte[] first = content.readNBytes(DatabaseHeader.SIZE);
            pageSize = pageSize(first, snapshot);
            write(first, first.length, 0);
            long size = first.length + copy(content, first.length);
            if (size % pageSize != 0) {
                throw new CorruptFileException(
                        snapshot.key().value(),
                        size,
                        "whole pages of %d bytes".formatted(pageSize),
                        "the end of the file");
            }
        }
    }

    private static int pageSize(byte[] first, LegacyFile.Snapshot snapshot)
            throws CorruptFileException {
        String key = snapshot.key().value();
        try {
            return DatabaseHeader.parse(first, key).pageSize();
        } catch (SqliteException.NotADatabase e) {
            throw new CorruptFileException(key, 0, "a SQLite database", "something else");
        }
    }

    private long copy(InputStream content, long at) throws IOException {
        byte[] buffer = new byte[BUFFER];
        long copied = 0;
        int read = content.readNBytes(buffer, 0, buffer.length);
        while (read > 0) {
            write(buffer, read, at + copied);
            copied += read;
            read = content.readNBytes(buffer, 0, buffer.length);
        }
        return copied;
    }

    private void wal(ReadAhead source, List<LegacyFile.Segment> segments) throws IOException {
        try (LegacyWal wal = LegacyWal.create(file.path(), pageSize)) {
            for (LegacyFile.Segment segment : segments) {
                if (segment.offset() != wal.size()) {
                    throw new RestoreException.Missing(
                            replica.toString(),
                            "missing WAL segment: expected %s/%08x, got %s/%08x (%s)"
                                    .formatted(
                                            segment.index(),
                                            wal.size(),
                                            segment.index(),
                                            segment.offset(),
                                            segment));
                }
                try (InputStream content = open(source, segment)) {
                    wal.add(segment, content);
                }
            }
            long pageCount = wal.apply((_, page, bytes, at) -> page(page, bytes, at));
            offset = wal.applied();
            if (pageCount > 0) {
                writing(() -> resize(pageCount * pageSize));
            }
        }
    }

    private InputStream open(ReadAhead source, LegacyFile part) throws IOException {
        PushbackInputStream content = new PushbackInputStream(source.open(span(part)), AGE.length);
        byte[] first = content.readNBytes(AGE.length);
        if (Arrays.equals(first, AGE)) {
            throw new CorruptFileException(
                    part.key().value(),
                    0,
                    "an LZ4 frame",
                    "a file encrypted with age, which only Litestream 0.3 reads");
        }
        content.unread(first);
        return new Lz4InputStream(content, part.key().value());
    }

    private void page(long page, byte[] bytes, int at) throws IOException {
        writing(() -> {
            ByteBuffer image = ByteBuffer.wrap(bytes, at, pageSize);
            writeFully(image, (page - 1) * pageSize);
        });
    }

    private void write(byte[] bytes, int length, long at) throws IOException {
        writing(() -> writeFully(ByteBuffer.wrap(bytes, 0, length), at));
    }

    private void writeFully(ByteBuffer bytes, long at) throws IOException {
        long position = at;
        while (bytes.hasRemaining()) {
            position += channel.write(bytes, position);
        }
    }

    private void resize(long size) throws IOException {
        channel.truncate(size);
        if (channel.size() < size) {
            channel.write(ByteBuffer.allocate(1), size - 1);
        }
    }

    private Assembled assembled() throws IOException {
        writing(() -> channel.force(true));
        long pages = channel.size() / pageSize;
        long lockPage = LockPage.number(pageSize);
        long[] sum = {Checksum.EMPTY.value()};
        PageHashes.read(
                channel, pageSize, pages, (page, hash) -> sum[0] ^= page == lockPage ? 0 : hash);
        return new Assembled(pageSize, pages, offset, new Checksum(sum[0]));
    }

    /// Something done to the temporary file.
    @FunctionalInterface
    private interface Write {
        void run() throws IOException;
    }

    private void writing(Write write) throws RestoreException.Failed {
        try {
            write.run();
        } catch (IOException e) {
            throw new RestoreException.Failed(
                    "cannot write %s: %s".formatted(file.path(), SystemReason.of(e)), e);
        }
    }
}
