package io.litestream.replica;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Which processes have a file open, as far as this one may see: those of the same user (all, for
/// root) in the same namespace, on systems with `/proc`.
final class OpenFiles {

    private static final Path PROC = Path.of("/proc");

    private OpenFiles() {}

    /// Returns the ids of the processes that have this file open, under whatever name.
    static List<String> holders(Path file) throws IOException {
        List<String> holders = new ArrayList<>();
        if (!Files.isDirectory(PROC.resolve("self/fd"))) {
            return holders;
        }
        Map<String, Object> wanted = identity(file);
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                if (holds(process.resolve("fd"), wanted)) {
                    holders.add(String.valueOf(process.getFileName()));
                }
            }
        }
        return holders;
    }

    private static boolean holds(Path descriptors, Map<String, Object> wanted) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(descriptors)) {
            for (Path descriptor : entries) {
                if (isFile(descriptor) && is(descriptor, wanted)) {
                    return true;
                }
            }
            return false;
        } catch (IOException | DirectoryIteratorException goneOrNotOurs) {
            return false;
        }
    }

    /// Sockets and pipes are told apart by their names, which costs less than asking for more.
    private static boolean isFile(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).isAbsolute();
        } catch (IOException gone) {
            return false;
        }
    }

    private static boolean is(Path descriptor, Map<String, Object> wanted) {
        try {
            return identity(descriptor).equals(wanted);
        } catch (IOException gone) {
            return false;
        }
    }

    private static Map<String, Object> identity(Path file) throws IOException {
        return Files.readAttributes(file, "unix:dev,ino");
    }
}
