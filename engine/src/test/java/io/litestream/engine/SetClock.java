package io.litestream.engine;

import io.litestream.time.Clock;

import java.time.Duration;
import java.time.Instant;

/// A clock that shows what it is told to.
final class SetClock implements Clock {

    private volatile Instant now;

    SetClock(Instant now) {
        this.now = now;
    }

    void set(Instant instant) {
        now = instant;
    }

    void advance(Duration by) {
        now = now.plus(by);
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public long nanoTime() {
        return Duration.between(Instant.EPOCH, now).toNanos();
    }

    @Override
    public void sleep(Duration duration) {
        advance(duration);
    }
}
