package io.litestream.sqlite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Reads committed frames, and never one beyond those that SQLite itself counts as valid.
public final class WalReader {

    // A writer that dies in its commit can leave a whole transaction in the file, each frame with
    // the right salts and checksum, that SQLite does not count and that the next writer overwrites.
    // Checksums alone would take it for committed. Hence the number of valid frames comes from
    // outside (PRAGMA wal_checkpoint(NOOP)), and the checksums only confirm it.

    private static final int BATCH_BYTES = 256 * 1024;

    private final WalFile wal;
    private final WalPosition from;
    private final FrameSink sink;
    private final Cleared cleared;
    private final int frameSize;
    private final byte[] buffer;
    private final ByteBuffer fields;

    private WalChecksum running;
    private WalPosition end;
    private long pageCount;

    /// Takes the frames of a WAL, one by one.
    public interface FrameSink {

        /// Takes one frame, whose checksum was right. Frames come in order; those after the last
        /// commit of a read that failed are not committed.
        ///
        /// @param frame counts from 0 in the WAL
        /// @param pageNumber counts from 1
        /// @param buffer holds the page image; it is valid during the call only
        /// @param offset of the page image in `buffer`
        void frame(long frame, long pageNumber, byte[] buffer, int offset) throws IOException;
    }

    /// What a frame means that has neither salts nor a checksum.
    private enum Cleared {
        /// It counts if SQLite counts it as valid, though nothing confirms that.
        COUNTS,
        /// The WAL is damaged, as it is for SQLite when it makes a new index.
        IS_WRONG
    }

    private WalReader(WalFile wal, WalPosition from, long frames, FrameSink sink, Cleared cleared) {
        this.wal = wal;
        this.from = from;
        this.sink = sink;
        this.cleared = cleared;
        this.frameSize = WalFrameHeader.frameSize(from.header().pageSize());
        int batch = Math.max(1, BATCH_BYTES / frameSize);
        this.buffer = new byte[Math.toIntExact(Math.min(batch, frames) * frameSize)];
        this.fields = ByteBuffer.wrap(buffer);
        this.running = from.checksum();
        this.end = from;
    }

    /// Reads the frames from a position up to the number of valid frames, or up to the first commit
    /// by which `maxBytes` were read. The caller has seen that the WAL has the position's header;
    /// if it may restart meanwhile, the caller looks at the header once more.
    ///
    /// @param validFrames how many frames of this WAL SQLite counts as valid
    /// @throws WalMismatchException if a frame's salts or checksum are not what follows from the
    ///   position, the file is too short, or the valid frames do not end with a commit
    public static WalRead read(
            WalFile wal, WalPosition from, long validFrames, long maxBytes, FrameSink sink)
            throws IOException {
        long frames = validFrames - from.frames();
        if (frames < 0) {
            throw new IllegalArgumentException(
                    "%d valid frames end before %s".formatted(validFrames, from));
        }
        WalReader reader = new WalReader(wal, from, frames, sink, Cleared.COUNTS);
        reader.readTo(validFrames, maxBytes);
        return new WalRead(reader.end, reader.pageCount, reader.end.frames() - from.frames());
    }

    /// Reads a WAL that nobody writes to any more, and whose frames were all valid when it was
    /// copied, and returns how many there are up to the last commit. What follows that is the
    /// beginning of a transaction; SQLite would not count it either.
    ///
    /// @param frames how many frames there are
    /// @throws WalMismatchException if a frame's salts or checksum are wrong, or the file is too
    ///   short
    public static long committedFrames(WalFile wal, WalHeader header, long frames)
            throws IOException {
        WalReader reader =
                new WalReader(
                        wal,
                        WalPosition.start(header),
                        frames,
                        (_, _, _, _) -> {},
                        Cleared.IS_WRONG);
        reader.readFrames(frames, Long.MAX_VALUE);
        return reader.end.frames();
    }

    private void readTo(long validFrames, long maxBytes) throws IOException {
        long frame = readFrames(validFrames, maxBytes);
        if (frame != end.frames()) {
            throw new WalMismatchException(wal, frame - 1, "a commit", "none");
        }
    }

    private long readFrames(long validFrames, long maxBytes) throws IOException {
        long frame = from.frames();
        while (frame < validFrames && !isEnough(frame, maxBytes)) {
            int count = fill(frame, validFrames);
            for (int i = 0; i < count && !isEnough(frame, maxBytes); i++) {
                accept(frame++, i * frameSize);
            }
        }
        return frame;
    }

    private boolean isEnough(long frame, long maxBytes) {
        long frames = frame - from.frames();
        return frames > 0 && frame == end.frames() && frames * frameSize >= maxBytes;
    }

    private int fill(long frame, long validFrames) throws IOException {
        int count = (int) Math.min(buffer.length / frameSize, validFrames - frame);
        long offset = WalFrameHeader.offset(frame, from.header().pageSize());
        int bytes = wal.read(ByteBuffer.wrap(buffer, 0, count * frameSize), offset);
        if (bytes < count * frameSize) {
            throw new WalMismatchException(
                    wal,
                    frame + bytes / frameSize,
                    frameSize + " bytes",
                    bytes % frameSize + " before the end of the file");
        }
        return count;
    }

    private void accept(long frame, int at) throws IOException {
        WalFrameHeader header = WalFrameHeader.read(fields, at);
        running = checked(frame, header, at);
        sink.frame(frame, header.page(), buffer, at + WalFrameHeader.SIZE);
        if (header.commit() != 0) {
            end = new WalPosition(from.header(), frame + 1, running);
            pageCount = header.commit();
        }
    }

    private WalChecksum checked(long frame, WalFrameHeader header, int at)
            throws WalMismatchException {
        WalHeader first = from.header();
        if (header.isCleared() && cleared == Cleared.COUNTS) {
            return header.checksum();
        }
        if (header.salts() != first.salts()) {
            throw new WalMismatchException(wal, frame, salts(first.salts()), salts(header.salts()));
        }
        WalChecksum computed = continued(at);
        // What follows a cleared frame continues a checksum that nobody has noted.
        if (!computed.equals(header.checksum()) && !running.equals(WalChecksum.ZERO)) {
            throw new WalMismatchException(
                    wal, frame, "checksum " + computed, header.checksum().toString());
        }
        if (header.page() == 0) {
            throw new WalMismatchException(wal, frame, "a page number from 1", "0");
        }
        return header.checksum();
    }

    private WalChecksum continued(int at) {
        ByteOrder order = from.header().checksumOrder();
        return running.over(buffer, at, WalFrameHeader.CHECKSUMMED, order)
                .over(buffer, at + WalFrameHeader.SIZE, from.header().pageSize(), order);
    }

    private static String salts(long salts) {
        return "salts %08x-%08x".formatted(salts >>> 32, salts & 0xffff_ffffL);
    }
}
