package io.litestream.storage.s3;

/// Whether an upload carries the MD5 of its content, for the store to compare.
public enum ContentMd5 {
    /// It does, as buckets with object lock demand.
    SENT,

    /// It does not.
    OMITTED
}
