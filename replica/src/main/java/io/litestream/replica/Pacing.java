package io.litestream.replica;

import io.litestream.time.Clock;
import io.litestream.time.Interrupts;

import java.time.Duration;

/// Slows a reader down to so many bytes a second on average.
final class Pacing {

    private static final long NANOS = 1_000_000_000L;

    private final VerificationEffort effort;
    private final Clock clock;
    private final long start;
    private long bytes;

    Pacing(VerificationEffort effort, Clock clock) {
        this.effort = effort;
        this.clock = clock;
        this.start = clock.nanoTime();
    }

    /// Returns what is told how far the next reading is, counted from its own beginning. It sleeps
    /// in between.
    RestoreProgress next() {
        long[] before = {0};
        return (readBytes, _) -> {
            read(readBytes - before[0]);
            before[0] = readBytes;
        };
    }

    private void read(long more) {
        long ahead = ahead(more);
        if (ahead <= 0) {
            return;
        }
        try {
            clock.sleep(Duration.ofNanos(ahead));
        } catch (InterruptedException e) {
            Interrupts.keep();
        }
    }

    /// Returns by how many nanoseconds the reading is ahead of its pace.
    private synchronized long ahead(long more) {
        bytes += more;
        double due = (double) bytes / effort.bytesPerSecond() * NANOS;
        return (long) due - (clock.nanoTime() - start);
    }
}
