package io.litestream.engine;

import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.replica.Inventory;
import io.litestream.replica.Level;

import java.util.Optional;

/// In how few files a destination can get what it lacks.
///
/// What waits becomes one file at level 1, and the newest slot after it stays at level 0: a program
/// that takes over looks for the newest transaction there. The file at level 1 begins right after
/// what level 1 has, not with the first transaction that is missing: whoever removes files of level
/// 0 takes all below the end of level 1 for merged.
final class Backlog {

    /// Where merged files go.
    static final Level LEVEL = new Level(1);

    /// From so many slots on merging makes fewer uploads.
    private static final int LEAST = 3;

    private Backlog() {}

    /// Returns what can go out as one file at level 1; nothing if slots go out one by one.
    ///
    /// @param next the first transaction that the destination lacks
    static Optional<TxidRange> merged(Inventory inventory, Txid next, Spool spool) {
        Optional<Txid> newest = spool.newest();
        boolean many = newest.isPresent() && newest.get().value() - next.value() + 1 >= LEAST;
        if (!many || !endsWithASlot(inventory)) {
            return Optional.empty();
        }
        Optional<Txid> first = first(inventory, next);
        Txid last = newest.get().plus(-1);
        return first.map(from -> new TxidRange(from, last)).filter(spool::containsAll);
    }

    /// After a merged file the newest slot must follow, whatever else waits.
    private static boolean endsWithASlot(Inventory inventory) {
        Optional<Txid> head = inventory.head();
        Optional<Txid> merged = inventory.head(LEVEL);
        return head.isEmpty()
                || !head.equals(merged)
                || head.equals(inventory.head(Level.CAPTURED));
    }

    private static Optional<Txid> first(Inventory inventory, Txid next) {
        Optional<Txid> afterMerged = inventory.head(LEVEL).map(Txid::next);
        if (afterMerged.isPresent()) {
            return afterMerged.filter(first -> !first.isAfter(next));
        }
        return inventory.files(Level.CAPTURED).stream()
                .map(file -> file.range().first())
                .findFirst()
                .or(() -> Optional.of(next));
    }
}
