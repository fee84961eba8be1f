package io.litestream.sqlite;

/// How a database file says that its transactions are journalled.
public enum JournalFormat {
    /// A rollback journal: read version 1.
    ROLLBACK,
    /// A write-ahead log: read version 2.
    WAL
}
