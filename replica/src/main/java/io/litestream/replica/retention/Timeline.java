package io.litestream.replica.retention;

import io.litestream.ltx.Txid;
import io.litestream.replica.Inventory;
import io.litestream.replica.Level;
import io.litestream.replica.ReplicaFile;
import io.litestream.replica.RestorePlanner;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;

/// When the files and the points of an inventory were made.
final class Timeline {

    // A file may have no time that makes sense: none at all, or one in the future. It then has that
    // of the nearest file that ends with it or after it, since it is not younger than that; without
    // one it counts as new.
    //
    // A point has the time of the file with which its plan ends: the one that stays if the point
    // stays. Other files that end there may go, and must not take the point into another hour with
    // them, where it might be dropped in favour of one that is there.

    /// A point, the level and the time of the file that ends its plan.
    record Point(Txid txid, Level level, Instant time) {}

    private static final Comparator<ReplicaFile> CLOSES_BETTER =
            Comparator.comparing((ReplicaFile file) -> file.range().first())
                    .reversed()
                    .thenComparing(ReplicaFile::level);

    private final Instant now;
    private final TreeMap<Long, Instant> known = new TreeMap<>();
    private final List<Point> points = new ArrayList<>();
    private final NavigableSet<Txid> txids;

    Timeline(Inventory inventory, Instant now) {
        this.now = now;
        Map<Long, ReplicaFile> closing = new HashMap<>();
        for (ReplicaFile file : inventory.files()) {
            long last = file.range().last().value();
            if (isKnown(file)) {
                known.merge(last, file.created(), (a, b) -> a.isBefore(b) ? a : b);
            }
            if (isUsable(file)) {
                closing.merge(last, file, Timeline::better);
            }
        }
        txids = RestorePlanner.points(inventory);
        for (Txid txid : txids) {
            ReplicaFile file = closing.get(txid.value());
            if (file == null) {
                throw new AssertionError("no file ends at the point " + txid);
            }
            points.add(new Point(txid, file.level(), time(file)));
        }
    }

    /// Returns the points in the order of the line.
    List<Point> points() {
        return points;
    }

    /// Returns the transactions of the points.
    NavigableSet<Txid> txids() {
        return txids;
    }

    Instant time(ReplicaFile file) {
        if (isKnown(file)) {
            return file.created();
        }
        Map.@Nullable Entry<Long, Instant> after = known.ceilingEntry(file.range().last().value());
        return after == null ? now : after.getValue();
    }

    private boolean isKnown(ReplicaFile file) {
        return file.created().isAfter(Instant.EPOCH) && !file.created().isAfter(now);
    }

    private static boolean isUsable(ReplicaFile file) {
        return !file.level().equals(Level.SNAPSHOT) || file.range().isSnapshot();
    }

    /// A whole database ends every plan for its transaction, else the file that begins first.
    private static ReplicaFile better(ReplicaFile a, ReplicaFile b) {
        boolean aIsBase = a.level().equals(Level.SNAPSHOT);
        boolean bIsBase = b.level().equals(Level.SNAPSHOT);
        if (aIsBase != bIsBase) {
            return aIsBase ? a : b;
        }
        return CLOSES_BETTER.compare(a, b) >= 0 ? a : b;
    }
}
