package io.litestream.engine;

import io.litestream.sqlite.DatabaseFile;
import io.litestream.sqlite.ExclusiveLock;
import io.litestream.sqlite.FileStat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// What is done when the database file was replaced by another one, as by a rename.
///
/// The old file's WAL is still beside the new file, and would destroy it when it is opened. So it
/// is removed, but only while this process holds SQLite's own exclusive lock on the new file, and
/// only if it is the WAL that was known.
final class Replacement {

    private Replacement() {}

    /// Removes the old file's WAL from beside the new file, if nobody uses the new one yet. The old
    /// connections must still be open, and be closed afterwards without folding the WAL.
    ///
    /// @return what happened, in words for people
    static String prepare(Path path, OpenDatabase old) throws IOException {
        Path wal = old.file().wal();
        try (DatabaseFile fresh = DatabaseFile.open(path)) {
            Optional<ExclusiveLock> lock = fresh.tryLock();
            if (lock.isEmpty()) {
                return "the file was replaced, and the new one is in use already: its -wal is left"
                        + " as it is; if the new file shows old content, stop the application"
                        + " and put it in place again";
            }
            try (ExclusiveLock _ = lock.get()) {
                boolean same = FileStat.of(path).sameFile(fresh.openedAs());
                if (same
                        && FileStat.of(wal).exists()
                        && FileStat.of(wal).sameFile(old.openedWal())) {
                    Files.deleteIfExists(wal);
                    if (FileStat.of(old.file().shm()).sameFile(old.openedShm())) {
                        Files.deleteIfExists(old.file().shm());
                    }
                    return "the file was replaced; the old file's -wal was removed from beside it";
                }
                return "the file was replaced";
            }
        }
    }
}
