package io.litestream.replica;

import io.litestream.time.Clock;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/// A clock that stands still but for sleep, which takes no time.
final class SkippingClock implements Clock {

    private final AtomicLong nanos = new AtomicLong();

    @Override
    public Instant instant() {
        return Line.START.plusNanos(nanos.get());
    }

    @Override
    public long nanoTime() {
        return nanos.get();
    }

    @Override
    public void sleep(Duration duration) {
        nanos.addAndGet(duration.toNanos());
    }
}
