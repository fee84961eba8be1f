package io.litestream.engine;

import java.time.Duration;
import java.util.Collection;

/// Looks at the files of all databases, over and over, and wakes those that changed. It does
/// nothing but `stat`.
///
/// The looks take at most a hundredth of a core: the more databases there are, the longer a round
/// takes. What one look costs is a constant, not a measurement: on a busy machine a measured time
/// is mostly waiting.
final class Sweep {

    private static final int SHARE = 100;

    /// Two `stat` calls and their comparison.
    private static final Duration LOOK = Duration.ofNanos(10_000);

    private final Collection<Database> databases;
    private final Duration interval;
    private final Scheduler scheduler;
    private volatile boolean stopped;

    /// @param databases may change while this runs
    Sweep(Collection<Database> databases, Duration interval, Scheduler scheduler) {
        this.databases = databases;
        this.interval = interval;
        this.scheduler = scheduler;
    }

    void start() {
        scheduler.after(Duration.ZERO, this::round);
    }

    void stop() {
        stopped = true;
    }

    private void round() {
        for (Database database : databases) {
            if (stopped) {
                return;
            }
            database.look();
        }
        Duration least = LOOK.multipliedBy((long) SHARE * databases.size());
        scheduler.after(least.compareTo(interval) > 0 ? least : interval, this::round);
    }
}
