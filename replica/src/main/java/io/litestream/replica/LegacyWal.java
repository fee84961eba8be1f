package io.litestream.replica;

import io.litestream.ltx.CorruptFileException;
import io.litestream.replica.legacy.LegacyFile;
import io.litestream.sqlite.WalFile;
import io.litestream.sqlite.WalHeader;
import io.litestream.sqlite.WalMismatchException;
import io.litestream.sqlite.WalPosition;
import io.litestream.sqlite.WalRead;
import io.litestream.sqlite.WalReader;
import io.litestream.storage.file.SystemReason;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// One WAL, put together from its parts in a file that is deleted in the end.
final class LegacyWal implements AutoCloseable {

    private static final int BUFFER = 1 << 20;

    private final Path path;
    private final FileChannel channel;
    private final int pageSize;
    private final List<LegacyFile.Segment> segments = new ArrayList<>();
    private long size;
    private long applied;

    private LegacyWal(Path path, FileChannel channel, int pageSize) {
        this.path = path;
        this.channel = channel;
        this.pageSize = pageSize;
    }

    /// Begins a WAL of the database that is being put together at a path.
    static LegacyWal create(Path database, int pageSize) throws RestoreException.Failed {
        Path path = database.resolveSibling(database.getFileName() + "-wal");
        try {
            FileChannel channel =
                    FileChannel.open(
                            path,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.WRITE);
            return new LegacyWal(path, channel, pageSize);
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    /// Returns how many bytes there are so far.
    long size() {
        return size;
    }

    /// Returns how many bytes were applied, up to the end of a commit.
    long applied() {
        return applied;
    }

    /// Adds the next part.
    void add(LegacyFile.Segment segment, InputStream content) throws IOException {
        segments.add(segment);
        byte[] buffer = new byte[BUFFER];
        int read = content.readNBytes(buffer, 0, buffer.length);
        while (read > 0) {
            write(ByteBuffer.wrap(buffer, 0, read));
            size += read;
            read = content.readNBytes(buffer, 0, buffer.length);
        }
    }

    private void write(ByteBuffer bytes) throws RestoreException.Failed {
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    /// Gives the frames up to the last commit, and returns the size in pages that it gives the
    /// database; 0 if there is no commit.
    ///
    /// @throws CorruptFileException if anything is wrong with any frame; then none was given
    long apply(WalReader.FrameSink sink) throws IOException {
        try (WalFile wal = WalFile.open(path).orElseThrow()) {
            WalHeader header = header(wal);
            long committed = committed(wal, header);
            WalPosition start = WalPosition.start(header);
            WalRead read = WalReader.read(wal, start, committed, Long.MAX_VALUE, sink);
            applied = read.end().offset();
            return read.pageCount();
        }
    }

    private long committed(WalFile wal, WalHeader header) throws IOException {
        long frameSize = header.frameOffset(1) - header.frameOffset(0);
        long frames = (size - header.frameOffset(0)) / frameSize;
        if (header.frameOffset(frames) != size) {
            throw damaged(header.frameOffset(frames), "a frame of " + frameSize + " bytes", "less");
        }
        try {
            return WalReader.committedFrames(wal, header, frames);
        } catch (WalMismatchException e) {
            String expected = "%s in frame %d of the WAL".formatted(e.expected(), e.frame());
            throw damaged(header.frameOffset(e.frame()), expected, e.found());
        }
    }

    private WalHeader header(WalFile wal) throws IOException {
        WalHeader header =
                wal.header().orElseThrow(() -> damaged(0, "the header of a WAL", "something else"));
        if (header.pageSize() != pageSize) {
            throw damaged(
                    0,
                    "the page size %d, as in the snapshot".formatted(pageSize),
                    Integer.toString(header.pageSize()));
        }
        return header;
    }

    /// Says which part is damaged, and where in it.
    private CorruptFileException damaged(long at, String expected, String found) {
        LegacyFile.Segment part =
                segments.stream()
                        .filter(segment -> segment.offset() <= at)
                        .reduce((_, later) -> later)
                        .orElseThrow();
        return new CorruptFileException(part.key().value(), at - part.offset(), expected, found);
    }

    private static RestoreException.Failed failed(Path path, IOException cause) {
        return new RestoreException.Failed(
                "cannot write %s: %s".formatted(path, SystemReason.of(cause)), cause);
    }

    @Override
    public void close() throws RestoreException.Failed {
        try {
            channel.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw failed(path, e);
        }
    }
}
