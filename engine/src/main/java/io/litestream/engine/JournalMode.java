package io.litestream.engine;

/// What becomes of a database that is not in WAL mode.
public enum JournalMode {
    /// It is switched to WAL mode. What is committed is read from the WAL.
    WAL,
    /// It stays as it is, for those who share it over a network, where WAL mode does not work. It
    /// is read whole and compared whenever it changed.
    KEEP
}
