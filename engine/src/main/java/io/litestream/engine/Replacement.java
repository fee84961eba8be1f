package io.litestream.engine;

import io.litestream.sqlite.DatabaseFile;
import io.litestream.sqlite.ExclusiveLock;
import io.litestream.sqlite.FileStat;
import io.litestream.sqlite.WalFile;
import io.litestream.sqlite.WalPosition;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// What became of the WAL when the database file was replaced by another one, as by a rename.
///
/// The old file's WAL is still beside the new file, and would destroy it when both are opened
/// together. So it is removed, but only while this process holds SQLite's own exclusive lock on the
/// new file, and only if it has frames that were captured from the old one. The same inode proves
/// nothing: an empty WAL is used by whoever comes next.
enum Replacement {
    /// It was removed, with its index.
    REMOVED("the file was replaced; the old file's -wal was removed from beside it"),
    /// There is none, or it is not the old file's.
    NOT_THERE("the file was replaced"),
    /// It is the same file, but what is in it is not what was captured: it may be the new file's by
    /// now. Nothing was touched.
    NOT_KNOWN(
            "the file was replaced, and it cannot be told whether the -wal beside it belongs to the"
                    + " old file or to the new one: it is left as it is; if the new file shows old"
                    + " content, stop the application and put it in place again, without a -wal"),
    /// Somebody uses the new file already, with the WAL as his own by now: nothing was touched.
    IN_USE(
            "the file was replaced, and the new one is in use already: its -wal is left as it is;"
                    + " if the new file shows old content, stop the application and put it in place"
                    + " again");

    private final String text;

    Replacement(String text) {
        this.text = text;
    }

    /// Says it in words for people.
    String text() {
        return text;
    }

    /// Whether what is in the WAL may not belong to the file.
    boolean leavesDoubt() {
        return this == IN_USE || this == NOT_KNOWN;
    }

    /// Removes the old file's WAL from beside the new file, if nobody uses the new one yet.
    /// Connections to the old one may be open; they are to be closed without folding the WAL.
    ///
    /// @param fresh the new file, without connections
    /// @param oldWal the WAL that was known of the old file
    /// @param captured how far it was captured; empty if there was nothing in it
    static Replacement of(DatabaseFile fresh, FileStat oldWal, Optional<WalPosition> captured)
            throws IOException {
        Optional<ExclusiveLock> lock = fresh.tryLock();
        if (lock.isEmpty()) {
            return IN_USE;
        }
        try (ExclusiveLock _ = lock.get()) {
            Path wal = fresh.wal();
            boolean same = FileStat.of(fresh.path()).sameFile(fresh.openedAs());
            FileStat now = FileStat.of(wal);
            if (!same || !now.sameFile(oldWal) || now.size() == 0) {
                return NOT_THERE;
            }
            if (captured.isEmpty() || !hasFrames(wal, captured.get())) {
                return NOT_KNOWN;
            }
            Files.deleteIfExists(wal);
            Files.deleteIfExists(fresh.shm());
            return REMOVED;
        }
    }

    private static boolean hasFrames(Path wal, WalPosition captured) throws IOException {
        Optional<WalFile> open = WalFile.open(wal);
        if (open.isEmpty()) {
            return false;
        }
        try (WalFile file = open.get()) {
            return file.has(captured);
        }
    }
}
