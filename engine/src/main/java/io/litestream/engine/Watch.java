package io.litestream.engine;

import io.litestream.sqlite.FileStat;
import io.litestream.time.Clock;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/// When a database needs its next step: at a certain time, or once its files are not what they
/// were. The steps set it, and the sweep asks.
final class Watch {

    /// By how many bytes a WAL may grow while nothing else can be done about it.
    private static final long MUCH_GROWTH = 8L << 20;

    private static final long ALWAYS = Long.MIN_VALUE;
    private static final long NEVER = Long.MAX_VALUE;

    private final Path database;
    private final Clock clock;

    private volatile Path wal;
    private volatile @Nullable Look seen; // what the last step saw; null makes the next look a step
    private volatile long notBefore = ALWAYS; // a look does nothing; on the clock's steady count
    private volatile long stepAt = ALWAYS; // whatever a look finds; on that count

    Watch(Path database, Path wal, Clock clock) {
        this.database = database;
        this.wal = wal;
        this.clock = clock;
    }

    /// From now on the WAL is there.
    void walIsAt(Path path) {
        wal = path;
    }

    /// Returns what the files look like.
    Look look() throws IOException {
        return Look.at(database, wal, clock.instant());
    }

    /// Says whether a step is due. Does nothing but `stat`.
    boolean isStepDue() throws IOException {
        Look last = seen;
        if (last == null || isPast(stepAt)) {
            return true;
        }
        return isPast(notBefore)
                ? !last.again(database, wal, clock.instant()).sameFiles(last)
                : hasGrown(last);
    }

    private boolean hasGrown(Look last) throws IOException {
        long before = last.walBytes();
        return before > 0 && FileStat.of(wal).size() - before >= MUCH_GROWTH;
    }

    private boolean isPast(long at) {
        return at != NEVER && (at == ALWAYS || clock.nanoTime() - at >= 0);
    }

    /// Says whether the files are as the last step saw them.
    boolean isUnchanged() throws IOException {
        Look last = seen;
        return last != null && look().sameFiles(last);
    }

    /// Makes a step due at the next look.
    void forget() {
        seen = null;
    }

    /// Makes a step due once the files are not what they were here.
    void await(Look files) {
        seen = files;
        notBefore = ALWAYS;
        stepAt = NEVER;
    }

    /// Makes a step due after that long, or once the files are not what they were.
    void retryIn(Duration time) {
        notBefore = ALWAYS;
        stepAt = clock.nanoTime() + time.toNanos();
        if (seen == null) {
            seen = new Look(FileStat.ABSENT, FileStat.ABSENT, clock.instant());
        }
    }

    /// Makes a step due as the last one says.
    void follow(Replication.Next next) {
        seen = next.seen();
        notBefore = next.notBefore();
        stepAt = next.at();
    }
}
