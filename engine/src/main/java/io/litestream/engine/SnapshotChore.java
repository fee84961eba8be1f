package io.litestream.engine;

import io.litestream.ltx.Txid;
import io.litestream.replica.Inventory;
import io.litestream.replica.Level;
import io.litestream.replica.PlanResult;
import io.litestream.replica.ReplicaFile;
import io.litestream.replica.RestorePlanner;
import io.litestream.storage.StorageException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Has the whole database stored again when it is time, or when a restore would have to read more
/// changes than the database is large; and stores the newest snapshot once more where a rule of the
/// store would delete it, though nothing has changed. Confined to the upkeep of its destination.
///
/// Without anything new since the last snapshot there is none. The first one of a line is none of
/// this class's business.
final class SnapshotChore implements Chore {

    private static final Duration LOOK = Duration.ofSeconds(30);

    /// Below this a restore is quick whatever it consists of.
    private static final long LEAST_LOG_BYTES = 16L << 20;

    /// How long after it has made one the size of the log alone makes none: what comes is merged
    /// meanwhile, page by page (docs/decisions/0008-how-often-a-large-log-is-ended.md).
    private static final Duration LEAST_GAP = Duration.ofMinutes(5);

    /// The times of different databases lie apart by up to that part of the interval.
    private static final int SPREAD = 24;

    private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

    private final Destination destination;
    private final Duration interval;
    private final Optional<Duration> refreshAfter;
    private final Duration offset;
    private final Runnable wake;

    private @Nullable ReplicaFile known; // the newest snapshot
    private Instant storedAt = Instant.MIN; // when it was
    private @Nullable Instant askedAt; // for one that is not there yet
    private Instant mayEndLog = Instant.MIN; // from then on the size of the log may make one due
    private @Nullable Txid weighed; // the head for which the log was last found small enough

    /// @param identity what tells this destination of this database from all others
    /// @param wake makes the database look for what it is asked
    SnapshotChore(
            Destination destination, UpkeepSettings settings, String identity, Runnable wake) {
        this.destination = destination;
        this.interval = settings.snapshotInterval();
        this.refreshAfter = settings.refreshAfter();
        this.wake = wake;
        long spread = Math.max(1, interval.toMillis() / SPREAD);
        long mixed = identity.hashCode() * MIX; // names that are alike have hash codes that are
        this.offset = Duration.ofMillis(Math.floorMod(mixed, spread));
    }

    @Override
    public String name() {
        return "snapshot";
    }

    @Override
    public Duration interval() {
        return interval.compareTo(LOOK) < 0 ? interval : LOOK;
    }

    @Override
    public void run(Turn turn) throws IOException {
        Inventory inventory = destination.inventory();
        Optional<ReplicaFile> newest = inventory.last(Level.SNAPSHOT);
        if (newest.isEmpty()) {
            return;
        }
        ReplicaFile snapshot = newest.get();
        note(snapshot, turn.now());
        Txid head = inventory.head().orElseThrow();
        if (isChanged(snapshot, head)) {
            if (isOld(turn.now()) || endsLog(inventory, head, turn.now())) {
                askedAt = turn.now();
                destination.askSnapshot();
                wake.run();
            }
        } else if (isToBeRefreshed(turn.now())) {
            refresh(inventory, head, turn.now());
        }
    }

    /// A line begins with its base and one slot, whether anybody has written or not.
    private boolean isChanged(ReplicaFile snapshot, Txid head) {
        boolean begun = head.equals(Txid.FIRST.next()) && refreshAfter.isEmpty();
        return head.isAfter(snapshot.range().last()) && !begun;
    }

    /// The time of a listed file is a hint, and often that of its last commit; one that was asked
    /// for is as old as the question, and any other that comes to be while this runs as that. What
    /// a wall clock says that was set back since would put the next one off for as long.
    private void note(ReplicaFile snapshot, Instant now) {
        if (known == null) {
            storedAt = snapshot.created();
        } else if (!known.samePlace(snapshot)) {
            storedAt = askedAt == null ? now : askedAt;
            askedAt = null;
        }
        storedAt = storedAt.isAfter(now.plus(interval)) ? Instant.MIN : storedAt;
        mayEndLog = mayEndLog.isAfter(now.plus(LEAST_GAP)) ? now : mayEndLog;
        known = snapshot;
    }

    private boolean isOld(Instant now) {
        return storedAt.isBefore(Upkeep.lastMultiple(interval, now.minus(offset)).plus(offset));
    }

    private boolean endsLog(Inventory inventory, Txid head, Instant now) {
        boolean ends = !now.isBefore(mayEndLog) && isLogLarge(inventory, head);
        mayEndLog = ends ? now.plus(LEAST_GAP) : mayEndLog;
        return ends;
    }

    private boolean isLogLarge(Inventory inventory, Txid head) {
        if (head.equals(weighed)) {
            return false;
        }
        boolean large =
                RestorePlanner.plan(inventory, head) instanceof PlanResult.Plan plan
                        && isLogLarge(plan.files());
        weighed = large ? null : head;
        return large;
    }

    private static boolean isLogLarge(List<ReplicaFile> plan) {
        long base = plan.getFirst().size();
        long log = plan.stream().skip(1).mapToLong(ReplicaFile::size).sum();
        return log > Math.max(base, LEAST_LOG_BYTES);
    }

    private boolean isToBeRefreshed(Instant now) {
        return refreshAfter.filter(age -> !now.isBefore(storedAt.plus(age))).isPresent();
    }

    /// Stores the same bytes once more: the snapshot, and the slot that shows where the line ends.
    private void refresh(Inventory inventory, Txid head, Instant now) throws IOException {
        List<ReplicaFile> newest =
                List.of(Level.CAPTURED, Level.SNAPSHOT).stream()
                        .map(inventory::last)
                        .flatMap(Optional::stream)
                        .filter(file -> file.range().last().equals(head))
                        .toList();
        for (ReplicaFile file : newest) {
            try {
                destination.replica().renew(file);
            } catch (StorageException.NotFound e) {
                destination.removed(List.of(file));
                destination.askSnapshot();
                wake.run();
            }
        }
        storedAt = now;
    }
}
