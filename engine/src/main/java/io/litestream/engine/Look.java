package io.litestream.engine;

import io.litestream.replica.state.Baseline;
import io.litestream.replica.state.Position;
import io.litestream.sqlite.DatabaseFile;
import io.litestream.sqlite.FileStat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/// What the files of a database looked like at one moment.
record Look(FileStat database, FileStat wal, Instant taken) {

    /// Two changes of a file within this time may leave the same time stamp.
    static final Duration CLOCK_GRAIN = Duration.ofMillis(20);

    static Look at(Path database, Path wal, Instant now) throws IOException {
        return new Look(FileStat.of(database), FileStat.of(wal), now);
    }

    /// Looks again at files, which probably look the same: where there was no WAL, it costs less to
    /// ask whether there is one.
    Look again(Path databasePath, Path walPath, Instant now) throws IOException {
        boolean isAbsent = !wal.exists() && !Files.exists(walPath);
        return new Look(
                FileStat.of(databasePath), isAbsent ? FileStat.ABSENT : FileStat.of(walPath), now);
    }

    /// Looks at the files of an open database.
    static Look at(DatabaseFile file, Instant now) throws IOException {
        return at(file.path(), file.wal(), now);
    }

    Baseline baseline(Position position, boolean backfilled) {
        return new Baseline(position, database, wal, taken, backfilled);
    }

    /// Says whether the files look the same; an absent WAL equals an empty one.
    boolean sameFiles(Look other) {
        boolean bothEmpty = walBytes() == 0 && other.walBytes() == 0;
        return database.equals(other.database) && (bothEmpty || wal.equals(other.wal));
    }

    /// Returns the size of the WAL; an absent one is empty.
    long walBytes() {
        return Math.max(0, wal.size());
    }

    /// Says whether a file may have changed after it was looked at without showing it.
    boolean isYoung() {
        return isYoung(database, taken) || isYoung(wal, taken);
    }

    static boolean isYoung(FileStat stat, Instant taken) {
        if (!stat.exists()) {
            return false;
        }
        long ageNanos =
                taken.getEpochSecond() * 1_000_000_000L + taken.getNano() - stat.modifiedNanos();
        return ageNanos < CLOCK_GRAIN.toNanos();
    }
}
