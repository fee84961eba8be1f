package io.litestream.replica;

/// How thoroughly SQLite looks at a restored database before it gets its name.
public enum IntegrityCheck {
    /// Not at all.
    NONE,
    /// `PRAGMA quick_check`: the structure of every page.
    QUICK,
    /// `PRAGMA integrity_check`: also that indexes and tables agree.
    FULL
}
