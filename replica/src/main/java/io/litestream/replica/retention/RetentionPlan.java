package io.litestream.replica.retention;

import io.litestream.ltx.Txid;
import io.litestream.replica.Inventory;
import io.litestream.replica.ReplicaFile;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/// What stays of a replica, and what goes.
///
/// @param deletions the files that go, in the order in which they should: the finest first, so that
///   a file goes before what it builds on. Every point that is retained can be restored after any
///   part of it.
/// @param kept the files that stay
/// @param points the points that are retained
/// @param lostPins the pins whose points cannot be restored from these files
/// @param next when something may be due again if no file comes or goes; empty if never
public record RetentionPlan(
        List<ReplicaFile> deletions,
        Inventory kept,
        NavigableSet<Txid> points,
        List<Pin> lostPins,
        Optional<Instant> next) {

    public RetentionPlan {
        deletions = List.copyOf(deletions);
        Objects.requireNonNull(kept);
        points = Collections.unmodifiableNavigableSet(new TreeSet<>(points));
        lostPins = List.copyOf(lostPins);
        Objects.requireNonNull(next);
    }

    /// Returns how many bytes go.
    public long deletedBytes() {
        return deletions.stream().mapToLong(ReplicaFile::size).sum();
    }
}
