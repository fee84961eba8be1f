package io.litestream.sqlite;

import java.io.IOException;

/// A frame that SQLite counts as valid is not what follows from the position before it. So the
/// position belongs to another WAL, or somebody changed the file.
@SuppressWarnings("serial") // never serialized
public final class WalMismatchException extends IOException {

    private final long frame;
    private final String expected;
    private final String found;

    WalMismatchException(WalFile wal, long frame, String expected, String found) {
        super("%s, frame %d: expected %s, found %s".formatted(wal, frame, expected, found));
        this.frame = frame;
        this.expected = expected;
        this.found = found;
    }

    /// Returns the frame, counted from 0.
    public long frame() {
        return frame;
    }

    /// Returns what the frame has to be.
    public String expected() {
        return expected;
    }

    /// Returns what it is.
    public String found() {
        return found;
    }
}
