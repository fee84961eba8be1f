package io.litestream.storage.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/// Gives a file a new name if that is free, on a file system without hard links.
///
/// A rename replaces what it finds, so writers take turns: whoever looks whether the name is free,
/// and renames, holds the lock of one file of the directory. The system gives the lock back when
/// its holder dies. The lock file stays: to delete it would let a waiter lock what nobody else can
/// find.
final class LockedRename {

    static final String LOCK_NAME = ".litestream-create.lock" + TemporaryName.SUFFIX;

    /// Of the threads of this process, one at a time: the system's lock is the process's.
    private static final Object TURN = new Object();

    private LockedRename() {}

    static PublishOutcome move(Path from, Path to) throws IOException {
        synchronized (TURN) {
            try (FileChannel channel =
                            FileChannel.open(
                                    to.resolveSibling(LOCK_NAME),
                                    StandardOpenOption.CREATE,
                                    StandardOpenOption.WRITE);
                    FileLock _ = channel.lock()) {
                if (exists(to)) {
                    return PublishOutcome.EXISTS;
                }
                Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
                return PublishOutcome.CREATED;
            }
        }
    }

    /// Unlike [Files#exists], does not take a failure for an absence.
    private static boolean exists(Path path) throws IOException {
        try {
            Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return true;
        } catch (NoSuchFileException _) {
            return false;
        }
    }
}
