package io.litestream.crash;

import io.litestream.servers.S3Server;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;

/// Where a destination of a round is: what is written in the configuration for it, and how it is
/// restored from.
sealed interface Place {

    /// Returns the keys of the replica, one for each line.
    String keys();

    /// Returns the URL for a restore, which meets no faults.
    String url();

    /// Returns what the environment of a restore needs.
    Map<String, String> environment();

    /// Returns the directory that holds all files.
    Path root();

    /// Returns the directory that holds the files of a level.
    Path files(int level);

    /// A directory of this machine.
    record Directory(Path path) implements Place {

        @Override
        public String keys() {
            return "path: " + path;
        }

        @Override
        public String url() {
            return Litestream.url(path);
        }

        @Override
        public Map<String, String> environment() {
            return Map.of();
        }

        @Override
        public Path root() {
            return path;
        }

        @Override
        public Path files(int level) {
            return path.resolve("ltx").resolve("" + level);
        }
    }

    /// A path in a bucket, whose server keeps objects as files.
    ///
    /// @param stormy the address that the replicator uses
    /// @param calm the server's own address
    /// @param content the directory that is the bucket
    record Bucket(String name, String path, URI stormy, URI calm, Path content) implements Place {

        @Override
        public String keys() {
            return """
            url: s3://%s/%s
                    endpoint: %s
                    force-path-style: true
                    access-key-id: %s
                    secret-access-key: %s\
            """
                    .formatted(name, path, stormy, S3Server.ACCESS_KEY, S3Server.SECRET_KEY);
        }

        @Override
        public String url() {
            return "s3://%s/%s?endpoint=%s&forcePathStyle=true".formatted(name, path, calm);
        }

        @Override
        public Map<String, String> environment() {
            return Map.of(
                    "AWS_ACCESS_KEY_ID", S3Server.ACCESS_KEY,
                    "AWS_SECRET_ACCESS_KEY", S3Server.SECRET_KEY);
        }

        @Override
        public Path root() {
            return content.resolve(path);
        }

        @Override
        public Path files(int level) {
            return root().resolve("%04x".formatted(level));
        }
    }
}
