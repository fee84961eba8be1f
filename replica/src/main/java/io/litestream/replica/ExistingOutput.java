package io.litestream.replica;

/// What to do with a database that is already at the output path.
public enum ExistingOutput {
    /// Refuse to restore, unless it is an empty file.
    KEEP,
    /// Replace it once the restored one is whole and proven.
    REPLACE
}
