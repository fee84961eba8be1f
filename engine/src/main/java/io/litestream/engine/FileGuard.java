package io.litestream.engine;

import io.litestream.sqlite.FileStat;
import io.litestream.sqlite.KernelLocks;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/// Notices that something other than SQLite wrote to the database file: it changed, and no frame
/// went into it.
///
/// A checkpoint writes first and counts afterwards; so a change is only suspected until a second
/// has passed with nobody checkpointing. Confined to the worker that drives the database.
final class FileGuard {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long CHECKPOINT_LOCK_BYTE = 121;

    private final OpenDatabase database;
    private FileStat known;
    private WalTail knownTail;
    private @Nullable FileStat suspected;
    private long suspectedSince;

    FileGuard(OpenDatabase database, FileStat known, WalTail tail) {
        this.database = database;
        this.known = known;
        this.knownTail = tail;
    }

    /// How the last change of the database file is explained.
    enum Finding {
        EXPLAINED,
        SUSPECTED,
        UNEXPLAINED
    }

    /// Looks at the file, and judges it.
    ///
    /// @param tail as it was just now: a look from before it would miss what a checkpoint wrote
    /// @param now the clock's steady count
    Finding check(WalTail tail, long now) throws IOException {
        FileStat file = FileStat.of(database.file().path());
        if (explains(file, tail)) {
            return Finding.EXPLAINED;
        }
        if (!file.equals(suspected)) {
            suspected = file;
            suspectedSince = now;
            return Finding.SUSPECTED;
        }
        if (now - suspectedSince < PATIENCE_NANOS || isCheckpointing()) {
            return Finding.SUSPECTED;
        }
        accept(file, tail);
        return Finding.UNEXPLAINED;
    }

    /// Returns a look that is fit for a baseline: of the database file it has what was last
    /// explained. So a change that is only suspected, or another file under the name, is compared
    /// by whoever starts from that baseline.
    ///
    /// @param tail asked for after the look was taken
    Look explained(Look look, WalTail tail) throws IOException {
        return explains(FileStat.of(database.file().path()), tail)
                ? look
                : new Look(known, look.wal(), look.taken());
    }

    private boolean explains(FileStat file, WalTail tail) {
        boolean progress =
                !tail.header().equals(knownTail.header())
                        || tail.backfilledFrames() != knownTail.backfilledFrames();
        boolean explained = file.equals(known) || (progress && file.sameFile(known));
        if (explained) {
            accept(file, tail);
        }
        return explained;
    }

    private void accept(FileStat file, WalTail tail) {
        known = file;
        knownTail = tail;
        suspected = null;
    }

    private boolean isCheckpointing() throws IOException {
        return KernelLocks.read().on(database.openedShm()).stream()
                .anyMatch(lock -> lock.covers(CHECKPOINT_LOCK_BYTE, CHECKPOINT_LOCK_BYTE));
    }
}
