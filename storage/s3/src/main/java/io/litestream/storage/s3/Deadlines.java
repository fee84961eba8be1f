package io.litestream.storage.s3;

import io.litestream.time.Clock;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Ends what takes too long by closing its connection. Nobody is interrupted: the thread that
/// uploads may be reading a database.
final class Deadlines implements AutoCloseable {

    private final Clock clock;
    private final ScheduledExecutorService timer;

    Deadlines(Clock clock) {
        this.clock = clock;
        ScheduledThreadPoolExecutor threads =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofVirtual().name("litestream-s3-deadlines").factory());
        threads.setRemoveOnCancelPolicy(true);
        this.timer = Executors.unconfigurableScheduledExecutorService(threads);
    }

    /// Calls `end` once nothing has moved on for as long as the limit.
    Watch watch(Duration limit, Runnable end) {
        return new Watch(limit, end);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    /// One call that is watched, until it is closed.
    final class Watch implements AutoCloseable {

        private final Duration limit;
        private final Runnable end;
        private volatile long movedAt = clock.nanoTime();
        private volatile boolean expired;
        private volatile boolean closed;
        private volatile ScheduledFuture<?> check;

        private Watch(Duration limit, Runnable end) {
            this.limit = limit;
            this.end = end;
            this.check = timer.schedule(this::check, limit.toNanos(), TimeUnit.NANOSECONDS);
        }

        /// Begins the limit anew.
        void moved() {
            movedAt = clock.nanoTime();
        }

        /// Tells whether the call was ended.
        boolean expired() {
            return expired;
        }

        Duration limit() {
            return limit;
        }

        @Override
        public void close() {
            closed = true; // the check may be under way, or about to plan the next
            check.cancel(false);
        }

        private void check() {
            if (closed) {
                return;
            }
            long left = limit.toNanos() - (clock.nanoTime() - movedAt);
            if (left > 0) {
                check = timer.schedule(this::check, left, TimeUnit.NANOSECONDS);
            } else {
                expired = true;
                end.run();
            }
        }
    }
}
