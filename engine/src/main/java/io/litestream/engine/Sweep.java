package io.litestream.engine;

import java.time.Duration;
import java.util.Collection;

/// Looks at the files of all databases, over and over, and wakes those that changed. It does
/// nothing but `stat`.
///
/// Those that are open are looked at often, the others less often the more there are: all looks
/// together take a third of a percent of a core as long as that is once a second, and at most one
/// percent. What one look costs is a constant, not a measurement: on a busy machine a measured time
/// is mostly waiting.
final class Sweep {

    /// A hundredth of a core, for those that are open, and again for the others.
    private static final int SHARE = 100;

    private static final int SMALL_SHARE = 3 * SHARE;
    private static final Duration SELDOM = Duration.ofSeconds(1);

    /// How long a database that was opened meanwhile may wait to be counted among the open ones.
    private static final Duration LONGEST = Duration.ofMillis(300);

    /// Two `stat` calls and their comparison.
    private static final long LOOK_NANOS = 10_000;

    private final Collection<Database> databases;
    private final Duration interval;
    private final Scheduler scheduler;
    private Duration sinceAll = Duration.ZERO; // confined to the rounds: since all were looked at
    private boolean begun; // confined to the rounds
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
        Duration ofAll = pauseOfAll(databases.size(), interval);
        boolean all = !begun || sinceAll.compareTo(ofAll) >= 0;
        begun = true;
        int live = 0;
        for (Database database : databases) {
            if (stopped) {
                return;
            }
            boolean isLive = database.isLive();
            live += isLive ? 1 : 0;
            if (all || isLive) {
                database.look();
            }
        }
        Duration left = all ? ofAll : ofAll.minus(sinceAll);
        Duration pause = least(left, live > 0 ? pauseOfLive(live, interval) : LONGEST);
        sinceAll = all ? pause : sinceAll.plus(pause);
        scheduler.after(pause, this::round);
    }

    /// Returns the time between two looks at an open database, of so many.
    static Duration pauseOfLive(int live, Duration interval) {
        return most(interval, looks((long) SHARE * live));
    }

    /// Returns the time between two looks at a database that is not open, of so many in all.
    static Duration pauseOfAll(int databases, Duration interval) {
        Duration cheap = least(SELDOM, looks((long) SMALL_SHARE * databases));
        return most(interval, most(cheap, looks((long) SHARE * databases)));
    }

    private static Duration looks(long count) {
        return Duration.ofNanos(LOOK_NANOS * count);
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    private static Duration most(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }
}
