package io.litestream.replica.retention;

import io.litestream.ltx.Txid;
import io.litestream.replica.Inventory;
import io.litestream.replica.Level;
import io.litestream.replica.ReplicaFile;
import io.litestream.replica.RestorePlanner;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// Decides which files of a replica stay: those that the plans for the retained points use, and
/// some that are needed by what comes.
///
/// A plan for a retained point is the same before and after, file by file: choosing the best of
/// fewer files, with the best still among them, gives the same.
public final class RetentionPlanner {

    // What stays beside the files of the plans:
    //
    // - Files of the time that is kept in full, whether a plan takes them or not. So a level has no
    //   hole where the original's checks, or a reader that follows the line, would find one.
    // - The newest file of each level. The next compaction begins after it; with none, it would
    //   begin anew at the first transaction. And the newest file of a replica has to be at level 0.
    // - What the next level has not taken in yet.
    // - What is beyond the newest point: it waits for a file that is missing, such as a base that
    // is
    //   still being written, and nobody can say which of it will be needed. Only captured files
    //   that a merged one holds can go.

    private final Inventory inventory;
    private final RetentionPolicy policy;
    private final Instant now;
    private final Timeline timeline;
    private final Coverage merged;
    private final Set<ReplicaFile> kept;
    private final List<Optional<Duration>> lifetimes; // of the files of each level

    private RetentionPlanner(
            Inventory inventory, RetentionPolicy policy, Instant now, Timeline timeline) {
        this.inventory = inventory;
        this.policy = policy;
        this.now = now;
        this.timeline = timeline;
        this.merged =
                new Coverage(
                        inventory.files().stream()
                                .filter(file -> !isCaptured(file) && !isSnapshot(file))
                                .toList());
        this.kept = new HashSet<>();
        this.lifetimes = Level.all().stream().map(level -> lifetime(level, policy)).toList();
    }

    /// Returns what stays and what goes at this time. The same arguments always give the same.
    public static RetentionPlan plan(
            Inventory inventory, RetentionPolicy policy, Collection<Pin> pins, Instant now) {
        Timeline timeline = new Timeline(inventory, now);
        NavigableSet<Txid> points = RetainedPoints.of(timeline, policy, pins, now);
        List<Pin> lost =
                pins.stream().filter(pin -> !timeline.txids().contains(pin.txid())).toList();
        return new RetentionPlanner(inventory, policy, now, timeline).plan(points, lost);
    }

    private RetentionPlan plan(NavigableSet<Txid> points, List<Pin> lostPins) {
        kept.addAll(RestorePlanner.files(inventory, points));
        Level.all().stream().map(inventory::last).flatMap(Optional::stream).forEach(kept::add);
        List<ReplicaFile> deletions = new ArrayList<>();
        for (Level level : Level.all()) {
            OptionalLong waiting = waitingAfter(level);
            for (ReplicaFile file : inventory.files(level)) {
                if (staysAnyway(file, waiting)) {
                    kept.add(file);
                } else if (!kept.contains(file)) {
                    deletions.add(file);
                }
            }
        }
        return new RetentionPlan(deletions, Inventory.of(kept), points, lostPins, next());
    }

    private boolean staysAnyway(ReplicaFile file, OptionalLong waiting) {
        return !isExpired(file)
                || (waiting.isPresent() && file.range().last().value() > waiting.getAsLong())
                || (isBeyondPoints(file) && !(isCaptured(file) && merged.holds(file.range())));
    }

    private boolean isExpired(ReplicaFile file) {
        return expiry(file).filter(time -> !time.isAfter(now)).isPresent();
    }

    /// Returns when nothing but a plan needs the file any more; empty if never.
    private Optional<Instant> expiry(ReplicaFile file) {
        Instant time = timeline.time(file);
        return lifetimes.get(file.level().number()).map(length -> after(time, length));
    }

    private static Optional<Duration> lifetime(Level level, RetentionPolicy policy) {
        Duration grace = level.equals(Level.CAPTURED) ? Duration.ZERO : policy.grace();
        return policy.kept(level).map(length -> length.plus(grace));
    }

    /// A file is as old as this long only after it.
    private static Instant after(Instant time, Duration length) {
        return time.plus(length).plusNanos(1);
    }

    /// Returns the transaction after which the files of a level still have to be taken in by the
    /// next; empty if no file has to.
    private OptionalLong waitingAfter(Level level) {
        if (level.compareTo(policy.highest()) >= 0) {
            return OptionalLong.empty();
        }
        Optional<Txid> head = inventory.head(new Level(level.number() + 1));
        if (head.isPresent()) {
            return OptionalLong.of(head.get().value());
        }
        return level.equals(Level.CAPTURED) ? OptionalLong.of(0) : OptionalLong.empty();
    }

    private boolean isBeyondPoints(ReplicaFile file) {
        return timeline.txids().isEmpty() || file.range().last().isAfter(timeline.txids().last());
    }

    private static boolean isCaptured(ReplicaFile file) {
        return file.level().equals(Level.CAPTURED);
    }

    private static boolean isSnapshot(ReplicaFile file) {
        return file.level().equals(Level.SNAPSHOT);
    }

    /// Returns the next time at which a file expires, or a period ends.
    private Optional<Instant> next() {
        List<Instant> times = new ArrayList<>();
        kept.forEach(file -> expiry(file).ifPresent(times::add));
        for (Period period : policy.tiers().counts().keySet()) {
            times.add(period.plus(period.start(now), 1));
            times.add(period.plus(period.start(now.minus(policy.grace())), 1).plus(policy.grace()));
        }
        return times.stream().filter(time -> time.isAfter(now)).min(Instant::compareTo);
    }
}
