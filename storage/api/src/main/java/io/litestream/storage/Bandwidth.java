package io.litestream.storage;

import com.google.errorprone.annotations.concurrent.GuardedBy;

import io.litestream.time.Clock;
import io.litestream.time.Interrupts;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Objects;

/// A bound on how many bytes pass in a second, which all who share it keep together.
///
/// Bytes pass in the order in which they are asked for, a piece at a time: a small object goes out
/// between the pieces of a large one. Any thread may ask.
public final class Bandwidth {

    // A piece reserves the time that it takes, from the end of the one before it on. What was not
    // used is lost, but for a moment's worth, which makes up for sleeps that were too long.

    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long CREDIT_NANOS = NANOS_PER_SECOND / 20;

    /// The time that one piece takes, which is also how long a small object waits for a large one.
    private static final long PIECES_PER_SECOND = 50;

    private static final int LARGEST_PIECE = 64 * 1024;

    private final long bytesPerSecond;
    private final Clock clock;

    @GuardedBy("this")
    private long reservedUntil;

    /// @param bytesPerSecond at least one
    public Bandwidth(long bytesPerSecond, Clock clock) {
        if (bytesPerSecond < 1) {
            throw new IllegalArgumentException("bandwidth is %d B/s".formatted(bytesPerSecond));
        }
        this.bytesPerSecond = bytesPerSecond;
        this.clock = Objects.requireNonNull(clock);
        this.reservedUntil = clock.nanoTime() - CREDIT_NANOS;
    }

    /// Returns the most bytes to ask for at once.
    public int pieceBytes() {
        return Math.clamp(bytesPerSecond / PIECES_PER_SECOND, 1, LARGEST_PIECE);
    }

    /// Returns when so many bytes may pass.
    ///
    /// @throws InterruptedIOException if the thread is interrupted, which it then still is
    public void pass(int bytes) throws InterruptedIOException {
        long wait = reserve(bytes);
        if (wait <= 0) {
            return;
        }
        try {
            clock.sleep(Duration.ofNanos(wait));
        } catch (InterruptedException e) {
            Interrupts.keep();
            throw new InterruptedIOException("interrupted while waiting for bandwidth");
        }
    }

    /// Returns how long to wait before these bytes may pass.
    private synchronized long reserve(int bytes) {
        long now = clock.nanoTime();
        if (now - reservedUntil > CREDIT_NANOS) {
            reservedUntil = now - CREDIT_NANOS;
        }
        long wait = reservedUntil - now;
        reservedUntil += bytes * NANOS_PER_SECOND / bytesPerSecond;
        return wait;
    }

    @Override
    public String toString() {
        return bytesPerSecond + " B/s";
    }
}
