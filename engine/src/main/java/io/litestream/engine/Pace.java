package io.litestream.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;

import java.time.Duration;

/// How often a destination takes a slot: once each sync interval in the long run, and a few ahead
/// of that, so that commits that come one by one go out at once.
///
/// Slots that could not wait, as those of a checkpoint or of a backlog, may be more; what comes
/// after them is never put off by more than an interval. Moments are those of a clock's steady
/// count. Any thread may call.
final class Pace {

    /// How many uploads may be ahead of one for each sync interval.
    private static final int CREDIT = 3;

    private final long interval;

    @GuardedBy("this")
    private long paidUntil; // each upload pays for one sync interval from here on

    Pace(Duration interval, long now) {
        this.interval = interval.toNanos();
        this.paidUntil = now;
    }

    /// Notes an upload that began at this moment.
    synchronized void uploaded(long began) {
        long most = began + (CREDIT + 1) * interval;
        paidUntil = Math.min(Math.max(began, paidUntil) + interval, most);
    }

    /// Returns when the next may begin.
    synchronized long next() {
        return paidUntil - CREDIT * interval;
    }
}
