package io.litestream.engine;

import static java.util.Comparator.naturalOrder;

import com.google.errorprone.annotations.concurrent.GuardedBy;

import io.litestream.ltx.Txid;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// What is done for one destination of a database from time to time, beside the uploads: each
/// [Chore] once at the start, and then at the multiples of its interval on the wall clock.
///
/// One chore of a destination runs at a time, on a thread of the scheduler's upkeep pool, and only
/// while the destination answers. A chore that fails is told of and tried again: after a wait, or
/// at the next multiple if that comes first. Any thread may call.
final class Upkeep {

    private static final Duration FIRST_RETRY = Duration.ofSeconds(30);
    private static final Duration LAST_RETRY = Duration.ofMinutes(10);

    private final Path database;
    private final Destination destination;
    private final Context context;
    private final Backoff retry;
    private final Consumer<Runnable> threads;

    @GuardedBy("this")
    private final List<Entry> entries;

    @GuardedBy("this")
    private boolean running;

    private volatile Idle idle = new Idle(Instant.MIN, Instant.MIN);

    private volatile boolean closed;

    /// @param chores in the order in which those run that are due at once
    Upkeep(Path database, Destination destination, List<Chore> chores, Context context) {
        this(database, destination, chores, context, context.scheduler()::upkeep);
    }

    /// @param threads runs what is due
    Upkeep(
            Path database,
            Destination destination,
            List<Chore> chores,
            Context context,
            Consumer<Runnable> threads) {
        this.threads = threads;
        this.database = database;
        this.destination = destination;
        this.context = context;
        this.retry = new Backoff(FIRST_RETRY, LAST_RETRY, context.backoff().random());
        this.entries = chores.stream().map(Entry::new).toList();
    }

    /// Begins what is due. Returns at once.
    ///
    /// @param head how far the line is here: nothing is done to a destination that is beyond it,
    ///   since it may hold another line
    void tick(Txid head) {
        Instant now = context.clock().instant();
        if (closed || idle.includes(now) || !isReady(head)) {
            return;
        }
        synchronized (this) {
            if (running || !isDue(now) || !destination.beginUpkeep()) {
                return;
            }
            running = true;
            idle = new Idle(now, now);
        }
        threads.accept(this::run);
    }

    /// The time between two moments, of which the first is included, in which nothing is due. With
    /// thousands of databases, a look at each chore in each second would be felt.
    private record Idle(Instant from, Instant until) {
        boolean includes(Instant now) {
            return !now.isBefore(from) && now.isBefore(until);
        }
    }

    @GuardedBy("this")
    private boolean isDue(Instant now) {
        if (nextDue(now).isPresent()) {
            return true;
        }
        Instant next = entries.stream().map(entry -> entry.dueAt).min(naturalOrder()).orElse(now);
        idle = new Idle(now, next);
        return false;
    }

    /// Ends what runs soon, and begins nothing more. Returns at once.
    void close() {
        closed = true;
    }

    /// Waits until nothing runs, until the deadline on the clock's steady count.
    synchronized boolean awaitIdle(long deadline) throws InterruptedException {
        while (running) {
            long left = deadline - context.clock().nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }

    private boolean isReady(Txid head) {
        return destination.standing() == Destination.Standing.READY
                && !destination.isFailing()
                && destination.durable().filter(durable -> !durable.isAfter(head)).isPresent();
    }

    private void run() {
        Optional<Entry> next = take();
        while (next.isPresent()) {
            perform(next.get());
            next = take();
        }
    }

    private synchronized Optional<Entry> take() {
        Optional<Entry> next = closed ? Optional.empty() : nextDue(context.clock().instant());
        if (next.isEmpty()) {
            running = false;
            destination.endUpkeep();
            notifyAll();
        }
        return next;
    }

    @GuardedBy("this")
    private Optional<Entry> nextDue(Instant now) {
        return entries.stream().filter(entry -> entry.isDue(now)).findFirst();
    }

    private void perform(Entry entry) {
        Instant now = context.clock().instant();
        try {
            entry.chore.run(new Chore.Turn(now, () -> closed));
            synchronized (this) {
                entry.done(now);
            }
        } catch (IOException e) {
            failed(entry, now, e.getMessage() == null ? e.toString() : e.getMessage());
        } catch (RuntimeException | Error e) {
            failed(entry, now, "unexpected failure: " + e);
        }
    }

    private void failed(Entry entry, Instant now, String reason) {
        Duration wait;
        synchronized (this) {
            wait = entry.failed(now, retry);
        }
        if (!closed) {
            String chore = entry.chore.name();
            context.events()
                    .accept(
                            new EngineEvent.UpkeepFailed(
                                    database, destination.name(), chore, reason, wait));
        }
    }

    /// Returns the last multiple of an interval on the wall clock that is not after `now`.
    static Instant lastMultiple(Duration interval, Instant now) {
        long millis = now.toEpochMilli();
        return Instant.ofEpochMilli(millis - Math.floorMod(millis, interval.toMillis()));
    }

    /// A chore, and when it is due. Guarded by the upkeep's monitor.
    private static final class Entry {

        private final Chore chore;
        private Instant dueAt = Instant.MIN;
        private int failures;

        Entry(Chore chore) {
            this.chore = chore;
        }

        /// A wall clock that was set back would put it off for as long: then it is due.
        boolean isDue(Instant now) {
            return !now.isBefore(dueAt) || dueAt.isAfter(next(now));
        }

        void done(Instant began) {
            failures = 0;
            dueAt = next(began);
        }

        /// Returns how long it is until the next attempt.
        Duration failed(Instant began, Backoff retry) {
            failures++;
            Instant again = began.plus(retry.delay(failures));
            dueAt = again.isBefore(next(began)) ? again : next(began);
            return Duration.between(began, dueAt);
        }

        private Instant next(Instant after) {
            return lastMultiple(chore.interval(), after).plus(chore.interval());
        }
    }
}
