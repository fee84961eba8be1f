package io.litestream.engine;

import io.litestream.sqlite.WalHeader;

import java.util.Optional;

/// Which WAL there is, how many of its frames SQLite counts as committed, and how many of these are
/// in the database file as well.
///
/// `header` is empty if the WAL is. The counts are zero then, and after a reset that nobody has
/// followed with a write.
record WalTail(Optional<WalHeader> header, long validFrames, long backfilledFrames) {

    /// Says whether everything that was committed is in the database file.
    boolean isBackfilled() {
        return backfilledFrames >= validFrames;
    }
}
