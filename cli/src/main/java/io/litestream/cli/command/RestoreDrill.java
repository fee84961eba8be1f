package io.litestream.cli.command;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/// A place to restore to that is gone afterwards, with everything in it.
final class RestoreDrill implements AutoCloseable {

    private static final String PREFIX = "litestream-drill-";

    private final Path directory;

    private RestoreDrill(Path directory) {
        this.directory = directory;
    }

    /// Makes a place beside a path, whose directory exists, or among the temporary files.
    static RestoreDrill open(Optional<Path> beside) throws IOException {
        Optional<Path> above = beside.map(Path::getParent);
        return new RestoreDrill(
                above.isPresent()
                        ? Files.createTempDirectory(above.get(), PREFIX)
                        : Files.createTempDirectory(PREFIX));
    }

    /// Returns the path to restore to.
    Path output() {
        return directory.resolve("restored.db");
    }

    @Override
    public void close() throws IOException {
        Files.walkFileTree(directory, new Deletion());
    }

    private static final class Deletion extends SimpleFileVisitor<Path> {

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
                throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
        }
    }
}
