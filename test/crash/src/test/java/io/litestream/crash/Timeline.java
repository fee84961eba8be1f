package io.litestream.crash;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The histories that a database has had: each time it is put back to an older state, another one
/// begins, which shares its first transactions with one before.
final class Timeline {

    private final List<Map<Long, Long>> ended = new ArrayList<>();
    private final List<Long> starts = new ArrayList<>(List.of(0L));
    private Map<Long, Long> shared = Map.of();

    /// A transaction of one of the histories, counted from 0.
    record Moment(int history, long seq) implements Comparable<Moment> {

        static final Moment START = new Moment(0, 0);

        @Override
        public int compareTo(Moment other) {
            return history == other.history
                    ? Long.compare(seq, other.seq)
                    : Integer.compare(history, other.history);
        }
    }

    /// Ends the history, and begins another one.
    ///
    /// @param before all transactions of the one that ends
    /// @param after those that the database was put back to
    void goBack(Map<Long, Long> before, TreeMap<Long, Long> after) {
        ended.add(before);
        starts.add(after.isEmpty() ? 0L : after.lastKey());
        shared = after;
    }

    /// Returns a transaction of the history that goes on.
    Moment now(long seq) {
        return new Moment(ended.size(), seq);
    }

    /// Returns the first moment from `floor` on that this state can be.
    ///
    /// @throws Finding if it is older
    Moment place(long seq, long chain, Moment floor) {
        boolean known = false;
        for (int i = 0; i < ended.size(); i++) {
            if (ended.get(i).getOrDefault(seq, 0L) == chain) {
                known = true;
                Moment moment = new Moment(i, seq);
                if (seq >= starts.get(i) && moment.compareTo(floor) >= 0) {
                    return moment;
                }
            }
        }
        boolean here = !known || shared.getOrDefault(seq, 0L) == chain;
        Moment now = now(seq);
        Finding.unless(
                here && seq >= starts.getLast() && now.compareTo(floor) >= 0,
                "transaction %d came back, but %s was durable; histories begin at %s",
                seq,
                floor,
                starts);
        return now;
    }

    /// Returns the chains of all transactions that were ever committed.
    Set<Long> chains(Map<Long, Long> last) {
        Set<Long> chains = new HashSet<>(last.values());
        ended.forEach(history -> chains.addAll(history.values()));
        return chains;
    }
}
