package io.litestream.replica.retention;

import io.litestream.replica.Replica;
import io.litestream.replica.ReplicaFile;
import io.litestream.storage.StorageException;
import io.litestream.time.Clock;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Deletes files of a replica: level by level, in batches, and looks after one of each batch
/// whether the store did as it said.
public final class Deletions {

    private static final int BATCH = 512; // five minutes of a slot a second are one
    private static final int LOOKS = 3;
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private final Replica replica;
    private final Clock clock;

    /// @param clock to wait with, where a store needs a moment until an object is gone
    public Deletions(Replica replica, Clock clock) {
        this.replica = replica;
        this.clock = clock;
    }

    /// Deletes files, in their order as far as their levels go. Those of a catalog have to be out
    /// of it before.
    ///
    /// @param ending asked before each batch; if it is true, the rest stays
    /// @param deleted told of the files of each batch that are gone, also if others failed
    /// @throws StorageException.Denied if files may not be deleted
    /// @throws DeletionIgnoredException if a file is still there; its batch may be there, too
    public void run(
            List<ReplicaFile> files, BooleanSupplier ending, Consumer<List<ReplicaFile>> deleted)
            throws IOException {
        int from = 0;
        while (from < files.size() && !ending.getAsBoolean()) {
            int to = batchEnd(files, from);
            deleteBatch(files.subList(from, to), deleted);
            from = to;
        }
    }

    private static int batchEnd(List<ReplicaFile> files, int from) {
        int to = from + 1;
        while (to < files.size()
                && to - from < BATCH
                && files.get(to).level().equals(files.get(from).level())) {
            to++;
        }
        return to;
    }

    private void deleteBatch(List<ReplicaFile> batch, Consumer<List<ReplicaFile>> deleted)
            throws IOException {
        List<ReplicaFile> gone = Collections.synchronizedList(new ArrayList<>());
        try {
            replica.delete(batch, gone::add);
        } catch (IOException e) {
            deleted.accept(List.copyOf(gone));
            throw e;
        }
        verify(batch.getLast());
        deleted.accept(List.copyOf(gone));
    }

    private void verify(ReplicaFile file) throws IOException {
        for (int look = 1; isThere(file); look++) {
            if (look == LOOKS) {
                throw new DeletionIgnoredException(replica.key(file));
            }
            try {
                clock.sleep(BETWEEN_LOOKS);
            } catch (InterruptedException e) {
                throw new InterruptedIOException("interrupted after a deletion");
            }
        }
    }

    private boolean isThere(ReplicaFile file) throws StorageException {
        try {
            return replica.store().find(replica.key(file)).isPresent();
        } catch (StorageException.Denied e) {
            return false; // without the right to list, this is what is said of an absent object
        }
    }
}
