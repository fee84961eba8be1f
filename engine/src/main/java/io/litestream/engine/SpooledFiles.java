package io.litestream.engine;

import io.litestream.ltx.Txid;
import io.litestream.replica.Inventory;
import io.litestream.replica.Level;
import io.litestream.replica.LocalFiles;
import io.litestream.replica.ReplicaFile;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The files of a destination that need not be fetched, since the spool still has them: those of
/// level 0, and for one of level 1 those that it was made of.
final class SpooledFiles implements LocalFiles {

    private static final int MOST_FOR_ONE = 100;

    private final Supplier<Optional<Spool>> spool;

    SpooledFiles(Supplier<Optional<Spool>> spool) {
        this.spool = spool;
    }

    /// Returns up to where merging needs no local files any more: files of level 3 are made of
    /// files that are there.
    ///
    /// @param levels how many levels are merged
    static long merged(Inventory inventory, int levels) {
        Level last = new Level(Math.min(levels, 2));
        return inventory.head(last).map(Txid::value).orElse(0L);
    }

    @Override
    public List<Path> of(ReplicaFile file) {
        return spool.get().map(from -> find(file, from)).orElse(List.of());
    }

    private static List<Path> find(ReplicaFile file, Spool from) {
        Txid first = file.range().first();
        Txid last = file.range().last();
        boolean few = last.value() - first.value() < MOST_FOR_ONE;
        if (!few || file.level().number() > 1 || !isSame(file, from)) {
            return List.of();
        }
        List<Path> paths = new ArrayList<>();
        for (Txid txid = first; !txid.isAfter(last); txid = txid.next()) {
            if (!from.contains(txid)) {
                return List.of();
            }
            paths.add(from.path(txid));
        }
        return paths;
    }

    /// A file of level 0 has the same bytes here and there.
    private static boolean isSame(ReplicaFile file, Spool from) {
        return !file.level().equals(Level.CAPTURED)
                || from.size(file.range().last()) == file.size();
    }
}
