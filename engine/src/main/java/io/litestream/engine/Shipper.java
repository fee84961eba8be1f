package io.litestream.engine;

import static java.util.stream.Collectors.toSet;

import com.google.errorprone.annotations.concurrent.GuardedBy;

import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.replica.Inventory;
import io.litestream.replica.Level;
import io.litestream.replica.Replica;
import io.litestream.replica.ReplicaFile;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.StorageException;
import io.litestream.time.Clock;
import io.litestream.time.Interrupts;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The thread of a destination: it finds out what is there, sends what waits, and tries again what
/// failed. It is virtual, exists only while there is something to do, and is never interrupted.
///
/// Its monitor is taken before that of the destination.
final class Shipper {

    /// How long a question to a destination that failed is waited for, before the next is asked.
    private static final Duration ANSWER_PATIENCE = Duration.ofMillis(1500);

    /// How long to wait after a failure all the same, if somebody waits for what is to be sent.
    private static final Duration HURRIED_WAIT = Duration.ofSeconds(1);

    private final Destination destination;
    private final Path database;
    private final Replica replica;
    private final Holdings holdings;
    private final Circuit circuit;
    private final AnswerCheck check;
    private final Shipment shipment;
    private final Clock clock;
    private final Consumer<EngineEvent> events;

    private final Fence fence;
    private final Instant started;
    private final UploadPermits permits;
    private volatile @Nullable Long askedAt; // when it was asked first; on the clock's steady count

    @GuardedBy("this")
    private boolean working;

    @GuardedBy("this")
    private boolean hurried; // whether somebody has asked since the last failure

    Shipper(
            Destination destination,
            Path database,
            Holdings holdings,
            Circuit circuit,
            AnswerCheck check,
            Context context) {
        this.destination = destination;
        this.database = database;
        this.replica = destination.replica();
        this.holdings = holdings;
        this.circuit = circuit;
        this.check = check;
        this.fence = new Fence(replica, context.clock());
        this.shipment =
                new Shipment(destination.name(), replica, context, fence, destination::isEnded);
        this.clock = context.clock();
        this.events = context.events();
        this.permits = context.uploads();
        this.started = clock.instant();
    }

    /// Returns what notices others who write there.
    Fence fence() {
        return fence;
    }

    synchronized boolean isWorking() {
        return working;
    }

    /// Does what there is to do. Returns at once.
    void start() {
        synchronized (this) {
            if (working || nextWork().isEmpty()) {
                return;
            }
            working = true;
        }
        Thread.ofVirtual().name("litestream-ship-" + destination.name()).start(this::run);
    }

    /// Ends the wait for another attempt, if nothing more is to be sent.
    synchronized void ended() {
        notifyAll();
        check.close();
    }

    /// Cuts the wait for another attempt short, once, since somebody waits for what is to be sent.
    /// A destination that has asked for time gets it.
    synchronized void hurry() {
        hurried = true;
        notifyAll();
    }

    /// Waits until the thread has ended, until the deadline on the clock's steady count.
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

    /// Notes a success, of whatever kind.
    void succeeded() {
        int before = circuit.succeeded();
        if (before > 0) {
            events.accept(
                    new EngineEvent.DestinationRecovered(database, destination.name(), before));
        }
    }

    /// Notes a failure; returns how long to wait until the next attempt.
    ///
    /// @param took how long it took to fail, which counts as waited
    Duration failed(IOException failure, Duration took) {
        Duration wait = circuit.failed(failure, took);
        tell(wait);
        return wait;
    }

    /// Notes that an image was not taken; returns how long to wait until the next attempt.
    Duration imageFailed(IOException failure) {
        Duration wait = circuit.imageFailed(failure);
        tell(wait);
        return wait;
    }

    private void tell(Duration wait) {
        Circuit.Outage outage = circuit.outage().orElseThrow();
        if (!destination.isEnded()) {
            String name = destination.name();
            String reason = outage.reason();
            events.accept(
                    switch (outage.trouble()) {
                        case NO_ANSWER ->
                                new EngineEvent.DestinationFailed(database, name, reason, wait);
                        case REFUSED ->
                                new EngineEvent.DestinationRefused(database, name, reason, wait);
                    });
        }
    }

    private sealed interface Work {
        record ListFiles() implements Work {}

        record CheckHead(Spool against) implements Work {}

        record Ask() implements Work {}

        record StoreCatalog() implements Work {}

        record Send(Spool from, Shipment.Parcel parcel) implements Work {}
    }

    private Optional<Work> nextWork() {
        if (circuit.isOpen() && !destination.isEnded()) {
            return Optional.of(new Work.Ask());
        }
        return switch (destination.standing()) {
            case UNKNOWN -> Optional.of(new Work.ListFiles());
            case LISTED -> destination.spool().map(Work.CheckHead::new);
            case READY ->
                    destination.catalog().isDue()
                            ? Optional.of(new Work.StoreCatalog())
                            : destination
                                    .spool()
                                    .filter(_ -> !holdings.isBroken())
                                    .flatMap(this::nextParcel);
            case STOPPED, CLOSED -> Optional.empty();
        };
    }

    private Optional<Work> nextParcel(Spool spool) {
        boolean mayMerge = destination.beginMerge();
        Optional<Shipment.Parcel> parcel = shipment.next(holdings, spool, mayMerge);
        if (parcel.isEmpty() || parcel.get().level().equals(Level.CAPTURED)) {
            destination.endMerge();
        }
        return parcel.map(found -> new Work.Send(spool, found));
    }

    private void run() {
        fence.paused();
        Optional<Work> work = take();
        while (work.isPresent()) {
            perform(work.get());
            work = take();
            if (work.isPresent()) {
                destination.changed();
            }
        }
        destination.changed(); // once, also to say that nobody works here any more
    }

    private Optional<Work> take() {
        if (circuit.isTried() && nextWork().isEmpty()) {
            succeeded(); // it answers, and nothing waits that could show more
        }
        synchronized (this) {
            Optional<Work> work = nextWork();
            if (work.isEmpty()) {
                working = false;
                notifyAll();
            }
            return work;
        }
    }

    private void perform(Work work) {
        long began = clock.nanoTime();
        try {
            switch (work) {
                case Work.ListFiles _ -> list();
                case Work.CheckHead(Spool against) -> checkHead(against);
                case Work.Ask _ -> ask();
                case Work.StoreCatalog _ -> storeCatalog();
                case Work.Send(Spool from, Shipment.Parcel parcel) ->
                        sendOrAdopt(from, parcel, began);
            }
        } catch (StorageException.Conflict e) {
            destination.conflict(e);
        } catch (IOException e) {
            retry(e, began);
        } catch (RuntimeException | Error e) {
            retry(new IOException("unexpected failure: " + e, e), began);
        }
    }

    /// Says whether it was asked nothing yet, or not before that long ago.
    boolean isFresh(Duration time) {
        Long at = askedAt;
        return at == null || clock.nanoTime() - at < time.toNanos();
    }

    private void list() throws IOException {
        Optional<UploadPermits.Permit> permit =
                permits.acquireListing(destination.name(), destination::isEnded);
        if (permit.isEmpty()) {
            return;
        }
        try (UploadPermits.Permit _ = permit.get()) {
            if (askedAt == null) {
                askedAt = clock.nanoTime();
            }
            inquire();
        }
    }

    private void inquire() throws IOException {
        Inventory found = replica.inventory();
        if (found.isEmpty()) {
            replica.ensureReadable(clock.instant());
        }
        boolean onePageSize = PageSizes.agree(replica, found);
        destination.listed(found);
        fence.listed();
        if (!onePageSize) {
            destination.needsBase();
        }
        succeeded();
    }

    private void checkHead(Spool against) throws IOException {
        Optional<String> objection = HeadCheck.check(replica, holdings.inventory(), against);
        if (objection.isPresent()) {
            destination.stop(objection.get());
            return;
        }
        holdings.confirmed();
        destination.ready();
        succeeded();
    }

    private void ask() throws IOException {
        check.ask(holdings.next(), ANSWER_PATIENCE);
        circuit.answered();
    }

    private void storeCatalog() throws IOException {
        destination.catalog().store();
        succeeded();
    }

    /// The first slot after a start without local state may hold our own last upload before it.
    private void sendOrAdopt(Spool from, Shipment.Parcel parcel, long began) throws IOException {
        try {
            send(from, parcel, began);
        } catch (StorageException.Conflict e) {
            Txid slot = parcel.range().last();
            boolean first =
                    !fence.hasBegun() && from.isNew() && parcel.range().equals(TxidRange.of(slot));
            Optional<ReplicaFile> own =
                    first
                            ? TakenSlot.own(replica, holdings.inventory(), slot, started)
                            : Optional.empty();
            if (own.isEmpty()) {
                throw e;
            }
            fence.adopted();
            holdings.adopted(own.get());
            events.accept(new EngineEvent.HistoryAdopted(database, destination.name(), slot));
            succeeded();
        }
    }

    private void send(Spool from, Shipment.Parcel parcel, long began) throws IOException {
        Optional<ReplicaFile> sent = shipment.send(parcel, from);
        if (sent.isEmpty()) {
            return;
        }
        ReplicaFile file = sent.get();
        if (file.level().equals(Level.CAPTURED)) {
            Inventory before = holdings.inventory();
            Optional<Inventory> found = fence.slotStored(before, file, from);
            holdings.added(file);
            found.ifPresent(now -> forget(before, now));
        } else {
            destination.stored(file);
        }
        destination.uploaded(began);
        Duration took = Duration.ofNanos(clock.nanoTime() - began);
        events.accept(
                new EngineEvent.Durable(
                        database, destination.name(), file.range().last(), file, took));
        succeeded();
    }

    /// Forgets what others have removed.
    ///
    /// @param before what was there before all was listed: what we store meanwhile may not be found
    private void forget(Inventory before, Inventory found) {
        Set<ObjectKey> there = found.files().stream().map(replica::key).collect(toSet());
        List<ReplicaFile> gone =
                before.files().stream().filter(file -> !there.contains(replica.key(file))).toList();
        if (!gone.isEmpty()) {
            holdings.removed(gone);
            events.accept(new EngineEvent.FilesMissing(database, destination.name(), gone.size()));
        }
    }

    private void retry(IOException failure, long began) {
        fence.paused();
        Duration wait = failed(failure, Duration.ofNanos(clock.nanoTime() - began));
        destination.changed();
        long failed = clock.nanoTime();
        synchronized (this) {
            hurried = false;
            try {
                while (!destination.isEnded()) {
                    Duration most = hurried && !asksForTime(failure) ? HURRIED_WAIT : wait;
                    long left = failed - clock.nanoTime() + Circuit.shortest(most, wait).toNanos();
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

    private static boolean asksForTime(IOException failure) {
        return failure instanceof StorageException.Unavailable unavailable
                && unavailable.retryAfter().isPositive();
    }
}
