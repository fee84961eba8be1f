package io.litestream.engine;

import io.litestream.ltx.Txid;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// How far a destination is with a database.
///
/// @param head the newest transaction of the line; empty if it has not begun
/// @param durable the newest one up to which nothing is missing at the destination; empty as long
///   as it is not known whether it holds this line
/// @param restorable whether the destination holds a base for it
/// @param waitingFiles how many files are in the local state that the destination does not have
/// @param waitingBytes how many bytes they have
/// @param oldestWaiting about when the oldest commit was made that is not at the destination; empty
///   if all are
/// @param failingSince when the first attempt failed since the last one that did not
/// @param failure why the last attempt failed, if it did
public record DestinationReport(
        Path database,
        String destination,
        DestinationState state,
        Optional<Txid> head,
        Optional<Txid> durable,
        boolean restorable,
        int waitingFiles,
        long waitingBytes,
        Optional<Instant> oldestWaiting,
        Optional<Instant> failingSince,
        Optional<String> failure) {

    /// Returns the same for a line that ended with this transaction: later ones count if the
    /// destination has them, and are not missing if it does not.
    DestinationReport upTo(Txid end) {
        Optional<Txid> there = durable.filter(txid -> txid.isAfter(end)).or(() -> Optional.of(end));
        boolean beyond = head.isPresent() && there.get().isAfter(head.get());
        return new DestinationReport(
                database,
                destination,
                state,
                beyond ? head : there,
                durable,
                restorable,
                waitingFiles,
                waitingBytes,
                oldestWaiting,
                failingSince,
                failure);
    }

    /// Returns how many transactions of the line the destination does not have. One that has
    /// transactions of an earlier life beyond the line lacks the next one, which holds every page.
    public long notUploaded() {
        long all = head.map(Txid::value).orElse(0L);
        long there = durable.map(Txid::value).orElse(0L);
        return there > all && all > 0 ? 1 : Math.max(0, all - there);
    }

    /// Says whether everything of the line is there, and can be restored. Of a line that has not
    /// begun there is nothing.
    public boolean isComplete() {
        return head.isEmpty()
                || (restorable && durable.equals(head) && state != DestinationState.STOPPED);
    }

    /// Returns the age of the oldest commit that is not at the destination; zero if all are.
    public Duration lag(Instant now) {
        return oldestWaiting
                .map(oldest -> Duration.between(oldest, now))
                .filter(Duration::isPositive)
                .orElse(Duration.ZERO);
    }
}
