package io.litestream.storage.testkit;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Holds back whoever comes until it is opened, and then nobody any more.
public final class Gate {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Semaphore passes = new Semaphore(0);
    private final Semaphore arrivals = new Semaphore(0);

    /// Creates a closed gate.
    public Gate() {}

    /// Waits until somebody has arrived, once for each arrival.
    ///
    /// @throws AssertionError if nobody arrives within half a minute
    public void awaitArrival() throws InterruptedException {
        if (!arrivals.tryAcquire(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("nobody has arrived at the gate for " + LIMIT);
        }
    }

    /// Lets everybody pass.
    public void open() {
        passes.release();
    }

    /// Blocks until the gate is open.
    void pass() {
        arrivals.release();
        passes.acquireUninterruptibly();
        passes.release();
    }
}
