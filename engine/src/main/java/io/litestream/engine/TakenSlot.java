package io.litestream.engine;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.Txid;
import io.litestream.replica.Inventory;
import io.litestream.replica.Level;
import io.litestream.replica.Replica;
import io.litestream.replica.ReplicaFile;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/// Finds out who has taken the first slot after a start without local state. It may have been our
/// own earlier life: the last upload before a crash, which arrived after we had asked what is
/// there. There was at most one on its way.
final class TakenSlot {

    private TakenSlot() {}

    /// Returns the file in the slot if it may be our own: the only one after those that were there,
    /// older than this life, and continuing them as far as that is known.
    ///
    /// @param before what was there at the start
    /// @param started when this life began
    static Optional<ReplicaFile> own(Replica replica, Inventory before, Txid slot, Instant started)
            throws IOException {
        Optional<ReplicaFile> last = newest(before, slot.plus(-1));
        Inventory now = replica.inventory();
        Optional<ReplicaFile> taken =
                now.last(Level.CAPTURED).filter(file -> file.range().last().equals(slot));
        if (last.isEmpty() || taken.isEmpty() || !now.head().equals(Optional.of(slot))) {
            return Optional.empty();
        }
        LtxHeader header = replica.header(taken.get());
        boolean own =
                header.timestamp().isBefore(started) && continues(header, replica, last.get());
        return taken.filter(_ -> own);
    }

    private static boolean continues(LtxHeader header, Replica replica, ReplicaFile last)
            throws IOException {
        Optional<Checksum> from = header.tag().preApply();
        return from.isEmpty() || joins(from, replica.header(last).tag().postApply());
    }

    /// Says whether two checksums are of the same state, as far as both are known.
    static boolean joins(Optional<Checksum> one, Optional<Checksum> other) {
        return one.isEmpty() || other.isEmpty() || one.equals(other);
    }

    /// Returns the file that ends at a transaction, a slot rather than any other.
    static Optional<ReplicaFile> newest(Inventory inventory, Txid txid) {
        return inventory.files().stream()
                .filter(file -> file.range().last().equals(txid))
                .reduce((one, other) -> one.level().equals(Level.CAPTURED) ? one : other);
    }
}
