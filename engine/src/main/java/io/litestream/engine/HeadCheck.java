package io.litestream.engine;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.CorruptFileException;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.replica.Inventory;
import io.litestream.replica.Level;
import io.litestream.replica.Replica;
import io.litestream.replica.ReplicaFile;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Optional;

/// Finds out whether a destination holds this line or another one: the newest slot that both have,
/// of those that were here when the process began, must be the same.
final class HeadCheck {

    private static final int TRAILER_BYTES = 16;

    private HeadCheck() {}

    /// What speaks against a destination.
    ///
    /// @param local the file here that says so
    private record Objection(Txid local, String text) {}

    /// Returns what speaks against the destination, in words for people; empty if nothing does. An
    /// answer may be damaged on its way, so it is asked twice before anything is said; and a file
    /// here that is damaged proves nothing.
    static Optional<String> check(Replica replica, Inventory inventory, Spool spool)
            throws IOException {
        if (checkOnce(replica, inventory, spool).isEmpty()) {
            return Optional.empty();
        }
        Optional<Objection> again = checkOnce(replica, inventory, spool);
        return again.isEmpty() || isDamaged(again.get().local(), spool)
                ? Optional.empty()
                : again.map(Objection::text);
    }

    private static boolean isDamaged(Txid local, Spool spool) throws IOException {
        try {
            spool.verify(local);
            return false;
        } catch (CorruptFileException _) {
            return true;
        }
    }

    private static Optional<Objection> checkOnce(Replica replica, Inventory inventory, Spool spool)
            throws IOException {
        Optional<ReplicaFile> shared = shared(inventory, spool);
        if (shared.isEmpty()) {
            return checkNext(replica, inventory, spool);
        }
        if (isSame(replica, shared.get(), spool)) {
            return Optional.empty();
        }
        return Optional.of(
                new Objection(
                        shared.get().range().last(),
                        "its file %s is not the one that was written here: it belongs to another database, or somebody else"
                                        .formatted(shared.get())
                                + " replicates to it; give this database a path of its own"));
    }

    /// What waits here must continue what is there.
    private static Optional<Objection> checkNext(Replica replica, Inventory inventory, Spool spool)
            throws IOException {
        Optional<Txid> next = inventory.head().map(Txid::next).filter(spool::inherited);
        if (next.isEmpty()) {
            return Optional.empty();
        }
        ReplicaFile last =
                TakenSlot.newest(inventory, inventory.head().orElseThrow()).orElseThrow();
        Optional<Checksum> from = spool.header(next.get()).tag().preApply();
        return from.isEmpty() || TakenSlot.joins(from, replica.header(last).tag().postApply())
                ? Optional.empty()
                : Optional.of(
                        new Objection(
                                next.get(),
                                "what waits here from txid %s on does not continue its file %s: the local state, or the destination, belongs to another database;"
                                                .formatted(next.get(), last)
                                        + " give this database a path of its own, or remove its"
                                        + " local state"));
    }

    private static Optional<ReplicaFile> shared(Inventory inventory, Spool spool) {
        return inventory.files(Level.CAPTURED).reversed().stream()
                .filter(file -> file.range().equals(TxidRange.of(file.range().last())))
                .filter(file -> spool.inherited(file.range().last()))
                .findFirst();
    }

    private static boolean isSame(Replica replica, ReplicaFile file, Spool spool)
            throws IOException {
        Txid txid = file.range().last();
        long size = Files.size(spool.path(txid));
        return size == file.size()
                && Arrays.equals(
                        read(replica, file, 0, LtxHeader.SIZE), spool.read(txid, 0, LtxHeader.SIZE))
                && Arrays.equals(
                        read(replica, file, size - TRAILER_BYTES, TRAILER_BYTES),
                        spool.read(txid, size - TRAILER_BYTES, TRAILER_BYTES));
    }

    private static byte[] read(Replica replica, ReplicaFile file, long offset, int length)
            throws IOException {
        try (InputStream in = replica.open(file, offset, length)) {
            return in.readNBytes(length);
        }
    }
}
