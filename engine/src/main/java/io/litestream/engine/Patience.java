package io.litestream.engine;

import io.litestream.sqlite.SqliteException;
import io.litestream.time.Clock;
import io.litestream.time.Interrupts;

import java.io.IOException;
import java.time.Duration;

/// Waiting for others to let go of a database.
final class Patience {

    private Patience() {}

    /// Something that asks SQLite for a lock.
    @FunctionalInterface
    interface Attempt<T> {
        T run() throws IOException;
    }

    /// Tries until it is not busy.
    ///
    /// @throws SqliteException.Busy if it is busy all the time
    static <T> T wait(Duration patience, Duration pause, Clock clock, Attempt<T> attempt)
            throws IOException {
        long deadline = clock.nanoTime() + patience.toNanos();
        while (true) {
            try {
                return attempt.run();
            } catch (SqliteException.Busy e) {
                if (clock.nanoTime() - deadline >= 0) {
                    throw e;
                }
                pause(pause, clock);
            }
        }
    }

    private static void pause(Duration pause, Clock clock) {
        try {
            clock.sleep(pause);
        } catch (InterruptedException e) {
            Interrupts.keep(); // nobody does
        }
    }
}
