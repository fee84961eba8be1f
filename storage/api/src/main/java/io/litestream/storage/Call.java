package io.litestream.storage;

import com.google.errorprone.annotations.concurrent.GuardedBy;

import io.litestream.time.Clock;
import io.litestream.time.Interrupts;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// One call to a store, on a virtual thread of its own. Whoever waits for it gives it up if it
/// shows no sign of life for too long; it is never interrupted, and may still end later.
final class Call<T> {

    private final String what;
    private final Clock clock;
    private final Consumer<T> orphaned;

    @GuardedBy("this")
    private State state = State.RUNNING;

    @GuardedBy("this")
    private @Nullable T result;

    @GuardedBy("this")
    private @Nullable Throwable failure;

    @GuardedBy("this")
    private long silentSince; // on the clock's steady count

    @GuardedBy("this")
    private long patienceNanos;

    @GuardedBy("this")
    private long deadline; // whatever the signs of life; counts if hasDeadline

    @GuardedBy("this")
    private boolean hasDeadline;

    private enum State {
        RUNNING,
        ENDED,
        GIVEN_UP
    }

    /// What is called.
    @FunctionalInterface
    interface Body<T> {
        T run(Call<T> call) throws IOException;
    }

    /// @param what is named if it is given up
    /// @param orphaned gets the result if it comes after that
    Call(String what, Duration patience, Clock clock, Consumer<T> orphaned) {
        this.what = what;
        this.patienceNanos = patience.toNanos();
        this.clock = clock;
        this.orphaned = orphaned;
        this.silentSince = clock.nanoTime();
    }

    void start(Body<T> body) {
        Thread.ofVirtual().name("litestream-call").start(() -> run(body));
    }

    private void run(Body<T> body) {
        T got = null;
        Throwable failed = null;
        try {
            got = body.run(this);
        } catch (Throwable e) { // handed to whoever waits
            failed = e;
        }
        boolean late;
        synchronized (this) {
            late = state == State.GIVEN_UP;
            if (!late) {
                state = State.ENDED;
                result = got;
                failure = failed;
                notifyAll();
            }
        }
        if (late && got != null) {
            orphaned.accept(got);
        }
    }

    /// Notes a sign of life: from now on, it may be silent for that long.
    ///
    /// @throws IOException if it was given up
    synchronized void alive(long patience) throws IOException {
        if (state == State.GIVEN_UP) {
            throw new IOException("%s was given up".formatted(what));
        }
        patienceNanos = patience;
        silentSince = clock.nanoTime();
    }

    /// Makes it be given up at this moment of the clock's steady count, alive or not.
    synchronized void endBy(long moment) {
        deadline = moment;
        hasDeadline = true;
        notifyAll();
    }

    /// Waits for the result.
    ///
    /// @throws StorageException.Unavailable if it was given up
    synchronized T await() throws IOException {
        while (state == State.RUNNING) {
            long now = clock.nanoTime();
            long left = silentSince + patienceNanos - now;
            left = hasDeadline ? Math.min(left, deadline - now) : left;
            if (left <= 0) {
                throw givenUp("got no answer for " + Duration.ofNanos(now - silentSince));
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                Interrupts.keep();
                throw givenUp("was interrupted");
            }
        }
        return outcome();
    }

    @GuardedBy("this")
    private StorageException givenUp(String why) {
        state = State.GIVEN_UP;
        return new StorageException.Unavailable(what + " " + why + ", and was given up", null);
    }

    @GuardedBy("this")
    @SuppressWarnings("NullAway") // a call that ended without a failure has a result
    private T outcome() throws IOException {
        return switch (failure) {
            case null -> result;
            case IOException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(failure);
        };
    }
}
