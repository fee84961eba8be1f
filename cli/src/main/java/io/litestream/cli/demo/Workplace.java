package io.litestream.cli.demo;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Where the files of one demo are: a directory of its own, and the destination if the user named
/// one.
record Workplace(Path directory, String replica) {

    /// Makes the directory.
    ///
    /// @throws IOException if there is something at the destination already
    static Workplace create(Optional<Destination> destination) throws IOException {
        if (destination.isPresent() && !destination.get().content().isEmpty()) {
            throw new IOException(
                    "destination %s is not empty; name one that is new or empty"
                            .formatted(destination.get().url()));
        }
        Path directory = makeDirectory().toRealPath();
        return new Workplace(
                directory,
                destination
                        .map(Destination::url)
                        .orElseGet(() -> "file://" + directory.resolve("replica")));
    }

    /// A short name is easier to read, but may be left from another process of this number.
    private static Path makeDirectory() throws IOException {
        String name = "litestream-demo-" + ProcessHandle.current().pid();
        try {
            return Files.createDirectory(
                    Path.of(System.getProperty("java.io.tmpdir", "/tmp")).resolve(name));
        } catch (FileAlreadyExistsException e) {
            return Files.createTempDirectory(name + "-");
        }
    }

    Path database() {
        return directory.resolve("app.db");
    }

    Path restored() {
        return directory.resolve("restored.db");
    }

    /// Returns the file for what a process prints.
    Path log(String name) {
        return directory.resolve(name + ".log");
    }

    /// Deletes the directory with all that is in it, but nothing at a destination elsewhere.
    void delete() throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        }
    }
}
