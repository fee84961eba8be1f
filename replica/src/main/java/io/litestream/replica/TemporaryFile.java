package io.litestream.replica;

import io.litestream.sqlite.FileStat;
import io.litestream.storage.file.FileAccess;
import io.litestream.storage.file.SystemReason;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/// The file that a database is put together in. It is locked, so that two restores to one path do
/// not write the same file.
final class TemporaryFile implements AutoCloseable {

    private final Path path;
    private final FileChannel channel;

    private boolean ours = true;

    /// Null where the file system has no locks.
    private @Nullable FileLock lock;

    private TemporaryFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /// Opens the file, with what an earlier restore may have left in it, or creates it.
    ///
    /// @param access who may use it
    static TemporaryFile open(Path path, FileAccess access) throws RestoreException.Failed {
        try {
            TemporaryFile file =
                    new TemporaryFile(
                            path,
                            FileChannel.open(
                                    path,
                                    Set.of(
                                            StandardOpenOption.CREATE,
                                            StandardOpenOption.READ,
                                            StandardOpenOption.WRITE),
                                    access.atCreation(path)));
            try {
                file.takeLock();
                access.applyTo(path);
                return file;
            } catch (IOException e) {
                file.channel.close();
                throw e;
            }
        } catch (RestoreException.Failed e) {
            throw e;
        } catch (IOException e) {
            throw new RestoreException.Failed(
                    "cannot write %s: %s".formatted(path, SystemReason.of(e)), e);
        }
    }

    private void takeLock() throws RestoreException.Failed {
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException heldHere) {
            throw taken();
        } catch (IOException noLocks) {
            return;
        }
        if (lock == null) {
            throw taken();
        }
    }

    private RestoreException.Failed taken() {
        ours = false;
        return new RestoreException.Failed(
                "another restore is writing %s: wait for it, or restore to another path"
                        .formatted(path),
                null);
    }

    Path path() {
        return path;
    }

    FileChannel channel() {
        return channel;
    }

    /// Says whether no other restore has taken the file.
    boolean isOurs() {
        return ours;
    }

    /// Lets SQLite check the file. When SQLite closes it, our lock goes as well; if another restore
    /// came in between, that shows in the file's times.
    void check(IntegrityCheck check) throws RestoreException {
        try {
            FileStat before = FileStat.of(path);
            DatabaseCheck.run(path, check);
            if (lock != null) {
                lock.release();
                takeLock();
            }
            if (!FileStat.of(path).equals(before)) {
                throw taken();
            }
        } catch (RestoreException e) {
            throw e;
        } catch (IOException e) {
            throw new RestoreException.Failed(
                    "cannot look at %s: %s".formatted(path, SystemReason.of(e)), e);
        }
    }

    @Override
    public void close() throws RestoreException.Failed {
        try {
            channel.close();
        } catch (IOException e) {
            throw new RestoreException.Failed(
                    "cannot close %s: %s".formatted(path, SystemReason.of(e)), e);
        }
    }
}
