package io.litestream.engine;

import io.litestream.ltx.Txid;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// All destinations of one database, as its steps ask of them.
record Destinations(List<Destination> all) {

    Destinations {
        all = List.copyOf(all);
    }

    /// Says whether one of them can take a slot at this moment of the clock's steady count.
    boolean isAnyReady(long now) {
        OptionalLong earliest = readyIn(now);
        return earliest.isPresent() && earliest.getAsLong() <= 0;
    }

    /// Returns in how many nanoseconds the first of them can take a slot, not positive if one can
    /// now; empty if none does before it has answered.
    OptionalLong readyIn(long now) {
        OptionalLong earliest = OptionalLong.empty();
        for (Destination destination : all) { // asked for in each step
            Optional<Long> at = destination.readyAt();
            if (at.isPresent()) {
                long in = at.get() - now;
                earliest = OptionalLong.of(Math.min(in, earliest.orElse(in)));
            }
        }
        return earliest;
    }

    /// Returns one that has more than a line that has come to `head`.
    Optional<Destination> ahead(Txid head) {
        return all.stream().filter(destination -> destination.isAhead(head)).findFirst();
    }

    /// Says whether a slot must be published though nothing is committed.
    boolean needSlot(Txid head) {
        return head.equals(Txid.FIRST)
                || all.stream().anyMatch(destination -> destination.needsSlot(head));
    }

    /// Says whether something must be read from the database for one of them.
    boolean needDatabase(Line line) {
        return all.stream()
                .anyMatch(destination -> destination.needsDatabase(line.spool(), line.head()));
    }

    /// Sends what the spool has. Returns at once.
    void start(Spool from) {
        all.forEach(destination -> destination.start(Optional.of(from)));
    }
}
