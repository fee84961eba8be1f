package io.litestream.replica.state;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.attribute.PosixFilePermission.GROUP_EXECUTE;
import static java.nio.file.attribute.PosixFilePermission.GROUP_READ;
import static java.nio.file.attribute.PosixFilePermission.GROUP_WRITE;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_EXECUTE;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_READ;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_WRITE;

import io.litestream.storage.file.DurableFiles;
import io.litestream.storage.file.FileAccess;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// The directory of what is kept about one database, usually `.<file>-litestream/` beside it.
///
/// | Path        | Content                                                                   |
/// |-------------|---------------------------------------------------------------------------|
/// | `ltx/0/`    | LTX files of level 0, where the original has them, too                    |
/// | `backlog/`  | what is merged on its way to a destination; worth nothing after a restart |
/// | `picture`   | for a moment, the name of a copy of a database that has no WAL            |
/// | `table`     | a [PageHashTable]                                                         |
/// | `baseline`  | a [BaselineFile]                                                          |
/// | `restored`  | a [RestoredPosition], if a restore made the directory                     |
/// | `lock`      | empty; locked by the process that replicates the database                 |
/// | `owner`     | the id of the process that locked it last, in decimal                     |
///
/// All of it may be lost at any time: the next start makes it anew, at a price.
public final class StateDirectory {

    private static final int MAX_PID_CHARS = 20;
    private static final Set<PosixFilePermission> OF_GROUP =
            EnumSet.of(GROUP_READ, GROUP_WRITE, GROUP_EXECUTE);
    private static final Set<PosixFilePermission> OF_OTHERS =
            EnumSet.of(OTHERS_READ, OTHERS_WRITE, OTHERS_EXECUTE);

    private final Path path;

    /// @param path the directory, which need not exist
    public StateDirectory(Path path) {
        this.path = path.toAbsolutePath().normalize();
    }

    /// Returns where the state of a database is unless a person chose another place.
    ///
    /// @throws IllegalArgumentException if the path has no file name
    public static Path defaultPath(Path database) {
        Path name = database.getFileName();
        if (name == null || name.toString().isEmpty()) {
            throw new IllegalArgumentException(
                    "a database has a file name, but this is " + database);
        }
        return database.resolveSibling("." + name + "-litestream");
    }

    /// Returns the directory itself, as an absolute path.
    public Path path() {
        return path;
    }

    /// Returns the place of LTX files of level 0.
    public Path ltx0() {
        return path.resolve("ltx").resolve("0");
    }

    /// Returns the place of what is merged on its way to a destination.
    public Path backlog() {
        return path.resolve("backlog");
    }

    /// Returns the place of a copy, which has this name only while it is opened.
    public Path picture() {
        return path.resolve("picture");
    }

    /// Returns the place of the [PageHashTable].
    public Path table() {
        return path.resolve("table");
    }

    /// Returns the place of the [BaselineFile].
    public Path baseline() {
        return path.resolve("baseline");
    }

    /// Returns the place of the [RestoredPosition].
    public Path restored() {
        return path.resolve("restored");
    }

    /// Says whether the directory is there.
    public boolean exists() {
        return Files.isDirectory(path);
    }

    /// Creates what is missing of the directory and of `ltx/0` in it, durably. Who may use the
    /// directory above may use the new one, except that not everybody may write to it.
    public void create() throws IOException {
        Path above = path.getParent();
        if (above == null) {
            throw new IOException("the root cannot hold the state of a database");
        }
        DurableFiles.createDirectories(above);
        DurableFiles.createDirectories(ltx0(), like(above));
    }

    /// Closes the directory to whoever may not read the database, whose content is in it. One that
    /// belongs to somebody else stays as it is.
    public void closeLike(Path database) throws IOException {
        if (!path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return;
        }
        PosixFileAttributes own = Files.readAttributes(path, PosixFileAttributes.class);
        PosixFileAttributes model = Files.readAttributes(database, PosixFileAttributes.class);
        Set<PosixFilePermission> kept = EnumSet.copyOf(own.permissions());
        boolean everybody = model.permissions().contains(OTHERS_READ);
        if (!everybody) {
            kept.removeAll(OF_OTHERS);
        }
        boolean sameGroup =
                own.group().equals(model.group()) && model.permissions().contains(GROUP_READ);
        if (!sameGroup && !everybody) {
            kept.removeAll(OF_GROUP);
        }
        if (!kept.equals(own.permissions())) {
            try {
                Files.setPosixFilePermissions(path, kept);
            } catch (FileSystemException _) {
                // not ours: only its owner can do that
            }
        }
    }

    private static FileAccess like(Path directory) throws IOException {
        if (!directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return FileAccess.ofProcess();
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
        if (!permissions.contains(OTHERS_WRITE)) {
            return FileAccess.like(directory);
        }
        Set<PosixFilePermission> fewer = EnumSet.copyOf(permissions);
        fewer.remove(OTHERS_WRITE);
        return FileAccess.of(fewer);
    }

    /// Locks the directory, which must exist, for this process. Returns nothing if a replicator,
    /// here or in another process, has locked it. The lock goes when it is closed or the process
    /// ends, however it ends.
    public Optional<Lock> tryLock() throws IOException {
        return StateLock.acquire(path).map(Lock::new);
    }

    /// Returns the id of the process that locked the directory last, to be named when the lock is
    /// refused: it says nothing about whether that process still lives.
    public OptionalLong lockOwner() throws IOException {
        try (var in = Files.newInputStream(StateLock.owner(path))) {
            String text = new String(in.readNBytes(MAX_PID_CHARS), US_ASCII).strip();
            return OptionalLong.of(Long.parseLong(text));
        } catch (NoSuchFileException | NumberFormatException unknown) {
            return OptionalLong.empty();
        }
    }

    /// Removes the temporary files that a crash left. Call it under the lock.
    public void removeLeftovers() throws IOException {
        DurableFiles.removeLeftovers(path);
        if (Files.isDirectory(ltx0())) {
            DurableFiles.removeLeftovers(ltx0());
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }

    /// The right to use the directory, held until it is closed.
    public static final class Lock implements AutoCloseable {

        private final StateLock lock;

        private Lock(StateLock lock) {
            this.lock = lock;
        }

        /// Releases the lock. Again, it does nothing.
        @Override
        public void close() throws IOException {
            lock.close();
        }
    }
}
