package io.litestream.sqlite;

import java.io.IOException;

/// A frame that SQLite counts as valid is not what follows from the position before it. So the
/// position belongs to another WAL, or somebody changed the file.
@SuppressWarnings("serial") // never serialized
public final class WalMismatchException extends IOException {

    private final long frame;

    WalMismatchException(WalFile wal, long frame, String expected, String found) {
        super("%s, frame %d: expected %s, found %s".formatted(wal, frame, expected, found));
        this.frame = frame;
    }

    /// Returns the frame, counted from 0.
    public long frame() {
        return frame;
    }
}
