package io.litestream.engine;

import io.litestream.sqlite.FileStat;
import io.litestream.sqlite.KernelLocks;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Notices that something other than SQLite wrote to the database file: it changed, and no frame
/// went into it.
///
/// A checkpoint writes first and counts afterwards, and holds a lock from before to after that. So
/// a change is foreign if nobody holds the lock once it was seen, and nothing was counted since.
/// Where the locks of others cannot be seen, a second must have passed after it. Confined to the
/// worker that drives the database.
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
        /// By frames that went into it.
        EXPLAINED,
        /// Somebody makes a checkpoint, or may do so.
        IN_FLIGHT,
        /// Not yet: whoever looks again learns more. Until then nothing must be captured.
        SUSPECTED,
        /// Not at all: the database must be compared.
        UNEXPLAINED
    }

    /// Looks at the file, and judges it.
    ///
    /// @param tail as it was just now: a look from before it would miss what a checkpoint wrote
    /// @param now the clock's steady count
    Finding check(WalTail tail, long now) throws IOException {
        FileStat file = look();
        if (explains(file, tail)) {
            return Finding.EXPLAINED;
        }
        boolean again = file.equals(suspected);
        boolean visible = KernelLocks.seesAllProcesses();
        if (suspected == null || !(again || visible)) {
            suspectedSince = now;
        }
        suspected = file;
        boolean patient = now - suspectedSince < PATIENCE_NANOS;
        if ((patient && !visible) || isCheckpointing()) {
            return Finding.IN_FLIGHT;
        }
        if (patient && !again) {
            return Finding.SUSPECTED;
        }
        Optional<WalTail> after = database.tail();
        if (after.isEmpty()) {
            return Finding.SUSPECTED;
        }
        if (explains(file, after.get())) {
            return Finding.EXPLAINED;
        }
        accept(file, after.get());
        return Finding.UNEXPLAINED;
    }

    /// Notes what a checkpoint has written.
    ///
    /// @param tail asked for after it
    void checkpointed(WalTail tail) throws IOException {
        explains(look(), tail);
    }

    /// Returns a look that is fit for a baseline: of the database file it has what was last
    /// explained. So a change that is not explained yet, or another file under the name, is
    /// compared by whoever starts from that baseline. Empty if the change is foreign, as far as can
    /// be seen: then nothing must be captured before it was judged.
    ///
    /// @param tail asked for after the look was taken
    Optional<Look> explained(Look look, WalTail tail) throws IOException {
        FileStat file = look();
        if (explains(file, tail)) {
            return Optional.of(look);
        }
        boolean foreign =
                file.sameFile(known)
                        && KernelLocks.seesAllProcesses()
                        && !isCheckpointing()
                        && database.tail().filter(after -> !explains(file, after)).isPresent();
        return foreign ? Optional.empty() : Optional.of(new Look(known, look.wal(), look.taken()));
    }

    private FileStat look() throws IOException {
        return FileStat.of(database.file().path());
    }

    private boolean explains(FileStat file, WalTail tail) {
        boolean explained =
                file.equals(known) || (file.sameFile(known) && hasProgressed(knownTail, tail));
        if (explained) {
            accept(file, tail);
        }
        return explained;
    }

    /// Says whether frames may have gone into the database file.
    ///
    /// If all were there, the pin is on the file itself, and lets no checkpoint write until it is
    /// moved, for which the new frames are captured first: that another WAL has begun explains
    /// nothing.
    private static boolean hasProgressed(WalTail from, WalTail to) {
        boolean sameWal = to.header().equals(from.header());
        if (from.isBackfilled()) {
            return to.backfilledFrames() > (sameWal ? from.backfilledFrames() : 0);
        }
        return !sameWal || to.backfilledFrames() != from.backfilledFrames();
    }

    private void accept(FileStat file, WalTail tail) {
        known = file;
        knownTail = tail;
        suspected = null;
    }

    private boolean isCheckpointing() {
        try {
            return KernelLocks.read().on(database.openedShm()).stream()
                    .anyMatch(lock -> lock.covers(CHECKPOINT_LOCK_BYTE, CHECKPOINT_LOCK_BYTE));
        } catch (IOException _) {
            return false; // no table of locks: a comparison too many does no harm
        }
    }
}
