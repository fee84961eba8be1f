package io.litestream.cli.config;

/// Whether a key does something in this version.
enum Availability {
    /// It does what it says.
    WORKS,
    /// It is Litestream's, and its function is not part of this version.
    NOT_YET,
    /// It was once said to do something, and Litestream 0.5 does not heed it, nor does this
    /// version.
    OBSOLETE
}
