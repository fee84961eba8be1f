package io.litestream.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;

import io.litestream.ltx.Txid;
import io.litestream.replica.Inventory;
import io.litestream.replica.Level;
import io.litestream.replica.Replica;
import io.litestream.replica.ReplicaFile;
import io.litestream.storage.StorageException;
import io.litestream.time.Clock;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Keeps the catalog of one destination, from which those who may not list the replica learn what
/// it holds. Any thread may call.
final class CatalogKeeper {

    // A reader takes the files that the catalog names, and the slots that follow it without a hole.
    // So a file goes into it at once if no slot leads to where the file ends: a base, a file that
    // fills a hole. What compaction makes can wait, since its inputs are still there; a file is
    // deleted only after a catalog was stored that does not name it and that reaches beyond it.

    /// How long files that compaction made may be missing in the catalog: the price of storing it
    /// is small against that of the slots of this time.
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Replica replica;
    private final Supplier<Inventory> holdings;
    private final Clock clock;
    private final Consumer<StorageException> refused;

    private enum Need {
        NONE,
        SOMETIME,
        NOW
    }

    @GuardedBy("this")
    private Need need = Need.NONE;

    @GuardedBy("this")
    private Optional<Inventory> stored = Optional.empty(); // what the catalog names, if known

    @GuardedBy("this")
    private long storedAt;

    @GuardedBy("this")
    private final Set<ReplicaFile> doomed = new HashSet<>(); // may be gone, so not to be named

    @GuardedBy("this")
    private boolean storing;

    @GuardedBy("this")
    private boolean toldRefusal;

    /// @param holdings asked for what the destination holds, under no lock of this
    /// @param refused told once if the catalog cannot be kept, for want of a right
    CatalogKeeper(
            Replica replica,
            Supplier<Inventory> holdings,
            Clock clock,
            Consumer<StorageException> refused) {
        this.replica = replica;
        this.holdings = holdings;
        this.clock = clock;
        this.refused = refused;
    }

    /// Notes that a file was stored beside the slots.
    ///
    /// @param slots the last slot at the destination
    synchronized void added(ReplicaFile file, Optional<Txid> slots) {
        boolean reachable = slots.isPresent() && !file.range().last().isAfter(slots.get());
        need =
                reachable && !file.level().equals(Level.SNAPSHOT) && need != Need.NOW
                        ? Need.SOMETIME
                        : Need.NOW;
    }

    /// Says whether it is time to store the catalog.
    synchronized boolean isDue() {
        return switch (need) {
            case NONE -> false;
            case SOMETIME -> stored.isEmpty() || clock.nanoTime() - storedAt >= PATIENCE.toNanos();
            case NOW -> true;
        };
    }

    /// Stores the catalog.
    ///
    /// @throws IOException if the store did not answer; it stays due
    void store() throws IOException {
        takeTurn();
        try {
            storeInTurn();
        } catch (StorageException.Denied | StorageException.Rejected e) {
            tell(e);
        } finally {
            endTurn();
        }
    }

    /// Makes sure that these files can be deleted: that the catalog names none of them, and that
    /// nobody needs them to get from the catalog to the head. It is stored again if need be.
    ///
    /// @throws IOException if the store did not answer; then they must stay
    void release(Collection<ReplicaFile> files) throws IOException {
        takeTurn();
        try {
            if (doom(files)) {
                storeInTurn();
            }
        } catch (StorageException.Denied | StorageException.Rejected e) {
            tell(e); // there is no catalog to keep right
        } finally {
            endTurn();
        }
    }

    /// Leaves files out of all catalogs to come; says whether the one that is stored needs them.
    private synchronized boolean doom(Collection<ReplicaFile> files) {
        doomed.addAll(files);
        Optional<Inventory> catalog = stored;
        return catalog.isEmpty() || files.stream().anyMatch(file -> needs(catalog.get(), file));
    }

    private static boolean needs(Inventory catalog, ReplicaFile file) {
        boolean beyond =
                catalog.head().isEmpty() || file.range().last().isAfter(catalog.head().get());
        return beyond || catalog.contains(file);
    }

    private void storeInTurn() throws IOException {
        Need before = takeNeed();
        try {
            Inventory named = named(holdings.get());
            replica.storeCatalog(named, clock.instant());
            stored(named);
        } catch (StorageException.Denied | StorageException.Rejected e) {
            throw e;
        } catch (IOException e) {
            putBack(before);
            throw e;
        }
    }

    private synchronized Need takeNeed() {
        Need taken = need;
        need = Need.NONE;
        return taken;
    }

    private synchronized void putBack(Need taken) {
        need = taken.compareTo(need) > 0 ? taken : need;
    }

    private synchronized Inventory named(Inventory held) {
        doomed.removeIf(file -> !held.contains(file));
        return held.without(doomed);
    }

    private synchronized void stored(Inventory named) {
        stored = Optional.of(named);
        storedAt = clock.nanoTime();
    }

    private synchronized void takeTurn() throws InterruptedIOException {
        try {
            while (storing) {
                wait(); // as long as a call to the store takes
            }
        } catch (InterruptedException e) {
            throw new InterruptedIOException("interrupted while the catalog is stored");
        }
        storing = true;
    }

    private synchronized void endTurn() {
        storing = false;
        notifyAll();
    }

    private void tell(StorageException refusal) {
        synchronized (this) {
            if (toldRefusal) {
                return;
            }
            toldRefusal = true;
        }
        refused.accept(refusal);
    }
}
