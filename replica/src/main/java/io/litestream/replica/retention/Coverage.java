package io.litestream.replica.retention;

import io.litestream.ltx.TxidRange;
import io.litestream.replica.ReplicaFile;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/// Tells whether one of some files holds all of a range.
final class Coverage {

    /// For each beginning, where the file ends that goes furthest of those that begin there or
    /// before.
    private final TreeMap<Long, Long> ends = new TreeMap<>();

    Coverage(Collection<ReplicaFile> files) {
        TreeMap<Long, Long> longest = new TreeMap<>();
        for (ReplicaFile file : files) {
            longest.merge(file.range().first().value(), file.range().last().value(), Math::max);
        }
        long end = 0;
        for (Map.Entry<Long, Long> entry : longest.entrySet()) {
            end = Math.max(end, entry.getValue());
            ends.put(entry.getKey(), end);
        }
    }

    boolean holds(TxidRange range) {
        Map.Entry<Long, Long> before = ends.floorEntry(range.first().value());
        return before != null && before.getValue() >= range.last().value();
    }
}
