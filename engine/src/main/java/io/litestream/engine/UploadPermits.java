package io.litestream.engine;

import io.litestream.time.Interrupts;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/// Bounds how many uploads of all databases run at once, and how many destinations are listed.
///
/// Destinations of different names have permits of their own, so one that hangs costs the others
/// nothing; and so have large uploads, so what was committed just now does not wait for those that
/// catch up. A small upload that gets no answer soon gives its permit back, and goes on without.
final class UploadPermits {

    private static final long LARGE_BYTES = 4 << 20;
    private static final int LARGE_SHARE = 8;
    private static final Duration LENT_FOR = Duration.ofSeconds(2);
    private static final long LOOK_MILLIS = 250;
    private static final long LISTING_LOOK_MILLIS = 1000; // a fleet may wait
    private static final int LISTINGS = 16; // each asks for all levels at once

    private final int atOnce;
    private final Scheduler scheduler;
    private final Map<String, Lanes> lanes = new ConcurrentHashMap<>();

    UploadPermits(int atOnce, Scheduler scheduler) {
        this.atOnce = atOnce;
        this.scheduler = scheduler;
    }

    private record Lanes(Semaphore small, Semaphore large, Semaphore listings) {}

    /// Waits for a permit for an upload of that many bytes; empty if the wait was ended.
    Optional<Permit> acquire(String destination, long bytes, BooleanSupplier ended) {
        Lanes of = lanes(destination);
        return bytes >= LARGE_BYTES
                ? acquire(of.large(), LOOK_MILLIS, ended)
                : acquire(of.small(), LOOK_MILLIS, ended).map(permit -> permit.lent(scheduler));
    }

    /// Waits for a permit to list what a destination holds; empty if the wait was ended. If there
    /// is no answer soon, the permit is given back.
    Optional<Permit> acquireListing(String destination, BooleanSupplier ended) {
        return acquire(lanes(destination).listings(), LISTING_LOOK_MILLIS, ended)
                .map(permit -> permit.lent(scheduler));
    }

    private static Optional<Permit> acquire(
            Semaphore lane, long lookMillis, BooleanSupplier ended) {
        while (!ended.getAsBoolean()) {
            try {
                if (lane.tryAcquire(lookMillis, TimeUnit.MILLISECONDS)) {
                    return Optional.of(new Permit(lane));
                }
            } catch (InterruptedException e) {
                Interrupts.keep(); // nobody does
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private Lanes lanes(String destination) {
        return lanes.computeIfAbsent(
                destination,
                _ ->
                        new Lanes(
                                new Semaphore(atOnce),
                                new Semaphore(Math.max(2, atOnce / LARGE_SHARE)),
                                new Semaphore(LISTINGS)));
    }

    /// The right to upload or to list, given back once.
    static final class Permit implements AutoCloseable {

        private final Semaphore lane;
        private final AtomicBoolean held = new AtomicBoolean(true);
        private Runnable callOff = () -> {};

        private Permit(Semaphore lane) {
            this.lane = lane;
        }

        private Permit lent(Scheduler scheduler) {
            callOff = scheduler.after(LENT_FOR, this::release);
            return this;
        }

        private void release() {
            if (held.compareAndSet(true, false)) {
                lane.release();
            }
        }

        @Override
        public void close() {
            callOff.run();
            release();
        }
    }
}
