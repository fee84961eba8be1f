package io.litestream.replica;

import java.nio.file.Path;
import java.util.List;

/// Where files of a replica are on this machine too, so that they need not be fetched.
@FunctionalInterface
public interface LocalFiles {

    /// There are none.
    LocalFiles NONE = _ -> List.of();

    /// Returns local LTX files, oldest first, that together do what a file of the replica does;
    /// none if it has to be fetched. They may be gone at any moment.
    List<Path> of(ReplicaFile file);
}
