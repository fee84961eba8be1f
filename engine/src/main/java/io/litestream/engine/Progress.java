package io.litestream.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;

import io.litestream.ltx.Txid;
import io.litestream.time.Clock;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// What was asked of a database, and how far it is: where callers wait for the step of the
/// database. Any thread may call.
final class Progress {

    private final List<Destination> destinations;
    private final Clock clock;

    @GuardedBy("this")
    private long requests;

    @GuardedBy("this")
    private long answered; // the last request that found everything captured

    @GuardedBy("this")
    private long refused; // the last request that failed

    @GuardedBy("this")
    private Optional<Txid> head = Optional.empty();

    @GuardedBy("this")
    private boolean absent; // there is no file, or an empty one: nothing to replicate

    @GuardedBy("this")
    private boolean closed;

    Progress(List<Destination> destinations, Clock clock) {
        this.destinations = destinations;
        this.clock = clock;
    }

    /// Asks that everything that is committed now be captured, and returns the number of the
    /// request.
    synchronized long request() {
        return ++requests;
    }

    /// Returns the number of the last request.
    synchronized long asked() {
        return requests;
    }

    /// Says whether a request is not answered yet.
    synchronized boolean isOpen(long request) {
        return request > answered;
    }

    /// Notes that everything is captured that was committed when this was requested.
    synchronized void answer(long request) {
        answered = request;
        notifyAll();
    }

    /// Notes that a request failed.
    synchronized void refuse(long request) {
        refused = request;
        notifyAll();
    }

    /// Notes that there is no database.
    synchronized void absent() {
        absent = true;
        notifyAll();
    }

    /// Notes how far the line is.
    synchronized void reached(Txid txid) {
        head = Optional.of(txid);
        absent = false;
        notifyAll();
    }

    /// Notes that nothing more will come.
    synchronized void close() {
        closed = true;
        notifyAll();
    }

    /// Makes those who wait look again.
    synchronized void changed() {
        notifyAll();
    }

    /// Returns the newest transaction of the line; empty if it has not begun.
    synchronized Optional<Txid> head() {
        return head;
    }

    /// Waits until a request is answered, until the deadline on the clock's steady count; says
    /// whether it was.
    boolean awaitCaptured(long request, long deadline) throws InterruptedException {
        await(() -> !isOpen(request) || isRefused(request), deadline);
        return !isOpen(request);
    }

    /// Waits until all destinations have everything up to a transaction, with its base, until the
    /// deadline. Meanwhile the line may go on.
    ///
    /// @param upTo empty if the line has not begun: then until it has, or there is no database
    void awaitDurable(Optional<Txid> upTo, long deadline) throws InterruptedException {
        if (upTo.isPresent()) {
            await(() -> isDurable(upTo.get()), deadline);
        } else if (await(this::isKnown, deadline) && head().isPresent()) {
            awaitDurable(head(), deadline);
        }
    }

    private synchronized boolean isKnown() {
        return absent || head.isPresent();
    }

    /// Waits until a close is done, until the deadline; says whether it is.
    boolean awaitClosed(long deadline) throws InterruptedException {
        return await(this::isClosed, deadline);
    }

    private synchronized boolean isRefused(long request) {
        return refused >= request;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private boolean isDurable(Txid upTo) {
        return destinations.stream().allMatch(destination -> holds(destination, upTo));
    }

    /// What goes beyond the line is of an earlier life of it.
    private static boolean holds(Destination destination, Txid upTo) {
        Optional<Txid> durable = destination.durable();
        Optional<Txid> newest = destination.spool().flatMap(Spool::newest);
        return destination.standing() == Destination.Standing.READY
                && destination.isBased()
                && durable.filter(txid -> !upTo.isAfter(txid)).isPresent()
                && newest.filter(txid -> !durable.get().isAfter(txid)).isPresent();
    }

    private synchronized boolean await(BooleanSupplier condition, long deadline)
            throws InterruptedException {
        while (!condition.getAsBoolean()) {
            long left = deadline - clock.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }
}
