package io.litestream.storage.s3;

import io.litestream.storage.Secret;

import java.util.Objects;
import java.util.Optional;

/// An access key: its id, its secret, and the token of a session if it is a temporary one.
public record S3Credentials(
        String accessKeyId, Secret secretAccessKey, Optional<Secret> sessionToken) {

    public S3Credentials {
        Objects.requireNonNull(secretAccessKey);
        Objects.requireNonNull(sessionToken);
        if (accessKeyId.isBlank() || secretAccessKey.reveal().isBlank()) {
            throw new IllegalArgumentException(
                    "an access key needs both its id and its secret, but the %s is empty"
                            .formatted(accessKeyId.isBlank() ? "id" : "secret"));
        }
    }

    /// Returns the credentials of a permanent key.
    public static S3Credentials of(String accessKeyId, Secret secretAccessKey) {
        return new S3Credentials(accessKeyId, secretAccessKey, Optional.empty());
    }
}
