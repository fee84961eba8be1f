package io.litestream.replica;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.Semaphore;

/// Forces a file to the disk now and then while it is being written, on a thread of its own, so
/// that little is left to force at the end.
final class BackgroundForce implements AutoCloseable {

    private static final long EVERY_BYTES = 64 << 20;

    private final FileChannel channel;
    private final Semaphore wakeups = new Semaphore(0);
    private final Thread thread;
    private volatile boolean closing;
    private volatile @Nullable IOException failure;

    /// Owned by the thread that writes.
    private long unforced;

    BackgroundForce(FileChannel channel) {
        this.channel = channel;
        this.thread = Thread.ofPlatform().daemon().name("restore force").unstarted(this::run);
        thread.start();
    }

    /// Notes that so many bytes were written.
    void wrote(long bytes) {
        unforced += bytes;
        if (unforced >= EVERY_BYTES) {
            unforced = 0;
            wakeups.release();
        }
    }

    /// Returns what went wrong so far: a failure to force is told once, so nobody may miss it.
    @Nullable IOException failure() {
        return failure;
    }

    /// Waits until nothing is being forced.
    @Override
    public void close() throws IOException {
        closing = true;
        wakeups.release();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new InterruptedIOException("interrupted while forcing a file");
        }
    }

    private void run() {
        while (true) {
            wakeups.acquireUninterruptibly();
            wakeups.drainPermits();
            if (closing) {
                return;
            }
            try {
                channel.force(false);
            } catch (IOException e) {
                failure = e;
            }
        }
    }
}
