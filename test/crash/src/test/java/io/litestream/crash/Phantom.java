package io.litestream.crash;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.util.Arrays;
import java.util.List;

/// Leaves a phantom in a WAL: a whole transaction with right checksums behind the frames that
/// count, as a writer does that dies after its frames and before it counts them. A program, so that
/// it may open the files beside SQLite.
///
/// The transaction only changes the user version in page 1, so that it does no harm if SQLite
/// counts it after all: it does when it recovers the WAL.
public final class Phantom {

    private static final int WAL_HEADER = 32;
    private static final int FRAME_HEADER = 24;
    private static final int USER_VERSION = 60;

    private final FileChannel wal;
    private final FileChannel database;
    private final ByteBuffer header;
    private final int pageSize;
    private final boolean bigEndian;

    private Phantom(Path path) throws IOException {
        // Never closed: that would drop the locks of this process.
        database = FileChannel.open(path, StandardOpenOption.READ);
        wal =
                FileChannel.open(
                        path.resolveSibling(path.getFileName() + "-wal"),
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        header = read(wal, 0, WAL_HEADER);
        pageSize = header.getInt(8);
        bigEndian = (header.getInt(0) & 1) == 1;
    }

    /// @param words the database, and how many frames; prints `planted` if there was something to
    ///   follow
    static void main(String[] words) throws Exception {
        Path path = Path.of(words[0]);
        int frames = Integer.parseInt(words[1]);
        try (Connection writer = Sql.open(path, "PRAGMA wal_autocheckpoint=0", "BEGIN IMMEDIATE");
                Connection counter = Sql.open(path)) {
            List<Object> state = Sql.rows(counter, "PRAGMA wal_checkpoint(NOOP)").getFirst();
            int valid = ((Number) state.get(1)).intValue();
            int backfilled = ((Number) state.get(2)).intValue();
            if (valid > 0 && valid != backfilled) {
                new Phantom(path).plant(valid, frames);
                System.out.println("planted");
            }
            Sql.run(writer, "ROLLBACK");
            Runtime.getRuntime().halt(0); // as it would have died: nothing is closed
        }
    }

    /// Returns the content of a database that has settled, without what phantoms change in it.
    static byte[] withoutTrace(Path database) throws IOException {
        byte[] content = Files.readAllBytes(database);
        Arrays.fill(content, USER_VERSION, USER_VERSION + Integer.BYTES, (byte) 0);
        return content;
    }

    private void plant(int valid, int frames) throws IOException {
        ByteBuffer last = frame(valid - 1);
        int[] sums = {last.getInt(16), last.getInt(20)};
        int pages = last.getInt(4);
        long offset = offset(valid);
        for (int i = 0; i < frames; i++) {
            boolean commits = i == frames - 1;
            ByteBuffer page = commits ? firstPage(valid) : last.slice(FRAME_HEADER, pageSize);
            ByteBuffer frame = ByteBuffer.allocate(FRAME_HEADER + pageSize);
            frame.putInt(0, commits ? 1 : last.getInt(0));
            frame.putInt(4, commits ? pages : 0);
            frame.putLong(8, header.getLong(16));
            frame.put(FRAME_HEADER, page, 0, pageSize);
            if (commits) {
                frame.putInt(FRAME_HEADER + USER_VERSION, (int) System.nanoTime());
            }
            sum(sums, frame, 0, 8);
            sum(sums, frame, FRAME_HEADER, pageSize);
            frame.putInt(16, sums[0]);
            frame.putInt(20, sums[1]);
            wal.write(frame, offset);
            offset += FRAME_HEADER + pageSize;
        }
    }

    /// Returns page 1 as it is committed.
    private ByteBuffer firstPage(int valid) throws IOException {
        for (int i = valid - 1; i >= 0; i--) {
            ByteBuffer frame = frame(i);
            if (frame.getInt(0) == 1) {
                return frame.slice(FRAME_HEADER, pageSize);
            }
        }
        return read(database, 0, pageSize);
    }

    private ByteBuffer frame(int index) throws IOException {
        return read(wal, offset(index), FRAME_HEADER + pageSize);
    }

    private long offset(int index) {
        return WAL_HEADER + (long) index * (FRAME_HEADER + pageSize);
    }

    private static ByteBuffer read(FileChannel file, long offset, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (file.read(bytes, offset + bytes.position()) < 0) {
                throw new IOException("the file ends at " + (offset + bytes.position()));
            }
        }
        return bytes.flip();
    }

    private void sum(int[] sums, ByteBuffer bytes, int offset, int length) {
        for (int at = offset; at < offset + length; at += 8) {
            sums[0] += word(bytes, at) + sums[1];
            sums[1] += word(bytes, at + 4) + sums[0];
        }
    }

    private int word(ByteBuffer bytes, int offset) {
        int word = bytes.getInt(offset);
        return bigEndian ? word : Integer.reverseBytes(word);
    }
}
