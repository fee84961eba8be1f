package io.litestream.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;

import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.replica.Inventory;
import io.litestream.replica.Level;
import io.litestream.replica.Replica;
import io.litestream.replica.ReplicaFile;
import io.litestream.storage.StorageException;
import io.litestream.time.Clock;
import io.litestream.time.Interrupts;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// One destination of one database: how far it is, and the thread that brings it further.
///
/// Slots go out one at a time, in order, and are created, never overwritten. The thread is virtual,
/// exists only while there is something to do, and is never interrupted. Any thread may call.
final class Destination {

    /// How many uploads may be ahead of one for each sync interval: commits that come one by one go
    /// out at once, and steady writes cost one upload an interval all the same.
    private static final int CREDIT = 3;

    private final DestinationSettings settings;
    private final Path database;
    private final Context context;
    private final Clock clock;
    private final Consumer<EngineEvent> events;
    private final Runnable wake;
    private final Holdings holdings = new Holdings();
    private final CatalogKeeper catalog;

    /// How things stand between us and the destination.
    enum Standing {
        /// Its inventory is not known: it was not asked, or did not answer yet.
        UNKNOWN,
        /// It takes slots.
        READY,
        /// Nothing more is sent there until a person has acted.
        STOPPED,
        /// The engine is closing it.
        CLOSED
    }

    @GuardedBy("this")
    private Standing standing = Standing.UNKNOWN;

    @GuardedBy("this")
    private boolean working;

    @GuardedBy("this")
    private int failures;

    @GuardedBy("this")
    private @Nullable String lastFailure;

    @GuardedBy("this")
    private long paidUntil; // each upload pays for one sync interval from here on

    @GuardedBy("this")
    private @Nullable Spool spool;

    /// @param wake called when there is something new to know, from any thread
    Destination(DestinationSettings settings, Path database, Context context, Runnable wake) {
        this.settings = settings;
        this.database = database;
        this.context = context;
        this.clock = context.clock();
        this.events = context.events();
        this.wake = wake;
        this.paidUntil = clock.nanoTime();
        this.catalog =
                new CatalogKeeper(settings.replica(), holdings::inventory, clock, this::refused);
    }

    private void refused(StorageException refusal) {
        String reason = "the catalog is not kept: " + refusal.getMessage();
        events.accept(new EngineEvent.RightMissing(database, name(), reason));
    }

    String name() {
        return settings.name();
    }

    private long interval() {
        return settings.syncInterval().toNanos();
    }

    Optional<RetentionSettings> retention() {
        return settings.retention();
    }

    Replica replica() {
        return settings.replica();
    }

    synchronized Standing standing() {
        return standing;
    }

    Inventory inventory() {
        return holdings.inventory();
    }

    /// Returns the last transaction up to which nothing is missing at the destination.
    Optional<Txid> durable() {
        return holdings.durable();
    }

    /// Says whether it has failed since it last answered.
    synchronized boolean isFailing() {
        return failures > 0;
    }

    synchronized Optional<String> lastFailure() {
        return Optional.ofNullable(lastFailure);
    }

    /// Says whether what it holds can be restored at its head.
    boolean isBased() {
        return holdings.isBased();
    }

    /// Notes that a new base is needed: what is there cannot be applied to what comes.
    void needsBase() {
        holdings.needsBase();
    }

    /// Notes that a snapshot is due, without which all can be restored too.
    void askSnapshot() {
        holdings.askSnapshot();
    }

    boolean isSnapshotAsked() {
        return holdings.isSnapshotAsked();
    }

    /// Says whether the slot that it needs next is gone from the spool, so that it needs every
    /// page.
    boolean hasHole(Spool from, Txid head) {
        Txid next = holdings.next();
        return standing() == Standing.READY && !next.isAfter(head) && !from.contains(next);
    }

    /// Returns when the next slot may go out, on the clock's steady count; empty if it cannot take
    /// one now: one is on its way, or it does not answer.
    synchronized Optional<Long> readyAt() {
        boolean can = standing == Standing.READY && !working;
        return can ? Optional.of(paidUntil - CREDIT * interval()) : Optional.empty();
    }

    /// Lists the inventory, if that is not done, and sends what the spool has. Returns at once.
    void start(Optional<Spool> from) {
        synchronized (this) {
            from.ifPresent(s -> spool = s);
            if (working || nextWork().isEmpty()) {
                return;
            }
            working = true;
        }
        Thread.ofVirtual().name("litestream-ship-" + name()).start(this::run);
    }

    /// Notes a file that another job has stored here. If it goes further than what was durable, the
    /// slots go on after it.
    void stored(ReplicaFile file) {
        holdings.stored(file);
        catalog.added(file, holdings.inventory().head(Level.CAPTURED));
    }

    /// Makes sure that nobody needs these files any more to learn what there is, so that they can
    /// be deleted. Blocks, at times for a call to the store.
    ///
    /// @throws IOException if the store did not answer; then they must stay
    void release(Collection<ReplicaFile> files) throws IOException {
        catalog.release(files);
    }

    /// Notes files that are no longer there.
    void removed(Collection<ReplicaFile> files) {
        holdings.removed(files);
    }

    /// Sends nothing more there.
    void stop(String reason) {
        synchronized (this) {
            if (standing == Standing.CLOSED || standing == Standing.STOPPED) {
                return;
            }
            standing = Standing.STOPPED;
            lastFailure = reason;
        }
        events.accept(new EngineEvent.DestinationStopped(database, name(), reason));
        wake.run();
    }

    /// Ends what waits, and lets what is on its way finish. Returns at once.
    synchronized void close() {
        standing = Standing.CLOSED;
        notifyAll();
    }

    /// Waits until no thread of it runs, until the deadline on the clock's steady count.
    synchronized boolean awaitIdle(long deadline) throws InterruptedException {
        while (working) {
            long left = deadline - clock.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }

    private sealed interface Work {
        record ListFiles() implements Work {}

        record StoreCatalog() implements Work {}

        record Upload(Spool from, Txid txid) implements Work {}
    }

    @GuardedBy("this")
    private Optional<Work> nextWork() {
        return switch (standing) {
            case UNKNOWN -> Optional.of(new Work.ListFiles());
            case READY -> {
                if (catalog.isDue()) {
                    yield Optional.of(new Work.StoreCatalog());
                }
                Txid next = holdings.next();
                Spool from = spool;
                yield from != null && from.contains(next)
                        ? Optional.of(new Work.Upload(from, next))
                        : Optional.empty();
            }
            case STOPPED, CLOSED -> Optional.empty();
        };
    }

    private void run() {
        Optional<Work> work = take();
        while (work.isPresent()) {
            perform(work.get());
            work = take();
        }
        wake.run();
    }

    private synchronized Optional<Work> take() {
        Optional<Work> work = nextWork();
        if (work.isEmpty()) {
            working = false;
            notifyAll();
        }
        return work;
    }

    private void perform(Work work) {
        try {
            context.uploads().acquireUninterruptibly();
            try {
                switch (work) {
                    case Work.ListFiles _ -> list();
                    case Work.StoreCatalog _ -> catalog.store();
                    case Work.Upload(Spool from, Txid txid) -> upload(from, txid);
                }
            } finally {
                context.uploads().release();
            }
            succeeded();
        } catch (StorageException.Conflict e) {
            stop(
                    e.getMessage()
                            + ": somebody else replicates to "
                            + name()
                            + ", or it belongs to another database");
        } catch (IOException e) {
            failed(e);
        } catch (RuntimeException e) {
            stop("unexpected failure: " + e);
        }
    }

    private void list() throws IOException {
        Inventory found = settings.replica().inventory();
        if (found.isEmpty()) {
            settings.replica().ensureReadable(clock.instant());
        }
        boolean onePageSize = PageSizes.agree(settings.replica(), found);
        synchronized (this) {
            if (standing == Standing.UNKNOWN) {
                holdings.listed(found);
                if (!onePageSize) {
                    holdings.needsBase();
                }
                standing = Standing.READY;
            }
        }
        wake.run();
    }

    private void upload(Spool from, Txid txid) throws IOException {
        long began = clock.nanoTime();
        ReplicaFile file =
                settings.replica()
                        .create(
                                Level.CAPTURED,
                                TxidRange.of(txid),
                                from.timestamp(txid),
                                out -> from.copy(txid, out));
        holdings.added(file);
        synchronized (this) {
            paidUntil = Math.max(began, paidUntil) + interval();
        }
        Duration took = Duration.ofNanos(clock.nanoTime() - began);
        events.accept(new EngineEvent.Durable(database, name(), txid, file, took));
        wake.run();
    }

    private void succeeded() {
        int before;
        synchronized (this) {
            before = failures;
            failures = 0;
            lastFailure = null;
        }
        if (before > 0) {
            events.accept(new EngineEvent.DestinationRecovered(database, name(), before));
        }
    }

    private void failed(IOException failure) {
        Duration wait;
        String reason = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        synchronized (this) {
            failures++;
            lastFailure = reason;
            wait = context.backoff().delay(failures);
        }
        events.accept(new EngineEvent.DestinationFailed(database, name(), reason, wait));
        wake.run();
        awaitRetry(wait);
    }

    private synchronized void awaitRetry(Duration wait) {
        long deadline = clock.nanoTime() + wait.toNanos();
        try {
            while (standing != Standing.CLOSED && standing != Standing.STOPPED) {
                long left = deadline - clock.nanoTime();
                if (left <= 0) {
                    return;
                }
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Interrupts.keep(); // nobody does
        }
    }
}
