package io.litestream.tidy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// The files of this checkout that people write.
public final class Checkout {

    /// The directory that holds the whole project.
    public static final Path ROOT = root();

    private static final Set<String> NOT_OURS = Set.of(".git", "target", "node_modules", ".idea");

    private Checkout() {}

    /// Returns all sources, of the program and of the tests.
    public static List<JavaSource> javaSources() {
        return JavaSource.parse(files(file -> file.toString().endsWith(".java")));
    }

    /// Returns the files that a test accepts, in order.
    public static List<Path> files(Predicate<Path> accepted) {
        List<Path> found = new ArrayList<>();
        try {
            Files.walkFileTree(
                    ROOT,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult preVisitDirectory(
                                Path directory, BasicFileAttributes attributes) {
                            return NOT_OURS.contains(directory.getFileName().toString())
                                    ? FileVisitResult.SKIP_SUBTREE
                                    : FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFile(
                                Path file, BasicFileAttributes attributes) {
                            if (accepted.test(file)) {
                                found.add(file);
                            }
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        found.sort(null);
        return found;
    }

    private static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("bin/litestream"))) {
            directory = directory.getParent();
            if (directory == null) {
                throw new IllegalStateException(
                        "no bin/litestream above " + Path.of("").toAbsolutePath());
            }
        }
        return directory;
    }
}
