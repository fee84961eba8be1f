package io.litestream.engine;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait before an attempt is repeated: anything from nearly nothing to a longest wait,
/// which is twice as long each time, up to a limit. What failed together thus does not come back
/// together.
///
/// @param first the longest wait after the first failure
/// @param limit the longest wait of all
record Backoff(Duration first, Duration limit, RandomGenerator random) {

    private static final int MAX_DOUBLINGS = 20;
    private static final int LEAST_SHARE = 10;

    /// @param failures how many there were in a row, at least 1
    Duration delay(int failures) {
        long longest = longest(failures).toNanos();
        long least = longest / LEAST_SHARE;
        return Duration.ofNanos(least + random.nextLong(longest - least + 1));
    }

    /// Returns the longest wait after so many failures in a row.
    Duration longest(int failures) {
        long nanos = first.toNanos() << Math.min(failures - 1, MAX_DOUBLINGS);
        return Duration.ofNanos(nanos <= 0 ? limit.toNanos() : Math.min(nanos, limit.toNanos()));
    }
}
