package io.litestream.sqlite;

import java.nio.ByteBuffer;
import java.util.Optional;

/// A place between two frames of one WAL: how many frames lie before it, and the running checksum
/// there. As stored, all fields are big-endian.
///
/// | Offset | Size | Field    | Meaning                                |
/// |-------:|-----:|----------|----------------------------------------|
/// |      0 |   32 | header   | the WAL's header, as it is in the file |
/// |     32 |    8 | frames   | how many frames lie before             |
/// |     40 |    8 | checksum | both halves of the running checksum    |
public record WalPosition(WalHeader header, long frames, WalChecksum checksum) {

    /// The length of a stored position in bytes.
    public static final int SIZE = 48;

    /// @throws IllegalArgumentException if there is a negative number of frames, or no frame and a
    ///   checksum other than the header's
    public WalPosition {
        if (frames < 0) {
            throw new IllegalArgumentException("negative number of frames: " + frames);
        }
        if (frames == 0 && !checksum.equals(header.checksum())) {
            throw new IllegalArgumentException(
                    "before the first frame the checksum is the header's, %s, not %s"
                            .formatted(header.checksum(), checksum));
        }
    }

    /// Returns the position before the first frame.
    public static WalPosition start(WalHeader header) {
        return new WalPosition(header, 0, header.checksum());
    }

    /// Returns the offset in the file.
    public long offset() {
        return WalFrameHeader.offset(frames, header.pageSize());
    }

    /// Returns the form for storage, [#SIZE] bytes.
    public byte[] encode() {
        return ByteBuffer.allocate(SIZE)
                .put(header.bytes())
                .putLong(frames)
                .putInt(checksum.first())
                .putInt(checksum.second())
                .array();
    }

    /// Reads what `encode` returned. Empty if it is something else.
    public static Optional<WalPosition> decode(byte[] bytes) {
        if (bytes.length != SIZE) {
            return Optional.empty();
        }
        ByteBuffer stored = ByteBuffer.wrap(bytes);
        long frames = stored.getLong(32);
        WalChecksum checksum = new WalChecksum(stored.getInt(40), stored.getInt(44));
        return WalHeader.parse(bytes)
                .filter(header -> frames > 0 || (frames == 0 && checksum.equals(header.checksum())))
                .map(header -> new WalPosition(header, frames, checksum));
    }

    @Override
    public String toString() {
        return "frame %d of %s, checksum %s".formatted(frames, header, checksum);
    }
}
