package io.litestream.sqlite;

/// The modes of `PRAGMA wal_checkpoint`.
///
/// See <https://sqlite.org/pragma.html#pragma_wal_checkpoint>.
public enum CheckpointMode {
    /// Only counts: takes no lock and copies nothing.
    NOOP,
    /// Copies what it can without waiting for anybody.
    PASSIVE,
    /// Holds writers off and copies everything; fails where a reader is in the way.
    FULL,
    /// As `FULL`, and the next writer starts the WAL afresh.
    RESTART,
    /// As `RESTART`, and the WAL is cut to zero bytes.
    TRUNCATE
}
