package io.litestream.cli.config;

import io.litestream.storage.ObjectKey;
import io.litestream.storage.s3.S3Provider;
import io.litestream.storage.s3.S3Settings;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/// Where a destination is. Each kind of storage has its own kind of place.
public sealed interface ReplicaPlace {

    /// Returns the word for this kind of storage, as in `type:`.
    String type();

    /// A directory of this machine.
    record Directory(Path path) implements ReplicaPlace {

        public Directory {
            Objects.requireNonNull(path);
            if (!path.isAbsolute()) {
                throw new IllegalArgumentException(
                        "replica path %s is not absolute".formatted(path));
            }
        }

        @Override
        public String type() {
            return "file";
        }

        @Override
        public String toString() {
            return "file://" + path;
        }
    }

    /// A path in a bucket of S3, or of a store that speaks as S3 does.
    ///
    /// @param access the bucket, and how it is reached
    /// @param path what keys begin with, without slashes around; empty for the whole bucket
    /// @param former what Litestream's keys begin with, where that is not the path and a slash
    record S3(S3Access access, String path, Optional<String> former) implements ReplicaPlace {

        public S3 {
            Objects.requireNonNull(access);
            Objects.requireNonNull(former);
            if (!path.isEmpty()) {
                ObjectKey _ = new ObjectKey(path); // which checks it
            }
        }

        @Override
        public String type() {
            return "s3";
        }

        /// Returns the bucket, and how it is reached.
        public S3Settings settings() {
            return access.settings();
        }

        /// Returns what two names of one place have in common.
        String identity() {
            String endpoint =
                    settings()
                            .endpoint()
                            .filter(url -> S3Provider.of(Optional.of(url)) != S3Provider.AWS)
                            .map(url -> url.getAuthority().toLowerCase(Locale.ROOT))
                            .orElse("");
            return "s3://%s/%s?%s".formatted(settings().bucket(), path, endpoint);
        }

        /// Returns a URL that holds no secret, nor all settings.
        @Override
        public String toString() {
            String endpoint = settings().endpoint().map(url -> "?endpoint=" + url).orElse("");
            return "s3://" + settings().bucket() + (path.isEmpty() ? "" : "/" + path) + endpoint;
        }
    }
}
