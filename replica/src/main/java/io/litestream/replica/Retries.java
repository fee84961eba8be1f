package io.litestream.replica;

import io.litestream.ltx.CorruptFileException;
import io.litestream.storage.StorageException;
import io.litestream.time.Clock;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;

/// Repeats reads that a store did not answer, a few times, waiting twice as long each time.
final class Retries {

    private static final int ATTEMPTS = 6;
    private static final Duration FIRST_WAIT = Duration.ofMillis(200);

    private final Clock clock;

    Retries(Clock clock) {
        this.clock = clock;
    }

    /// A read that may be repeated.
    @FunctionalInterface
    interface Read<T> {
        T read() throws IOException;
    }

    /// Returns what was read.
    ///
    /// @throws IOException the failure of the last attempt, or one that repeating cannot help
    <T> T call(Read<T> read) throws IOException {
        Duration wait = FIRST_WAIT;
        for (int attempt = 1; ; attempt++) {
            try {
                return read.read();
            } catch (IOException failure) {
                if (attempt == ATTEMPTS || !isWorthRepeating(failure)) {
                    throw failure;
                }
            }
            sleep(wait);
            wait = wait.multipliedBy(2);
        }
    }

    private static boolean isWorthRepeating(IOException failure) {
        return switch (failure) {
            case StorageException.Unavailable _ -> true;
            case StorageException _, CorruptFileException _, InterruptedIOException _ -> false;
            case IOException _ -> true; // a stream that broke
        };
    }

    private void sleep(Duration wait) throws InterruptedIOException {
        try {
            clock.sleep(wait);
        } catch (InterruptedException e) {
            throw new InterruptedIOException("interrupted while waiting to read again");
        }
    }
}
