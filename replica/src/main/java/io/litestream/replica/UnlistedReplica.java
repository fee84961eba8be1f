package io.litestream.replica;

import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.storage.ObjectStore;
import io.litestream.storage.StorageException;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/// Finds the files of a replica that may be read, but not listed: from the catalog that its writer
/// keeps, and the slots after it, whose names are known before they are written.
///
/// Each method makes one attempt.
final class UnlistedReplica {

    // Two things make this right. What the catalog names is there: a file is deleted only after a
    // catalog without it was stored. And what a restore needs beyond the catalog is at level 0,
    // without a hole: a catalog is stored after each file that jumps, and before a slot beyond the
    // catalog is deleted.
    //
    // Another program that took over meanwhile, the original above all, knows nothing of that. It
    // too goes on slot by slot; but it deletes slots, from the oldest on, once it has merged them.
    // So if the slot after the newest one known is gone, that one is gone as well. Then nothing
    // tells what there is, and to go on from there would begin a second history: that is refused.

    private static final int PROBES_AT_ONCE = 32;
    private static final int FIRST_STRIDE = 8;
    private static final int LAST_STRIDE = 1024;

    /// How many slots before the head may have been on their way when the catalog was stored.
    private static final int SLOTS_UNDER_WAY = 8;

    private static final int MOST_BYTES = 256 << 20;

    private final String name;
    private final ObjectStore store;
    private final KeyLayout layout;

    /// @param store says of an absent object that it is absent
    UnlistedReplica(String name, ObjectStore store, KeyLayout layout) {
        this.name = name;
        this.store = store;
        this.layout = layout;
    }

    /// Returns the files, or none at all if neither catalog, nor base, nor first slot is there.
    ///
    /// @throws StorageException.Rejected if what is there cannot be known without a listing
    Inventory inventory() throws IOException {
        Inventory catalog = catalog();
        while (true) {
            Optional<Inventory> found = continued(catalog);
            if (found.isPresent()) {
                return found.get();
            }
            Inventory newer = catalog(); // the writer may have been at work
            if (newer.files().equals(catalog.files())) {
                throw overtaken(catalog);
            }
            catalog = newer;
        }
    }

    private Inventory catalog() throws IOException {
        try (InputStream in = store.open(Catalog.KEY)) {
            return Catalog.decode(in.readNBytes(MOST_BYTES), Catalog.KEY.value());
        } catch (StorageException.NotFound e) {
            return Inventory.empty();
        }
    }

    /// Returns the files of a catalog and what came after it; empty if what came cannot be known.
    private Optional<Inventory> continued(Inventory catalog) throws IOException {
        long head = catalog.head().orElse(Txid.FIRST).value();
        long slots = catalog.head(Level.CAPTURED).orElse(Txid.FIRST).value();
        Optional<List<ReplicaFile>> after = slotsFrom(head + 1);
        if (after.isEmpty() || (after.get().isEmpty() && isNewestGone(catalog))) {
            return Optional.empty();
        }
        List<ReplicaFile> files = new ArrayList<>(catalog.files());
        if (files.isEmpty()) {
            probe(Level.SNAPSHOT, Txid.FIRST).ifPresent(files::add);
        }
        files.addAll(present(probe(Math.max(slots, head - SLOTS_UNDER_WAY) + 1, head)));
        files.addAll(after.get());
        return Optional.of(Inventory.of(files));
    }

    /// Returns the slots from this one on, up to the first that is absent; nothing if one beyond
    /// that was seen.
    private Optional<List<ReplicaFile>> slotsFrom(long first) throws IOException {
        List<ReplicaFile> slots = new ArrayList<>();
        long from = first;
        int stride = FIRST_STRIDE;
        while (true) {
            List<Optional<ReplicaFile>> probed = probe(from, from + stride - 1);
            List<ReplicaFile> present = present(probed);
            slots.addAll(present);
            if (present.size() < stride) {
                boolean joined =
                        probed.stream().limit(present.size()).allMatch(Optional::isPresent);
                return joined ? Optional.of(slots) : Optional.empty();
            }
            from += stride;
            stride = Math.min(2 * stride, LAST_STRIDE);
        }
    }

    private boolean isNewestGone(Inventory catalog) throws StorageException {
        Optional<ReplicaFile> newest = catalog.last(Level.CAPTURED);
        return newest.isPresent() && probe(Level.CAPTURED, newest.get().range()).isEmpty();
    }

    private List<Optional<ReplicaFile>> probe(long first, long last) throws IOException {
        List<Txid> txids = LongStream.rangeClosed(first, last).mapToObj(Txid::new).toList();
        return FanOut.all(
                "probe " + name, txids, PROBES_AT_ONCE, txid -> probe(Level.CAPTURED, txid));
    }

    private static List<ReplicaFile> present(List<Optional<ReplicaFile>> probed) {
        return probed.stream().flatMap(Optional::stream).toList();
    }

    private Optional<ReplicaFile> probe(Level level, Txid txid) throws StorageException {
        return probe(level, TxidRange.of(txid));
    }

    private Optional<ReplicaFile> probe(Level level, TxidRange range) throws StorageException {
        return store.find(layout.key(level, range))
                .map(object -> new ReplicaFile(level, range, object.size(), object.created()));
    }

    private StorageException overtaken(Inventory catalog) {
        return new StorageException.Rejected(
                ("the catalog %s of %s ends at txid %s, but what follows or was there is gone:"
                                + " another program wrote to the replica; allow listing until a"
                                + " new catalog was stored")
                        .formatted(
                                Catalog.KEY,
                                name,
                                catalog.head().map(Txid::toString).orElse("none")),
                null);
    }
}
