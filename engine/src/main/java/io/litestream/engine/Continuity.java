package io.litestream.engine;

import io.litestream.replica.state.Baseline;
import io.litestream.replica.state.Position;
import io.litestream.sqlite.FileStat;
import io.litestream.sqlite.WalPosition;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Proves, at a start, that every commit since the newest file of the line is still in the WAL; or
/// says why not.
///
/// The proof is that the database file is as it was when that was last known: then nothing was
/// checkpointed since, so every frame since is in the WAL: the one that was known, or, if all of
/// that one was in the database file already, the next one from its first frame.
final class Continuity {

    private Continuity() {}

    /// Returns where in the WAL to go on: empty if the WAL has no valid frame.
    ///
    /// @param baselines those that were read from the state directory
    /// @param now a look taken after the pin began
    /// @throws ContinuityLost if there is no proof
    static Optional<WalPosition> prove(
            List<Baseline> baselines, Position position, WalSource database, Look now, WalTail tail)
            throws IOException, ContinuityLost {
        Baseline baseline =
                baselines.stream()
                        .filter(b -> isOf(b, position))
                        .findFirst()
                        .orElseThrow(() ->
                                new ContinuityLost(
                                        "there is no baseline of txid " + position.txid()));
        requireUnchanged(baseline, now.database());
        Optional<WalPosition> known = baseline.position().wal();
        if (known.isPresent() && known.map(WalPosition::header).equals(tail.header())) {
            return sameWal(known.get(), database, tail);
        }
        if (!baseline.backfilled()) {
            throw new ContinuityLost(
                    "the wal is another one, and the last one was not all in the database file");
        }
        return tail.validFrames() == 0 ? Optional.empty() : tail.header().map(WalPosition::start);
    }

    private static boolean isOf(Baseline baseline, Position position) {
        Position other = baseline.position();
        return other.txid().equals(position.txid()) && other.checksum().equals(position.checksum());
    }

    private static void requireUnchanged(Baseline baseline, FileStat database)
            throws ContinuityLost {
        if (!baseline.database().equals(database)) {
            throw new ContinuityLost("the database file changed since it was last looked at");
        }
        if (Look.isYoung(baseline.database(), baseline.taken())) {
            throw new ContinuityLost("the database file changed just before it was last looked at");
        }
    }

    private static Optional<WalPosition> sameWal(
            WalPosition known, WalSource database, WalTail tail)
            throws IOException, ContinuityLost {
        if (tail.validFrames() == 0) {
            return Optional.of(known); // it was reset, and nobody has written since
        }
        if (tail.validFrames() < known.frames()) {
            throw new ContinuityLost(
                    "the wal has %d valid frames, fewer than the %d that were captured"
                            .formatted(tail.validFrames(), known.frames()));
        }
        if (!database.wal().has(known)) {
            throw new ContinuityLost(
                    "frame %d of the wal has not the running checksum that was captured"
                            .formatted(known.frames()));
        }
        return Optional.of(known);
    }
}
