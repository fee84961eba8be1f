package io.litestream.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;

import io.litestream.replica.LiveState;
import io.litestream.time.Clock;
import io.litestream.time.Interrupts;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Where a verification asks for the live database, and the step of the database answers.
final class LiveReadings {

    private final Clock clock;

    @GuardedBy("this")
    private boolean asked;

    @GuardedBy("this")
    private boolean closed;

    @GuardedBy("this")
    private @Nullable LiveReading reading;

    LiveReadings(Clock clock) {
        this.clock = clock;
    }

    /// Says whether somebody waits for a reading.
    synchronized boolean isAsked() {
        return asked;
    }

    /// Says whether a reading is under way.
    synchronized boolean isRunning() {
        return reading != null;
    }

    /// Gives a reading to who asked, and will close it. Called by the step.
    ///
    /// @return whether somebody still waits for it
    synchronized boolean give(LiveReading given) {
        if (!asked) {
            return false;
        }
        reading = given;
        asked = false;
        notifyAll();
        return true;
    }

    /// Nobody gets an answer any more.
    synchronized void close() {
        closed = true;
        notifyAll();
    }

    /// Makes the reading under way end without a result.
    synchronized void cancel() {
        LiveReading running = reading;
        if (running != null) {
            running.cancel();
        }
    }

    /// Waits until no reading is under way. Called by the step before the connections go.
    synchronized void awaitIdle() {
        while (reading != null) {
            try {
                wait();
            } catch (InterruptedException e) {
                Interrupts.keep(); // nobody does
                return;
            }
        }
    }

    /// Asks, waits for the answer, and reads the database. One thread at a time.
    ///
    /// @param wake makes the step run soon
    LiveState ask(Runnable wake, Duration patience) {
        synchronized (this) {
            asked = true;
        }
        wake.run();
        LiveReading given = await(patience);
        if (given == null) {
            return new LiveState.Unknown(
                    "it could not be read within %d s".formatted(patience.toSeconds()));
        }
        try (given) {
            return given.read(clock);
        } catch (IOException e) {
            return new LiveState.Unknown(e.getMessage() == null ? e.toString() : e.getMessage());
        } finally {
            synchronized (this) {
                reading = null;
                notifyAll();
            }
        }
    }

    private synchronized @Nullable LiveReading await(Duration patience) {
        long deadline = clock.nanoTime() + patience.toNanos();
        try {
            while (reading == null && !closed) {
                long left = deadline - clock.nanoTime();
                if (left <= 0) {
                    break;
                }
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Interrupts.keep(); // nobody does
        }
        asked = false;
        return reading;
    }
}
