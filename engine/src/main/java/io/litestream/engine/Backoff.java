package io.litestream.engine;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait before an attempt is repeated: twice as long each time, up to a limit, drawn
/// evenly from the upper half so that many do not come back at the same moment.
///
/// @param first the longest wait after the first failure
/// @param limit the longest wait of all
record Backoff(Duration first, Duration limit, RandomGenerator random) {

    private static final int MAX_DOUBLINGS = 20;

    /// @param failures how many there were in a row, at least 1
    Duration delay(int failures) {
        long nanos = first.toNanos() << Math.min(failures - 1, MAX_DOUBLINGS);
        long longest = nanos <= 0 ? limit.toNanos() : Math.min(nanos, limit.toNanos());
        return Duration.ofNanos(longest / 2 + random.nextLong(longest / 2 + 1));
    }
}
