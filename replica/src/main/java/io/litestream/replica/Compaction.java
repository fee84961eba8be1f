package io.litestream.replica;

import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;

import java.util.List;
import java.util.Optional;

/// Files of one level that are to become one file of the next.
///
/// @param to the level of the new file, from 1 to 8
/// @param inputs files of the level below, oldest first; each joins or overlaps the one before it,
///   and reaches further
public record Compaction(Level to, List<ReplicaFile> inputs) {

    public Compaction {
        inputs = List.copyOf(inputs);
        if (to.equals(Level.CAPTURED) || to.equals(Level.SNAPSHOT) || inputs.isEmpty()) {
            throw new IllegalArgumentException(
                    "cannot merge %d files to level %s".formatted(inputs.size(), to));
        }
    }

    /// Returns what is new in the level below: what goes beyond the last transaction of level `to`.
    /// Nothing if nothing is.
    ///
    /// Where transactions are missing in the level below, the files before and after the gap are
    /// not merged into one: first come those before.
    ///
    /// @param upTo files that go beyond this one are left for later
    public static Optional<Compaction> next(Inventory inventory, Level to, Txid upTo) {
        long reached = inventory.head(to).map(Txid::value).orElse(0L);
        List<ReplicaFile> candidates =
                inventory.files(new Level(to.number() - 1)).stream()
                        .filter(file -> file.range().last().value() > reached)
                        .filter(file -> !file.range().last().isAfter(upTo))
                        .toList();
        if (candidates.isEmpty()) {
            return Optional.empty();
        }
        long before = candidates.getFirst().range().first().value() - 1;
        return Optional.of(new Compaction(to, FurthestChain.after(before, candidates)));
    }

    /// Returns the transactions that the new file covers.
    public TxidRange range() {
        return new TxidRange(inputs.getFirst().range().first(), inputs.getLast().range().last());
    }

    @Override
    public String toString() {
        return "%d files to %s/%s".formatted(inputs.size(), to, range().fileName());
    }
}
