package io.litestream.sqlite;

/// What `PRAGMA wal_checkpoint` answers.
///
/// @param validFrames how many frames of the WAL are committed; -1 if the database is not in WAL
///   mode, or another connection is checkpointing. After a `RESTART` the frames still count until
///   the next writer starts afresh; after a `TRUNCATE` there are none.
/// @param backfilledFrames how many of them are in the database file too; -1 in the same cases
public record WalState(Outcome outcome, long validFrames, long backfilledFrames) {

    /// How a checkpoint ended.
    public enum Outcome {
        /// It did what its mode promises; `PASSIVE` promises nothing.
        COMPLETED,
        /// Another connection was in the way.
        BLOCKED
    }

    /// Whether the database file alone has everything.
    public boolean isBackfilled() {
        return validFrames == backfilledFrames;
    }
}
