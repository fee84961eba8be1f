package io.litestream.storage.file;

import io.litestream.storage.StorageException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Classes failures of the file system by what can be done about them.
///
/// Java names few causes by type. The others could only be told by the system's text, which depends
/// on its language; so the file system is looked at instead, after the failure. What remains (a
/// full disk, a failing one, a server that does not answer) is worth another attempt.
final class FileFailure {

    private static final int NAME_BYTES = 255;

    private FileFailure() {}

    /// Returns the failure to `attempt` at `path`, both named in the message.
    static StorageException of(String attempt, Path path, IOException cause) {
        if (cause instanceof StorageException classed) {
            return classed;
        }
        if (cause instanceof AccessDeniedException) {
            return new StorageException.Rejected(
                    "cannot %s %s: access denied; give the user of this process the right to it"
                            .formatted(attempt, path),
                    cause);
        }
        return lookedAt(attempt, path, cause);
    }

    /// Returns the file that stands where `path` needs a directory, or `path` itself if none does.
    static Path blockingFile(Path path) {
        Path existing = existing(path);
        return existing.equals(path) || Files.isDirectory(existing) ? path : existing;
    }

    private static StorageException lookedAt(String attempt, Path path, IOException cause) {
        Path blocking = blockingFile(path);
        if (!blocking.equals(path)) {
            return new StorageException.Rejected(
                    "cannot %s %s: %s is a file, not a directory; choose another path or move it away"
                            .formatted(attempt, path, blocking),
                    cause);
        }
        if (isReadOnly(path)) {
            return new StorageException.Rejected(
                    "cannot %s %s: the file system is read-only; mount it for writing"
                            .formatted(attempt, path),
                    cause);
        }
        if (hasLongName(path)) {
            return new StorageException.Rejected(
                    "cannot %s %s: a name has more than %d bytes"
                            .formatted(attempt, path, NAME_BYTES),
                    cause);
        }
        return new StorageException.Unavailable(
                "cannot %s %s: %s".formatted(attempt, path, SystemReason.of(cause)), cause);
    }

    private static boolean isReadOnly(Path path) {
        try {
            return Files.getFileStore(existing(path)).isReadOnly();
        } catch (IOException _) {
            return false;
        }
    }

    private static boolean hasLongName(Path path) {
        for (Path part : path) {
            if (part.toString().getBytes(StandardCharsets.UTF_8).length > NAME_BYTES) {
                return true;
            }
        }
        return false;
    }

    /// Returns the path, or the nearest above it that exists.
    private static Path existing(Path path) {
        Path existing = path;
        while (existing.getParent() != null && Files.notExists(existing)) {
            existing = existing.getParent();
        }
        return existing;
    }
}
