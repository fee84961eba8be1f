package io.litestream.cli.config;

/// Whether a key does something in this version.
enum Availability {
    /// It does what it says.
    WORKS,
    /// It is Litestream's, and its function is not part of this version.
    NOT_YET,
    /// It is an older Litestream's, and does nothing since.
    OBSOLETE
}
