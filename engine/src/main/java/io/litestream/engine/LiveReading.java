package io.litestream.engine;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.PageHash;
import io.litestream.replica.LiveState;
import io.litestream.replica.state.Position;
import io.litestream.time.Clock;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;

/// Every page of a live database as of one transaction of its line, to be read once, slowly, while
/// replication goes on. It holds a pin of its own, or a copy, until it is closed. Any thread may
/// cancel it; one reads.
final class LiveReading implements AutoCloseable {

    private static final long BYTES_PER_SECOND = 100L << 20;
    private static final int BYTES_BETWEEN_LOOKS = 4 << 20;
    private static final long NANOS = 1_000_000_000L;

    private final Closeable pin;
    private final PageView view;
    private final Position position;
    private volatile boolean cancelled;

    LiveReading(Closeable pin, PageView view, Position position) {
        this.pin = pin;
        this.view = view;
        this.position = position;
    }

    /// Makes it end soon, without a result.
    void cancel() {
        cancelled = true;
    }

    /// Reads all pages.
    LiveState.At read(Clock clock) throws IOException {
        long start = clock.nanoTime();
        long[] sum = {0};
        int pagesBetweenLooks = BYTES_BETWEEN_LOOKS / view.pageSize();
        view.forEach((page, buffer, offset) -> {
            sum[0] ^= PageHash.of(page, buffer, offset, view.pageSize());
            if (page % pagesBetweenLooks == 0) {
                pause(clock, start, page * view.pageSize());
            }
        });
        return new LiveState.At(position.txid(), new Checksum(sum[0]));
    }

    private void pause(Clock clock, long start, long bytes) throws IOException {
        if (cancelled) {
            throw new IOException("the database was closed while it was read");
        }
        double due = (double) bytes / BYTES_PER_SECOND * NANOS;
        long ahead = (long) due - (clock.nanoTime() - start);
        if (ahead > 0) {
            try {
                clock.sleep(Duration.ofNanos(ahead));
            } catch (InterruptedException e) {
                throw new IOException("interrupted while reading a database", e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        pin.close();
    }
}
