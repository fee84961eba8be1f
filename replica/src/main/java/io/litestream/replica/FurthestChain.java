package io.litestream.replica;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The walk over files that leads furthest from a transaction: again and again, of the files that
/// continue what there is, the one that ends last.
///
/// That one is always the best of all files that begin early enough, so one pass over the files in
/// the order of their beginnings finds the same.
final class FurthestChain {

    /// The better file is the greater: the one that ends later, else begins earlier, else is of a
    /// higher level.
    static final Comparator<ReplicaFile> BEST =
            Comparator.comparing((ReplicaFile file) -> file.range().last())
                    .thenComparing(file -> file.range().first(), Comparator.reverseOrder())
                    .thenComparing(ReplicaFile::level);

    private final List<ReplicaFile> chain = new ArrayList<>();
    private long end;
    private @Nullable ReplicaFile best; // of those that continue the chain

    private FurthestChain(long end) {
        this.end = end;
    }

    /// Returns the files of the walk, up to where a transaction is missing.
    ///
    /// @param reached the transaction from which the walk begins; 0 for none
    /// @param byBeginning in the order of their first transactions
    static List<ReplicaFile> after(long reached, Iterable<ReplicaFile> byBeginning) {
        FurthestChain walk = new FurthestChain(reached);
        for (ReplicaFile file : byBeginning) {
            if (!walk.add(file)) {
                return walk.chain;
            }
        }
        walk.takeBest();
        return walk.chain;
    }

    /// Says whether the walk can go on.
    private boolean add(ReplicaFile file) {
        if (!continuesChain(file)) {
            takeBest();
            if (!continuesChain(file)) {
                return false;
            }
        }
        boolean further = file.range().last().value() > end;
        if (further && (best == null || BEST.compare(file, best) > 0)) {
            best = file;
        }
        return true;
    }

    private boolean continuesChain(ReplicaFile file) {
        return file.range().first().value() <= end + 1;
    }

    private void takeBest() {
        ReplicaFile taken = best;
        if (taken != null) {
            chain.add(taken);
            end = taken.range().last().value();
            best = null;
        }
    }
}
