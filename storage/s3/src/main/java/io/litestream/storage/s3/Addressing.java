package io.litestream.storage.s3;

/// Where a request names its bucket.
public enum Addressing {
    /// In the host: `https://bucket.host/key`.
    VIRTUAL_HOST,

    /// In the path: `https://host/bucket/key`.
    PATH
}
