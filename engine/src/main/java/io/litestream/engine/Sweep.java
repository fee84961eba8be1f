package io.litestream.engine;

import io.litestream.time.Clock;

import java.time.Duration;
import java.util.Collection;

/// Looks at the files of all databases, over and over, and wakes those that changed. It does
/// nothing but `stat`.
///
/// The looks take at most a hundredth of a core: the more databases there are, the longer a round
/// takes.
final class Sweep {

    private static final int SHARE = 100;

    private final Collection<Database> databases;
    private final Duration interval;
    private final Scheduler scheduler;
    private final Clock clock;
    private volatile boolean stopped;

    /// @param databases may change while this runs
    Sweep(Collection<Database> databases, Duration interval, Scheduler scheduler, Clock clock) {
        this.databases = databases;
        this.interval = interval;
        this.scheduler = scheduler;
        this.clock = clock;
    }

    void start() {
        scheduler.after(Duration.ZERO, this::round);
    }

    void stop() {
        stopped = true;
    }

    private void round() {
        long began = clock.nanoTime();
        for (Database database : databases) {
            if (stopped) {
                return;
            }
            database.look();
        }
        Duration took = Duration.ofNanos(clock.nanoTime() - began);
        Duration least = took.multipliedBy(SHARE);
        scheduler.after(least.compareTo(interval) > 0 ? least : interval, this::round);
    }
}
