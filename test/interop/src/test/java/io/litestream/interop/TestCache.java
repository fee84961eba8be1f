package io.litestream.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// What the programs in `.ci` have fetched for these tests.
final class TestCache {

    private static final int DEPTH = 3;

    private TestCache() {}

    /// Returns the newest version of a file.
    ///
    /// @param end how its path ends
    static Optional<Path> find(String end) {
        String cache = System.getenv("XDG_CACHE_HOME");
        Path directory =
                (cache == null
                                ? Path.of(System.getProperty("user.home"), ".cache")
                                : Path.of(cache))
                        .resolve("litestream-tests");
        if (!Files.isDirectory(directory)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.walk(directory, DEPTH)) {
            return files.filter(file -> file.endsWith(end)).max(Path::compareTo);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
