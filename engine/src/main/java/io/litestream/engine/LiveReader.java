package io.litestream.engine;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.PageHash;
import io.litestream.ltx.TxidRange;
import io.litestream.replica.LiveState;
import io.litestream.replica.state.Baseline;
import io.litestream.replica.state.BaselineFile;
import io.litestream.replica.state.Position;
import io.litestream.replica.state.StateDirectory;
import io.litestream.sqlite.DatabaseFile;
import io.litestream.sqlite.FileStat;
import io.litestream.sqlite.JournalFormat;
import io.litestream.time.Clock;
import io.litestream.time.Interrupts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Finds out which transaction of its line a live database is at, and the checksum that its pages
/// have there, while another process may replicate it.
///
/// Every page is read under a read transaction. Then the line is followed in the local state until
/// it has come as far in the WAL; what it has read beyond is added to the checksum, frame by frame.
/// So a database that is written all the time can be compared, too.
///
/// No file is changed. Not for a database that an [Engine] of this process replicates.
public final class LiveReader {

    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration BEFORE_SECOND_LOOK = Duration.ofSeconds(2);

    private final Path database;
    private final StateDirectory state;
    private final Clock clock;
    private final Duration patience;

    /// @param state the database's local state
    /// @param patience how long the line may take to come as far as the database
    public LiveReader(Path database, StateDirectory state, Clock clock, Duration patience) {
        this.database = database;
        this.state = state;
        this.clock = clock;
        this.patience = patience;
    }

    /// Reads the database. Blocks until it was read and the line has come as far.
    public LiveState read() {
        try {
            if (!Files.exists(database) || Files.size(database) == 0) {
                return new LiveState.Absent("there is no database at " + database);
            }
            if (!state.exists()) {
                return new LiveState.Unknown("there is no local state of it in " + state);
            }
            Found found = readOnce();
            if (found.differs()) {
                // Who replicates may be about to find out that the file was changed, and to
                // publish that.
                clock.sleep(BEFORE_SECOND_LOOK);
                found = readOnce();
            }
            return found.state;
        } catch (IOException e) {
            return new LiveState.Unknown(e.getMessage() == null ? e.toString() : e.getMessage());
        } catch (InterruptedException e) {
            Interrupts.keep();
            return new LiveState.Unknown("the reading was interrupted");
        }
    }

    /// @param line the checksum that the line has where the database is, if that is known
    record Found(LiveState state, Optional<Checksum> line) {

        static Found unknown(String why) {
            return new Found(new LiveState.Unknown(why), Optional.empty());
        }

        boolean differs() {
            return state instanceof LiveState.At(var _, Checksum live)
                    && line.filter(live::equals).isEmpty();
        }
    }

    /// How far the line of the database has come.
    @FunctionalInterface
    interface Line {
        /// Returns the newest baseline whose file is published.
        Optional<Baseline> newestBaseline() throws IOException;
    }

    private Found readOnce() throws IOException, InterruptedException {
        try (DatabaseFile file = DatabaseFile.open(database)) {
            if (file.header().journalFormat() == JournalFormat.ROLLBACK) {
                return new KeptReader(file, this::newestBaseline, clock, patience).read();
            }
        }
        return readOnceWithWal();
    }

    private Found readOnceWithWal() throws IOException, InterruptedException {
        FileStat before = FileStat.of(database);
        try (PinnedFile pinned = PinnedFile.open(database)) {
            Optional<WalTail> tail = pinned.tail();
            if (tail.isEmpty()) {
                return Found.unknown("its WAL restarts all the time");
            }
            PinnedView view = PinnedView.take(pinned, tail.get());
            return await(pinned, view, checksum(view), before);
        } catch (ContinuityLost e) {
            return Found.unknown(e.reason());
        }
    }

    private static Checksum checksum(PinnedView view) throws IOException {
        long[] sum = {0};
        view.forEach((page, buffer, offset) ->
                sum[0] ^= PageHash.of(page, buffer, offset, view.pageSize()));
        return new Checksum(sum[0]);
    }

    /// Waits until the line has come as far as the view.
    private Found await(PinnedFile pinned, PinnedView view, Checksum live, FileStat before)
            throws IOException, InterruptedException, ContinuityLost {
        long deadline = clock.nanoTime() + patience.toNanos();
        while (true) {
            Optional<Baseline> newest = newestBaseline();
            if (newest.isPresent()) {
                Position line = newest.get().position();
                if (line.checksum().equals(live)) {
                    return new Found(
                            new LiveState.At(line.txid(), live), Optional.of(line.checksum()));
                }
                Optional<Checksum> there =
                        new CatchUp(pinned, view, live).to(line, isUntouched(newest.get(), before));
                if (there.isPresent()) {
                    return new Found(
                            new LiveState.At(line.txid(), there.get()),
                            Optional.of(line.checksum()));
                }
            }
            if (clock.nanoTime() - deadline > 0) {
                return Found.unknown(
                        newest.isPresent()
                                ? "its line ends at txid %s, before what it holds; is it being replicated?"
                                        .formatted(newest.get().position().txid())
                                : "its local state does not say how far its line has come");
            }
            clock.sleep(POLL);
        }
    }

    /// Says whether the database file is still as it was when the line was known to be right.
    private boolean isUntouched(Baseline baseline, FileStat before) throws IOException {
        return baseline.backfilled()
                && baseline.database().equals(before)
                && FileStat.of(database).equals(before)
                && !Look.isYoung(baseline.database(), baseline.taken());
    }

    private Optional<Baseline> newestBaseline() throws IOException {
        for (Baseline baseline : BaselineFile.peek(state.baseline())) {
            TxidRange range = TxidRange.of(baseline.position().txid());
            if (Files.exists(state.ltx0().resolve(range.fileName()))) {
                return Optional.of(baseline);
            }
        }
        return Optional.empty();
    }
}
