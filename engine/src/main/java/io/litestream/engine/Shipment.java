package io.litestream.engine;

import io.litestream.ltx.CorruptFileException;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.replica.Level;
import io.litestream.replica.Replica;
import io.litestream.replica.ReplicaFile;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;

/// Brings files of the spool to a destination, one at a time. Confined to the thread of the
/// destination.
final class Shipment {

    private final String name;
    private final Replica replica;
    private final Context context;
    private final Fence fence;
    private final BooleanSupplier ended;
    private @Nullable Merged merged;
    private Optional<Txid> notMerged = Optional.empty();

    /// What waits to be sent: the transactions of `range`, at this level.
    ///
    /// @param next the first slot in whose place it comes
    record Parcel(Level level, TxidRange range, Txid next) {

        static Parcel slot(Txid txid) {
            return new Parcel(Level.CAPTURED, TxidRange.of(txid), txid);
        }
    }

    /// What was merged and not stored yet: if the outcome of storing it is not known, the same must
    /// be stored again.
    private record Merged(Parcel parcel, Path path) {}

    /// @param ended says that nothing more is to be sent
    Shipment(String name, Replica replica, Context context, Fence fence, BooleanSupplier ended) {
        this.name = name;
        this.replica = replica;
        this.context = context;
        this.fence = fence;
        this.ended = ended;
    }

    /// Returns what goes out next; nothing if the spool does not have it.
    ///
    /// @param mayMerge whether a file at level 1 may be made
    Optional<Parcel> next(Holdings holdings, Spool spool, boolean mayMerge) {
        if (merged != null) {
            return Optional.of(merged.parcel());
        }
        Txid next = holdings.next();
        if (!spool.contains(next)) {
            return Optional.empty();
        }
        return Optional.of(holdings.inventory())
                .filter(_ -> mayMerge && fence.mayMergeFrom(next))
                .flatMap(inventory -> Backlog.merged(inventory, next, spool))
                .filter(range -> notMerged.isEmpty() || range.first().isAfter(notMerged.get()))
                .map(range -> new Parcel(Backlog.LEVEL, range, next))
                .or(() -> Optional.of(Parcel.slot(next)));
    }

    /// Says whether a merged file was made, or is being made, and is not known to be stored.
    boolean isMerging() {
        return merged != null;
    }

    /// Sends it. Returns nothing if the wait for a permit was ended, or if what was to be merged
    /// goes out as it is.
    Optional<ReplicaFile> send(Parcel parcel, Spool spool) throws IOException {
        if (parcel.level().equals(Level.CAPTURED)) {
            return slot(parcel.range().last(), spool);
        }
        try {
            return merged(parcel, spool);
        } catch (CorruptFileException e) {
            notMerged = Optional.of(parcel.range().last()); // such as a change of the page size
            return Optional.empty();
        } catch (NoSuchFileException e) {
            if (!spool.containsAll(parcel.range())) {
                return Optional.empty(); // released meanwhile
            }
            throw new IOException(e.getFile() + " is gone", e);
        }
    }

    private Optional<ReplicaFile> slot(Txid txid, Spool spool) throws IOException {
        Optional<UploadPermits.Permit> permit =
                context.uploads().acquire(name, spool.size(txid), ended);
        if (permit.isEmpty()) {
            return Optional.empty();
        }
        try (var _ = permit.get()) {
            if (isDoubtful(txid, spool)) {
                spool.verify(txid);
            }
            LtxHeader header = spool.header(txid);
            fence.sending(header);
            return Optional.of(
                    replica.create(
                            Level.CAPTURED,
                            TxidRange.of(txid),
                            header.timestamp(),
                            out -> spool.copy(txid, out)));
        } catch (NoSuchFileException e) {
            if (!spool.contains(txid)) {
                return Optional.empty(); // released meanwhile, since an image brings it
            }
            spool.forget(txid); // a hole
            throw new IOException(
                    "%s is gone; every page is sent instead".formatted(e.getFile()), e);
        } catch (CorruptFileException e) {
            spool.setAside(txid);
            throw new IOException(e.getMessage() + "; every page is sent instead", e);
        }
    }

    /// Says whether a file has lain on the disk through a crash, or could not be merged.
    private boolean isDoubtful(Txid txid, Spool spool) {
        return spool.inherited(txid) || notMerged.filter(last -> !txid.isAfter(last)).isPresent();
    }

    private Optional<ReplicaFile> merged(Parcel parcel, Spool spool) throws IOException {
        Merged ready = merged;
        if (ready == null) {
            ready = new Merged(parcel, merge(parcel.range(), spool));
            merged = ready;
        }
        Path path = ready.path();
        Optional<UploadPermits.Permit> permit =
                context.uploads().acquire(name, Files.size(path), ended);
        if (permit.isEmpty()) {
            return Optional.empty();
        }
        try (var _ = permit.get()) {
            ReplicaFile file =
                    replica.create(
                            Backlog.LEVEL,
                            parcel.range(),
                            Spool.header(path).timestamp(),
                            out -> Spool.copy(path, out));
            fence.mergedStored(file, parcel.next());
            discard();
            return Optional.of(file);
        }
    }

    /// Merges on a thread of the scheduler: it takes a processor for a while, and virtual threads
    /// share few.
    private Path merge(TxidRange range, Spool spool) throws IOException {
        Merging merging = new Merging(spool.scratch(), ended);
        Future<Path> result = context.scheduler().merge(() -> merging.merge(spool, range));
        try {
            return result.get();
        } catch (InterruptedException e) {
            throw new InterruptedIOException("interrupted while files are merged");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e);
        }
    }

    /// Forgets what was merged, and not stored.
    void discard() throws IOException {
        Merged made = merged;
        merged = null;
        if (made != null) {
            Files.deleteIfExists(made.path());
        }
    }
}
