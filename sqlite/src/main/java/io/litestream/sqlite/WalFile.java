package io.litestream.sqlite;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;

/// An open `-wal` file, for reading. SQLite takes no locks on it, so it may be opened and closed
/// freely, unlike the database and its `-shm`. Any thread may read.
public final class WalFile implements AutoCloseable {

    private final Path path;
    private final FileChannel channel;

    private WalFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /// Opens a WAL. Empty if there is none.
    public static Optional<WalFile> open(Path wal) throws IOException {
        try {
            return Optional.of(new WalFile(wal, FileChannel.open(wal, StandardOpenOption.READ)));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
    }

    /// Returns the path that was opened; another file may be there by now.
    public Path path() {
        return path;
    }

    /// Returns the present size in bytes. Frames of an earlier WAL may follow the valid ones.
    public long sizeBytes() throws IOException {
        return channel.size();
    }

    /// Brings what is in the file to the disk, so that who checkpoints later need not wait for it.
    public void force() throws IOException {
        channel.force(false);
    }

    /// Reads the header. Empty if the file is empty, or what it begins with is not a whole header.
    public Optional<WalHeader> header() throws IOException {
        return WalHeader.parse(rawHeader());
    }

    /// Reads the first 32 bytes, or as many as there are, without judging them.
    public byte[] rawHeader() throws IOException {
        byte[] bytes = new byte[WalHeader.SIZE];
        int count = read(ByteBuffer.wrap(bytes), 0);
        return count == bytes.length ? bytes : Arrays.copyOf(bytes, count);
    }

    /// Whether this is still the WAL of the position: the header is the same, and the frame before
    /// the position has the running checksum that it had.
    public boolean has(WalPosition position) throws IOException {
        WalHeader header = position.header();
        if (!header().equals(Optional.of(header))) {
            return false;
        }
        return position.frames() == 0
                || frame(header, position.frames() - 1)
                        .filter(before -> before.checksum().equals(position.checksum()))
                        .isPresent();
    }

    /// Whether there is a frame with the salts of this header, be it valid or not. After the last
    /// valid frame it is the beginning of a commit, or what is left of one that failed.
    ///
    /// @param frame counts from 0
    public boolean hasFrame(WalHeader header, long frame) throws IOException {
        return frame(header, frame).isPresent();
    }

    private Optional<WalFrameHeader> frame(WalHeader header, long frame) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(WalFrameHeader.SIZE);
        int count = read(bytes, WalFrameHeader.offset(frame, header.pageSize()));
        return count < WalFrameHeader.SIZE
                ? Optional.empty()
                : Optional.of(WalFrameHeader.read(bytes, 0))
                        .filter(found -> found.salts() == header.salts() || found.isCleared());
    }

    /// Reads the page image of a frame, without judging the frame.
    ///
    /// @param frame counts from 0
    /// @throws EOFException if the file ends before
    public void readPage(long frame, int pageSize, byte[] into, int offset) throws IOException {
        long start = WalFrameHeader.offset(frame, pageSize) + WalFrameHeader.SIZE;
        int count = read(ByteBuffer.wrap(into, offset, pageSize), start);
        if (count < pageSize) {
            throw new EOFException(
                    "%s ends in frame %d: expected %d bytes at offset %d, found %d"
                            .formatted(path, frame, pageSize, start, count));
        }
    }

    /// Reads from `offset` until the buffer is full or the file ends, and returns how many bytes it
    /// read, perhaps 0.
    public int read(ByteBuffer into, long offset) throws IOException {
        int before = into.position();
        long at = offset;
        while (into.hasRemaining()) {
            int count = channel.read(into, at);
            if (count < 0) {
                break;
            }
            at += count;
        }
        return into.position() - before;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
