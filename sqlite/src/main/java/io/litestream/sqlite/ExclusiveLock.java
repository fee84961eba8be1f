package io.litestream.sqlite;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.util.Optional;

/// SQLite's EXCLUSIVE lock on a database file: while it is held, no other process can read or write
/// the database, and none that has it open in WAL mode was connected when it was taken.
///
/// It covers the pending byte (0x40000000), the reserved byte after it, and the 510 shared bytes
/// after that. It belongs to the process, like all POSIX locks: SQLite in this process does not
/// notice it, and takes it apart. So no connection to the file may be open here meanwhile, and the
/// channel stays open for as long as this process uses the file; [DatabaseFile] sees to both.
public final class ExclusiveLock implements AutoCloseable {

    private static final long PENDING_BYTE = 0x4000_0000;
    private static final long BYTES = 512;

    private final FileLock lock;

    private ExclusiveLock(FileLock lock) {
        this.lock = lock;
    }

    /// Takes the lock if nobody holds one, without waiting.
    ///
    /// @param channel on the database file, open for writing
    /// @return empty if somebody, in this process or another, has a lock in the way
    public static Optional<ExclusiveLock> tryAcquire(FileChannel channel) throws IOException {
        try {
            return Optional.ofNullable(channel.tryLock(PENDING_BYTE, BYTES, false))
                    .map(ExclusiveLock::new);
        } catch (OverlappingFileLockException _) {
            return Optional.empty();
        }
    }

    /// Whether it has not been given back.
    public boolean isHeld() {
        return lock.isValid();
    }

    /// Gives the lock back. The channel stays open.
    @Override
    public void close() throws IOException {
        lock.release();
    }
}
