package io.litestream.cli.config;

import java.nio.file.Path;
import java.util.Objects;

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
}
