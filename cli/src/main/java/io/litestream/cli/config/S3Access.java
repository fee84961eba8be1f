package io.litestream.cli.config;

import io.litestream.storage.s3.S3Settings;

import java.util.Map;
import java.util.Objects;

/// A bucket, and how it is reached. Two that were described by the same keys and values are equal,
/// and may share connections.
public final class S3Access {

    private final S3Settings settings;
    private final Map<String, Object> description;

    /// @param description the keys and values that the settings were made of; they may be secret
    S3Access(S3Settings settings, Map<String, Object> description) {
        this.settings = Objects.requireNonNull(settings);
        this.description = Map.copyOf(description);
    }

    /// Returns what is wanted of the bucket.
    public S3Settings settings() {
        return settings;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof S3Access that && description.equals(that.description);
    }

    @Override
    public int hashCode() {
        return description.hashCode();
    }

    @Override
    public String toString() {
        return settings.toString();
    }
}
