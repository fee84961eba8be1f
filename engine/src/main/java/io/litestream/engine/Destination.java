package io.litestream.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;

import io.litestream.ltx.Txid;
import io.litestream.replica.Inventory;
import io.litestream.replica.Level;
import io.litestream.replica.Replica;
import io.litestream.replica.ReplicaFile;
import io.litestream.storage.DeadlineObjectStore;
import io.litestream.storage.StorageException;
import io.litestream.time.Clock;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Consumer;

/// One destination of one database: how far it is, and the thread that brings it further.
///
/// Slots go out one at a time, in order, and are created, never overwritten; what has waited for
/// long is merged. No call to the store is waited for without limit. Any thread may call.
final class Destination {

    /// How long a call that is on its way may still take once the engine closes.
    private static final Duration CLOSE_GRACE = Duration.ofSeconds(2);

    private final DestinationSettings settings;
    private final Path database;
    private final Clock clock;
    private final Consumer<EngineEvent> events;
    private final Runnable wake;
    private final DeadlineObjectStore store;
    private final Replica replica;
    private final Circuit circuit;
    private final Shipper shipper;
    private final CatalogKeeper catalog;
    private final Holdings holdings = new Holdings();
    private final Pace pace;

    /// How things stand between us and the destination.
    enum Standing {
        /// Its inventory is not known: it was not asked, or did not answer yet.
        UNKNOWN,
        /// Its inventory is known, but not whether it holds this line.
        LISTED,
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
    private boolean merging; // a file at level 1 is being made, or its storing is not settled

    @GuardedBy("this")
    private int upkeeps; // files above level 0 are being made or removed

    @GuardedBy("this")
    private @Nullable String stopReason;

    @GuardedBy("this")
    private @Nullable Spool spool;

    /// @param wake called when there is something new to know, from any thread
    Destination(DestinationSettings settings, Path database, Context context, Runnable wake) {
        this.settings = settings;
        this.database = database;
        this.clock = context.clock();
        this.events = context.events();
        this.wake = wake;
        this.store = calls(settings, clock);
        this.replica = settings.replica().through(store);
        this.catalog = new CatalogKeeper(replica, holdings::inventory, clock, this::refused);
        this.circuit = new Circuit(context.backoff(), clock);
        this.pace = new Pace(settings.syncInterval(), clock.nanoTime());
        AnswerCheck check = new AnswerCheck(settings.replica(), clock);
        this.shipper = new Shipper(this, database, holdings, circuit, check, context);
    }

    private void refused(StorageException refusal) {
        String reason = "the catalog is not kept: " + refusal.getMessage();
        events.accept(new EngineEvent.RightMissing(database, name(), reason));
    }

    String name() {
        return settings.name();
    }

    /// Returns how often it is verified, if not as often as all.
    Optional<Duration> validationInterval() {
        return settings.validationInterval();
    }

    Optional<RetentionSettings> retention() {
        return settings.retention();
    }

    /// Returns the replica there. Calls that get no answer fail after a while.
    Replica replica() {
        return replica;
    }

    /// Returns the store there as one of its own, whose calls alone can be given up.
    DeadlineObjectStore openCalls() {
        return calls(settings, clock);
    }

    private static DeadlineObjectStore calls(DestinationSettings settings, Clock clock) {
        return new DeadlineObjectStore(
                settings.replica().store(), DeadlineObjectStore.Limits.DEFAULT, clock);
    }

    synchronized Standing standing() {
        return standing;
    }

    synchronized Optional<Spool> spool() {
        return Optional.ofNullable(spool);
    }

    /// Says whether nothing more is sent there.
    boolean isEnded() {
        Standing now = standing();
        return now == Standing.STOPPED || now == Standing.CLOSED;
    }

    Inventory inventory() {
        return holdings.inventory();
    }

    /// Returns the last transaction up to which nothing is missing at the destination.
    Optional<Txid> durable() {
        return holdings.durable();
    }

    /// Says whether it has failed since it last did something; images do not count.
    boolean isFailing() {
        return circuit.isFailing();
    }

    /// Says whether it was asked nothing yet, or not before that long ago.
    boolean isFresh(Duration time) {
        return shipper.isFresh(time);
    }

    /// Says whether something large may be tried: it takes slots, and does not fail as far as is
    /// known.
    boolean isAnswering() {
        return standing() == Standing.READY && !circuit.isOpen();
    }

    /// Returns how far it is with a line that has come to `head`, or further meanwhile.
    DestinationReport report(Optional<Txid> head) {
        Optional<Circuit.Outage> outage = circuit.outage();
        Optional<Txid> durable = holdings.durableForCertain();
        Optional<Txid> newest = spool().flatMap(Spool::newest);
        Spool.Waiting waiting =
                spool().map(from -> from.waiting(holdings.next())).orElse(Spool.Waiting.NOTHING);
        synchronized (this) {
            return new DestinationReport(
                    database,
                    name(),
                    state(),
                    newest.isPresent() ? newest : head,
                    durable,
                    holdings.isBased(),
                    waiting.files(),
                    waiting.bytes(),
                    waiting.oldest(),
                    outage.map(Circuit.Outage::since),
                    Optional.ofNullable(stopReason).or(() -> outage.map(Circuit.Outage::reason)));
        }
    }

    @GuardedBy("this")
    private DestinationState state() {
        return switch (standing) {
            case STOPPED -> DestinationState.STOPPED;
            case CLOSED -> DestinationState.CLOSED;
            case UNKNOWN, LISTED -> circuit.state(DestinationState.STARTING);
            case READY -> circuit.state(DestinationState.READY);
        };
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

    /// Says whether the slot that it needs next is gone from the spool, and not on its way, so that
    /// it needs every page.
    boolean hasHole(Spool from, Txid head) {
        return standing() == Standing.READY && !shipper.isWorking() && lacks(from, head);
    }

    /// Says whether the slot that follows what it is known to have is neither in the spool nor yet
    /// to come.
    boolean lacks(Spool from, Txid head) {
        Txid next = holdings.next();
        return !next.isAfter(head) && (holdings.isBroken() || !from.contains(next));
    }

    /// Says whether it has transactions of an earlier life that the line has not: the line jumps
    /// past them.
    boolean isAhead(Txid head) {
        return standing() == Standing.READY
                && !shipper.isWorking()
                && holdings.durable().filter(durable -> durable.isAfter(head)).isPresent();
    }

    /// Says whether something must be read from the database for it, and it may be tried.
    boolean needsDatabase(Spool from, Txid head) {
        return isAnswering()
                && (!isBased()
                        || isSnapshotAsked()
                        || hasHole(from, head)
                        || needsSlot(head)
                        || isAhead(head));
    }

    /// Says whether it has everything up to the line's head, but its newest file is not a slot: one
    /// must follow, even if nothing is committed.
    boolean needsSlot(Txid head) {
        return standing() == Standing.READY
                && !shipper.isWorking()
                && holdings.durable().equals(Optional.of(head))
                && (holdings.isBroken()
                        || !holdings.inventory().head(Level.CAPTURED).equals(Optional.of(head)));
    }

    /// Returns when the next slot may go out, on the clock's steady count; empty if it cannot take
    /// one now: one is on its way, or it does not answer.
    Optional<Long> readyAt() {
        if (!isAnswering() || shipper.isWorking()) {
            return Optional.empty();
        }
        return Optional.of(pace.next());
    }

    /// Finds out what it holds, if that is not done, and sends what the spool has. Returns at once.
    void start(Optional<Spool> from) {
        synchronized (this) {
            from.ifPresent(s -> spool = s);
        }
        shipper.start();
    }

    /// Tries soon what failed, since somebody waits for it. Returns at once.
    void hurry() {
        shipper.hurry();
    }

    synchronized void listed(Inventory found) {
        if (standing == Standing.UNKNOWN) {
            holdings.listed(found);
            standing = Standing.LISTED;
        }
    }

    synchronized void ready() {
        if (standing == Standing.LISTED) {
            standing = Standing.READY;
        }
    }

    /// Notes an upload that began at this moment of the clock's steady count.
    void uploaded(long began) {
        pace.uploaded(began);
    }

    /// Makes those look who want to know how far it is.
    void changed() {
        wake.run();
    }

    /// Notes a file that another job has stored here. If it goes further than what was durable, the
    /// slots go on after it.
    void stored(ReplicaFile file) {
        holdings.stored(file);
        catalog.added(file, holdings.inventory().head(Level.CAPTURED));
        shipper.succeeded();
    }

    /// Returns what notices others who write there.
    Fence fence() {
        return shipper.fence();
    }

    CatalogKeeper catalog() {
        return catalog;
    }

    /// Notes files that are no longer there.
    void removed(Collection<ReplicaFile> files) {
        holdings.removed(files);
    }

    /// Asks for the right to make and remove files above level 0, until [#endUpkeep]; says whether
    /// it is given. Meanwhile nothing is merged here.
    synchronized boolean beginUpkeep() {
        upkeeps += merging ? 0 : 1;
        return !merging;
    }

    synchronized void endUpkeep() {
        upkeeps--;
    }

    /// Asks for the right to merge what waits, until [#endMerge]; says whether it is given.
    synchronized boolean beginMerge() {
        merging |= upkeeps == 0;
        return upkeeps == 0;
    }

    synchronized void endMerge() {
        merging = false;
    }

    /// Notes that an image was taken.
    void imageStored(ReplicaFile file) {
        circuit.imageSucceeded();
        stored(file);
    }

    /// Notes that an image was not taken, and returns how long to wait until the next attempt.
    /// First it is asked small questions until it answers one.
    Duration imageFailed(StorageException failure) {
        if (failure instanceof StorageException.Conflict conflict) {
            conflict(conflict);
        }
        Duration wait = shipper.imageFailed(failure);
        shipper.start();
        return wait;
    }

    /// Sends nothing more there, since somebody else does.
    void conflict(StorageException.Conflict found) {
        stop(
                "%s: somebody else replicates to %s, or it belongs to another database"
                        .formatted(found.getMessage(), name()));
    }

    /// Sends nothing more there.
    void stop(String reason) {
        synchronized (this) {
            if (isEnded()) {
                return;
            }
            standing = Standing.STOPPED;
            stopReason = reason;
        }
        shipper.ended();
        events.accept(new EngineEvent.DestinationStopped(database, name(), reason));
        wake.run();
    }

    /// Ends what waits, and lets what is on its way finish if it does so soon. Returns at once.
    void close() {
        synchronized (this) {
            standing = Standing.CLOSED;
        }
        store.giveUpAfter(CLOSE_GRACE);
        shipper.ended();
    }

    /// Waits until no thread of it runs, until the deadline on the clock's steady count.
    boolean awaitIdle(long deadline) throws InterruptedException {
        return shipper.awaitIdle(deadline);
    }
}
