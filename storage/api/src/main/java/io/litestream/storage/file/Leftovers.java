package io.litestream.storage.file;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// The temporary files of a directory.
final class Leftovers {

    private final Path directory;

    Leftovers(Path directory) {
        this.directory = directory;
    }

    /// Removes all of them, and returns their number.
    int remove() throws IOException {
        int removed = 0;
        for (Path leftover : find()) {
            removed += Files.deleteIfExists(leftover) ? 1 : 0;
        }
        return removed;
    }

    /// Removes those that were last changed longer ago than that, and returns their number.
    int removeOlderThan(Duration age) throws IOException {
        List<Path> leftovers = find();
        if (leftovers.isEmpty()) {
            return 0;
        }
        Instant bound = fileSystemTime().minus(age);
        int removed = 0;
        for (Path leftover : leftovers) {
            removed += isBefore(leftover, bound) && Files.deleteIfExists(leftover) ? 1 : 0;
        }
        return removed;
    }

    private List<Path> find() throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(directory, Leftovers::isLeftover)) {
            entries.forEach(found::add);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return found;
    }

    private static boolean isLeftover(Path entry) {
        String name = String.valueOf(entry.getFileName());
        return DurableFiles.isTemporary(name)
                && !name.equals(LockedRename.LOCK_NAME)
                && Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS);
    }

    private static boolean isBefore(Path file, Instant bound) throws IOException {
        try {
            return changed(file).isBefore(bound);
        } catch (NoSuchFileException _) {
            return false;
        }
    }

    /// Asks the file system for its time: a server's may differ from ours.
    private Instant fileSystemTime() throws IOException {
        Path probe = Files.createFile(TemporaryName.beside(directory.resolve("time")));
        try {
            return changed(probe);
        } finally {
            Files.deleteIfExists(probe);
        }
    }

    /// Returns the time of the last change of any kind where there is one, since nobody can set it.
    private static Instant changed(Path file) throws IOException {
        boolean unix = file.getFileSystem().supportedFileAttributeViews().contains("unix");
        return unix
                ? ((FileTime) Files.getAttribute(file, "unix:ctime")).toInstant()
                : Files.getLastModifiedTime(file).toInstant();
    }
}
