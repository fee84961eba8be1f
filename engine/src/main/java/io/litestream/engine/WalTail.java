package io.litestream.engine;

import io.litestream.sqlite.CheckpointMode;
import io.litestream.sqlite.SqliteConnection;
import io.litestream.sqlite.WalHeader;
import io.litestream.sqlite.WalState;

import java.io.IOException;
import java.util.Optional;

/// Which WAL there is, how many of its frames SQLite counts as committed, and how many of these are
/// in the database file as well.
///
/// `header` is empty if the WAL is. The counts are zero then, and after a reset that nobody has
/// followed with a write.
record WalTail(Optional<WalHeader> header, long validFrames, long backfilledFrames) {

    private static final int SETTLE_ATTEMPTS = 10;

    /// Asks SQLite for the valid frames, and makes sure that the WAL was the same before and after.
    /// Empty if it does not settle, because others restart it all the time: then ask again later.
    ///
    /// @param counter a connection without a transaction
    static Optional<WalTail> ask(SqliteConnection counter, WalSource source) throws IOException {
        for (int attempt = 0; attempt < SETTLE_ATTEMPTS; attempt++) {
            Optional<WalHeader> before = source.header();
            WalState state = counter.checkpoint(CheckpointMode.NOOP);
            boolean frames = state.validFrames() > 0;
            if (before.equals(source.header()) && (before.isPresent() || !frames)) {
                return Optional.of(
                        frames
                                ? new WalTail(before, state.validFrames(), state.backfilledFrames())
                                : new WalTail(before, 0, 0));
            }
        }
        return Optional.empty();
    }

    /// Returns how far the WAL is in use. Its file may be larger: it keeps its size when the WAL
    /// begins anew.
    long bytes() {
        return header.filter(_ -> validFrames > 0)
                .map(of -> of.frameOffset(validFrames))
                .orElse(0L);
    }

    /// Says whether everything that was committed is in the database file.
    boolean isBackfilled() {
        return backfilledFrames >= validFrames;
    }
}
