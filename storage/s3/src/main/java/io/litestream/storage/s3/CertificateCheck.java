package io.litestream.storage.s3;

/// Whether the certificate of a server is checked.
public enum CertificateCheck {
    /// It must be valid, for the host, and by an authority that is trusted.
    VERIFY,

    /// Anything is taken, and so is a stranger for the store.
    SKIP
}
