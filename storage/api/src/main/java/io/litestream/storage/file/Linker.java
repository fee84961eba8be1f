package io.litestream.storage.file;

import java.io.IOException;
import java.nio.file.Path;

/// Gives a file a second name: a hard link. Tests replace it, to stand for a file system without.
@FunctionalInterface
interface Linker {

    /// @throws java.nio.file.FileAlreadyExistsException if the name is taken
    /// @throws UnsupportedOperationException if there are no hard links
    void link(Path name, Path existing) throws IOException;
}
