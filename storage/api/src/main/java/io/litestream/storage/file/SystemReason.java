package io.litestream.storage.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/// What people are told of a failure of the file system. Many of Java's own messages are the path
/// alone.
public final class SystemReason {

    private SystemReason() {}

    /// Returns why it failed, without the path.
    public static String of(IOException failure) {
        if (failure instanceof FileSystemException system) {
            return system.getReason() == null ? byType(system) : system.getReason();
        }
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }

    /// Returns why it failed, and at which path if the failure knows it.
    public static String withPath(IOException failure) {
        return failure instanceof FileSystemException system && system.getFile() != null
                ? system.getFile() + ": " + of(system)
                : of(failure);
    }

    /// Returns the same failure as one that knows its path. A channel's failures, such as a full
    /// disk, do not; those that tell of more than that stay as they are.
    public static IOException at(Path path, IOException failure) {
        if (!failure.getClass().equals(IOException.class)) {
            return failure;
        }
        IOException located = new FileSystemException(path.toString(), null, of(failure));
        located.initCause(failure);
        return located;
    }

    private static String byType(FileSystemException failure) {
        return switch (failure) {
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException _ -> "no such file or directory";
            case FileAlreadyExistsException _ -> "it exists already";
            case DirectoryNotEmptyException _ -> "the directory is not empty";
            case NotDirectoryException _ -> "not a directory";
            default -> failure.getClass().getSimpleName();
        };
    }
}
