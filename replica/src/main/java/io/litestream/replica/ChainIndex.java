package io.litestream.replica;

import io.litestream.ltx.Txid;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.NavigableSet;

/// The files below the snapshot level, prepared for many plans over one inventory.
final class ChainIndex {

    // The plans of all points together would be read off one by one in time that grows with the
    // square of the files, where nothing has been merged. But a plan whose target is lower takes
    // the
    // same files for as long as none of them goes beyond the target. So the points are taken from
    // the highest down, the chain of the one before is cut where it goes too far, and only from
    // there on searched for again. Each search descends a tree of the smallest beginnings.

    /// In the order of [FurthestChain#BEST]: the best last.
    private final List<ReplicaFile> files;

    /// Where each file ends, in the same order.
    private final long[] lasts;

    /// The smallest beginning below each node of a binary tree, whose leaves are the files.
    private final long[] smallestFirst;

    private final int leaves;

    ChainIndex(Collection<ReplicaFile> changes) {
        files = changes.stream().sorted(FurthestChain.BEST).toList();
        lasts = files.stream().mapToLong(file -> file.range().last().value()).toArray();
        leaves = Math.max(1, Integer.highestOneBit(files.size()) << 1); // more than there are files
        smallestFirst = new long[2 * leaves];
        Arrays.fill(smallestFirst, Long.MAX_VALUE);
        for (int i = 0; i < files.size(); i++) {
            smallestFirst[leaves + i] = files.get(i).range().first().value();
        }
        for (int i = leaves - 1; i > 0; i--) {
            smallestFirst[i] = Math.min(smallestFirst[2 * i], smallestFirst[2 * i + 1]);
        }
    }

    /// Adds the files of the plans of all points to `into`. The points are those of the inventory
    /// whose snapshots these are, in the same order.
    void addPlans(
            NavigableSet<Txid> points, List<ReplicaFile> bases, Collection<ReplicaFile> into) {
        Deque<ReplicaFile> chain = new ArrayDeque<>();
        int base = bases.size();
        long baseEnd = Long.MAX_VALUE;
        for (Txid point : points.descendingSet()) {
            if (point.value() < baseEnd) {
                while (base > 0 && bases.get(base - 1).range().last().isAfter(point)) {
                    base--;
                }
                base--;
                baseEnd = base < 0 ? 0 : bases.get(base).range().last().value();
                chain.clear();
                if (base >= 0) {
                    into.add(bases.get(base));
                }
            }
            while (!chain.isEmpty() && chain.getLast().range().last().isAfter(point)) {
                chain.removeLast();
            }
            long reached = chain.isEmpty() ? baseEnd : chain.getLast().range().last().value();
            for (ReplicaFile next : path(reached, point.value())) {
                chain.addLast(next);
                into.add(next);
            }
        }
    }

    /// Returns the files that lead from one transaction to another, as [RestorePlanner] would
    /// choose them.
    private List<ReplicaFile> path(long from, long target) {
        List<ReplicaFile> path = new ArrayList<>();
        int end = countThrough(target);
        long reached = from;
        while (reached < target) {
            int best = lastThatBegins(end, reached + 1);
            if (best < 0 || lasts[best] <= reached) {
                throw new IllegalArgumentException(
                        "%s is no point: no file leads on from %s".formatted(target, reached));
            }
            path.add(files.get(best));
            reached = lasts[best];
        }
        return path;
    }

    /// Returns how many files end at or before this transaction.
    private int countThrough(long last) {
        int low = 0;
        int high = lasts.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (lasts[middle] <= last) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /// Returns the last of the first `end` files that begins at or before a transaction, or -1.
    private int lastThatBegins(int end, long first) {
        int node = leaves + end;
        // up, to the nearest subtree on the left that has one; then down, as far right as it goes
        while (node > 1) {
            boolean isRight = (node & 1) == 1;
            if (isRight && smallestFirst[node - 1] <= first) {
                node--;
                while (node < leaves) {
                    node = smallestFirst[2 * node + 1] <= first ? 2 * node + 1 : 2 * node;
                }
                return node - leaves;
            }
            node >>= 1;
        }
        return -1;
    }
}
