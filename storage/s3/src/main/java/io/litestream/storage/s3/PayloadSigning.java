package io.litestream.storage.s3;

/// Whether the signature of an upload covers its content.
public enum PayloadSigning {
    /// It does, by the content's SHA-256.
    SIGNED,

    /// It does not. Over TLS this is as safe, and cheaper.
    UNSIGNED
}
