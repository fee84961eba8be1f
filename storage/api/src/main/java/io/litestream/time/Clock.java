package io.litestream.time;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// Time, as everything but the outermost layer sees it: the date, a steady count, and sleep.
public interface Clock extends InstantSource {

    /// The clock of the machine.
    static Clock system() {
        return SystemClock.INSTANCE;
    }

    @Override
    Instant instant();

    /// Nanoseconds since some moment, which never go back. Only differences mean anything.
    long nanoTime();

    /// Returns after that long, or earlier if the thread is interrupted.
    void sleep(Duration duration) throws InterruptedException;
}
