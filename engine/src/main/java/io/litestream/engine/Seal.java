package io.litestream.engine;

import io.litestream.sqlite.CheckpointMode;
import io.litestream.sqlite.WalState;
import io.litestream.time.Clock;
import io.litestream.time.Interrupts;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Ends the WAL of writers that make no pause: holds the write lock from the last capture until the
/// pin is on the database file alone, so that the next writer restarts the WAL. When that is done,
/// and what it costs, is in decision 2. Confined to the worker that drives the database.
final class Seal {

    /// How long until the next attempt to take the lock. It does not depend on the ordinary
    /// checkpoints, which go on meanwhile.
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    /// How long until the lock is taken again, however large the WAL is: somebody who reads for
    /// long keeps it from ending, and then holding the lock does nothing but keep writers waiting.
    private static final long REPEAT_NANOS = TimeUnit.SECONDS.toNanos(10);

    /// How often everything is brought into the database file before, at most: each time there is
    /// less left, unless the writers are quicker than the disk.
    private static final int MOST_PASSES = 6;

    /// How long until it is taken again if time ran out: then there was too much left to do.
    private static final long OVERRUN_NANOS = TimeUnit.SECONDS.toNanos(3);

    /// Writers without a pause let go of the lock for moments.
    private static final int LOCK_ATTEMPTS = 100;

    private static final Duration PAUSE = Duration.ofNanos(200_000);

    private final Path path;
    private final OpenDatabase database;
    private final OpenDatabase.Step capture;
    private final Checkpoints.Limits limits;
    private final Timer timer;
    private final Clock clock;
    private final Consumer<EngineEvent> events;

    private long overBoundSince = Long.MAX_VALUE;
    private long nextAttempt;

    /// Runs something once a time has passed, on another thread, unless it is called off before.
    @FunctionalInterface
    interface Timer {
        Runnable after(Duration delay, Runnable action);
    }

    Seal(
            Path path,
            OpenDatabase database,
            OpenDatabase.Step capture,
            Checkpoints.Limits limits,
            Timer timer,
            Clock clock,
            Consumer<EngineEvent> events) {
        this.path = path;
        this.database = database;
        this.capture = capture;
        this.limits = limits;
        this.timer = timer;
        this.clock = clock;
        this.events = events;
        this.nextAttempt = clock.nanoTime();
    }

    /// Notes how much is in the WAL.
    void note(WalTail tail, long now) {
        boolean over = tail.validFrames() >= 4L * limits.minFrames();
        overBoundSince = over ? Math.min(overBoundSince, now) : Long.MAX_VALUE;
    }

    boolean isDue(WalTail tail, long now) throws IOException {
        if (overBoundSince == Long.MAX_VALUE || now - nextAttempt < 0) {
            return false;
        }
        boolean large =
                database.file().header().pageSize() * tail.validFrames() >= limits.sealBytes();
        return large || now - overBoundSince >= limits.sealPatience().toNanos();
    }

    /// Makes ordinary checkpoints until little is left, and the last one under the write lock. If
    /// the budget runs out, a timer gives the lock back: then that is an ordinary one, too.
    void run(Checkpoints ordinary) throws IOException, ContinuityLost {
        leaveLittle(ordinary);
        nextAttempt = clock.nanoTime() + RETRY_NANOS;
        if (!tryLockWrites()) {
            return;
        }
        long began = clock.nanoTime();
        Lock lock = new Lock();
        Runnable callOff = timer.after(limits.sealBudget(), lock::release);
        try {
            if (database.movePin(capture)) {
                WalState state = checkpoint(lock);
                database.movePin(capture);
                ordinary.report(CheckpointMode.PASSIVE, state, began);
            }
        } finally {
            callOff.run();
            boolean inTime = lock.release();
            overBoundSince = inTime ? Long.MAX_VALUE : overBoundSince;
            nextAttempt = clock.nanoTime() + (inTime ? REPEAT_NANOS : OVERRUN_NANOS);
            events.accept(new EngineEvent.Sealed(path, Duration.ofNanos(clock.nanoTime() - began)));
        }
    }

    /// What waits for the disk comes first: most pages of the frames that come meanwhile are in the
    /// same few places, so what is left is to read these frames and to force them.
    private void leaveLittle(Checkpoints ordinary) throws IOException, ContinuityLost {
        repeat(ordinary::passive, limits.sealBudget().dividedBy(2));
        repeat(
                () -> {
                    if (database.movePin(capture)) {
                        database.wal().force();
                    }
                },
                limits.sealBudget().dividedBy(5));
    }

    /// Does something until it takes no longer than it may, or several times.
    private void repeat(Preparation step, Duration longest) throws IOException, ContinuityLost {
        long took = Long.MAX_VALUE;
        for (int i = 0; i < MOST_PASSES && took > longest.toNanos(); i++) {
            long began = clock.nanoTime();
            step.run();
            took = clock.nanoTime() - began;
        }
    }

    @FunctionalInterface
    private interface Preparation {
        void run() throws IOException, ContinuityLost;
    }

    private boolean tryLockWrites() throws IOException {
        for (int i = 0; i < LOCK_ATTEMPTS; i++) {
            if (database.tryLockWrites()) {
                return true;
            }
            if (!pause()) {
                return false;
            }
        }
        return false;
    }

    /// Checkpoints, again and again while the writer is at that itself: each of its commits ends
    /// with a checkpoint as long as the WAL is large, after it has given the write lock back.
    private WalState checkpoint(Lock lock) throws IOException {
        WalState state = database.checkpointSealed();
        while (state.outcome() == WalState.Outcome.BLOCKED && lock.isHeld() && pause()) {
            state = database.checkpointSealed();
        }
        return state;
    }

    private boolean pause() {
        try {
            clock.sleep(PAUSE);
            return true;
        } catch (InterruptedException e) {
            Interrupts.keep(); // nobody does
            return false;
        }
    }

    /// The write lock, which is given back once: by the timer, or by whoever took it.
    private final class Lock {

        private boolean released;

        synchronized boolean isHeld() {
            return !released;
        }

        /// Returns whether it was still held.
        synchronized boolean release() {
            boolean held = !released;
            if (held) {
                try {
                    database.unlockWrites();
                } catch (IOException e) {
                    throw new IllegalStateException(
                            "cannot give the write lock of " + path + " back", e);
                }
                released = true;
            }
            return held;
        }
    }
}
