package io.litestream.engine;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.PageHash;
import io.litestream.replica.LiveState;
import io.litestream.replica.state.Baseline;
import io.litestream.sqlite.DatabaseFile;
import io.litestream.sqlite.FileStat;
import io.litestream.sqlite.SqliteConnection;
import io.litestream.time.Clock;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// Finds out which transaction of its line a database in a rollback journal mode is at: the one
/// that was published when the file looked as it does now.
final class KeptReader {

    private static final Duration POLL = Duration.ofMillis(20);

    private final DatabaseFile file;
    private final LiveReader.Line line;
    private final Clock clock;
    private final Duration patience;

    /// @param patience how long the line may take to come as far as the database
    KeptReader(DatabaseFile file, LiveReader.Line line, Clock clock, Duration patience) {
        this.file = file;
        this.line = line;
        this.clock = clock;
        this.patience = patience;
    }

    /// Reads the database. Blocks until it was read and the line has come as far.
    LiveReader.Found read() throws IOException, InterruptedException {
        long deadline = clock.nanoTime() + patience.toNanos();
        try (SqliteConnection reader = file.connectReadOnly()) {
            SharedPass pass = new SharedPass(file, reader, clock);
            do {
                Optional<LiveReader.Found> found = readOnce(pass, deadline);
                if (found.isPresent()) {
                    return found.get();
                }
            } while (clock.nanoTime() - deadline <= 0);
        }
        return LiveReader.Found.unknown(
                "its line does not come as far as what it holds; is it being replicated?");
    }

    /// Reads it once, and waits until the line is there. Empty if the file changes before that, or
    /// the time is up.
    private Optional<LiveReader.Found> readOnce(SharedPass pass, long deadline)
            throws IOException, InterruptedException {
        long[] sum = {0};
        Stamp stamp = pass.read((_, pageSize, _) -> summing(sum, pageSize), patience);
        Checksum live = new Checksum(sum[0]);
        do {
            Optional<Baseline> newest = line.newestBaseline();
            if (newest.isPresent() && isAt(newest.get(), stamp.file(), live)) {
                Checksum published = newest.get().position().checksum();
                return Optional.of(
                        new LiveReader.Found(
                                new LiveState.At(newest.get().position().txid(), live),
                                Optional.of(published)));
            }
            clock.sleep(POLL);
        } while (FileStat.of(file.path()).equals(stamp.file()) && clock.nanoTime() - deadline <= 0);
        return Optional.empty();
    }

    private static PageView.PageSink summing(long[] sum, int pageSize) {
        sum[0] = 0;
        return (page, buffer, offset) -> sum[0] ^= PageHash.of(page, buffer, offset, pageSize);
    }

    private static boolean isAt(Baseline baseline, FileStat file, Checksum live) {
        boolean looked =
                baseline.database().equals(file)
                        && !Look.isYoung(baseline.database(), baseline.taken());
        return looked || baseline.position().checksum().equals(live);
    }
}
