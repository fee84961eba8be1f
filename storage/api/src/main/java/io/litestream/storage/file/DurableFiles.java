package io.litestream.storage.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/// Publishes files: the one way in which this program makes a file that must survive a crash.
///
/// A file is written under a temporary name beside its own, forced to the disk, given its name, and
/// the directory is forced. So a name stands for a whole file or for none, at every moment and
/// after a crash or a power failure, and once a call has returned, what it did stays done.
///
/// How a file gets its name decides what happens to one that has it already: [#replace] renames,
/// which replaces; [#create] links, which fails. Where there are no hard links, writers that use
/// this class take turns by a lock instead.
///
/// A crash can leave temporary files, which end in `.tmp`; [#removeLeftovers(Path)] removes them.
/// Windows has no way to force a directory; there the directory's own journal has to do.
public final class DurableFiles {

    private DurableFiles() {}

    /// Publishes a file, in place of the one that may have the name, and returns its size.
    public static long replace(Path target, FileContent content) throws IOException {
        try (Publication publication = open(target)) {
            content.writeTo(publication.out());
            publication.commitReplace();
            return publication.size();
        }
    }

    /// Publishes a file, unless something has the name.
    public static PublishOutcome create(Path target, FileContent content) throws IOException {
        try (Publication publication = open(target)) {
            content.writeTo(publication.out());
            return publication.commitCreate();
        }
    }

    /// Begins a file with the access that the process gives. The directory must exist.
    public static Publication open(Path target) throws IOException {
        return open(target, FileAccess.ofProcess());
    }

    /// Begins a file. The directory must exist.
    public static Publication open(Path target, FileAccess access) throws IOException {
        return Publication.open(target, access, Files::createLink);
    }

    /// Creates a directory and what is missing above it, with the access that the process gives.
    public static void createDirectories(Path directory) throws IOException {
        createDirectories(directory, FileAccess.ofProcess());
    }

    /// Creates a directory and what is missing above it. What exists keeps its access.
    ///
    /// @throws FileAlreadyExistsException if one of them exists and is not a directory
    public static void createDirectories(Path directory, FileAccess access) throws IOException {
        Path absolute = directory.toAbsolutePath();
        if (Files.isDirectory(absolute)) {
            return;
        }
        Path parent = parentOf(absolute);
        createDirectories(parent, access);
        try {
            Files.createDirectory(absolute, access.atCreation(absolute));
            access.applyTo(absolute);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(absolute)) {
                throw e;
            }
        }
        forceDirectory(parent);
    }

    /// Makes durable which names a directory holds.
    public static void forceDirectory(Path directory) throws IOException {
        if (isPosix(directory)) {
            force(directory, StandardOpenOption.READ);
        }
    }

    /// Makes durable what a file holds, whoever wrote it.
    public static void forceFile(Path file) throws IOException {
        force(file, isPosix(file) ? StandardOpenOption.READ : StandardOpenOption.WRITE);
    }

    /// Deletes a file or an empty directory for good, and tells whether there was one.
    public static boolean deleteIfExists(Path path) throws IOException {
        boolean deleted = Files.deleteIfExists(path);
        if (deleted) {
            forceDirectory(parentOf(path.toAbsolutePath()));
        }
        return deleted;
    }

    /// Tells whether a name is one of the temporary ones, which are in no listing.
    public static boolean isTemporary(String name) {
        return name.endsWith(TemporaryName.SUFFIX);
    }

    /// Removes the temporary files that crashes left in a directory, and returns their number. For
    /// a directory with one writer, before that writer begins.
    public static int removeLeftovers(Path directory) throws IOException {
        return new Leftovers(directory).remove();
    }

    /// Removes the temporary files of a directory that nobody has touched for that long, by the
    /// time of the file system, and returns their number. For a directory with several writers. One
    /// whose file is removed all the same publishes nothing, and fails.
    public static int removeLeftovers(Path directory, Duration untouchedFor) throws IOException {
        return new Leftovers(directory).removeOlderThan(untouchedFor);
    }

    static Path parentOf(Path absolute) {
        Path parent = absolute.getParent();
        if (parent == null) {
            throw new IllegalArgumentException("nothing can be made at " + absolute);
        }
        return parent;
    }

    private static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static void force(Path path, StandardOpenOption option) throws IOException {
        try (FileChannel channel = FileChannel.open(path, option)) {
            channel.force(true);
        }
    }
}
