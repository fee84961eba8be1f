package io.litestream.engine;

import java.time.Duration;

/// Settings of the whole engine.
///
/// @param shutdownSyncTimeout how long a close waits for what was committed to become durable
/// @param truncateAfter after how long without a write the WAL is emptied, if nobody can notice
/// @param finishAfter after how long without a write everything is brought into the database file
/// @param restAfter after how long without a write a database is closed until it changes
/// @param restBytes above this size a database stays open, since proving what changed would be dear
/// @param spoolBytes how much the local state of a database may hold for destinations that lack it;
///   twice the database if that is more
/// @param workers how many threads drive databases
/// @param uploads how many uploads to destinations of the same name run at once
/// @param validationInterval how often each destination is verified; zero for never
public record EngineSettings(
        Duration shutdownSyncTimeout,
        Duration truncateAfter,
        Duration finishAfter,
        Duration restAfter,
        long restBytes,
        long spoolBytes,
        int workers,
        int uploads,
        Duration validationInterval) {

    public static final Duration DEFAULT_SHUTDOWN_SYNC_TIMEOUT = Duration.ofSeconds(30);

    public static final EngineSettings DEFAULT =
            new EngineSettings(
                    DEFAULT_SHUTDOWN_SYNC_TIMEOUT,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(10),
                    1L << 30,
                    1L << 30,
                    Math.max(2, Runtime.getRuntime().availableProcessors()),
                    32,
                    Duration.ZERO);

    /// Settings without verification.
    public EngineSettings(
            Duration shutdownSyncTimeout,
            Duration truncateAfter,
            Duration finishAfter,
            Duration restAfter,
            long restBytes,
            long spoolBytes,
            int workers,
            int uploads) {
        this(
                shutdownSyncTimeout,
                truncateAfter,
                finishAfter,
                restAfter,
                restBytes,
                spoolBytes,
                workers,
                uploads,
                Duration.ZERO);
    }

    public EngineSettings {
        if (shutdownSyncTimeout.isNegative()
                || truncateAfter.isNegative()
                || restAfter.isNegative()
                || validationInterval.isNegative()) {
            throw new IllegalArgumentException("an engine's times must not be negative");
        }
        if (spoolBytes < 0) {
            throw new IllegalArgumentException("a spool of %d bytes".formatted(spoolBytes));
        }
        if (workers < 1 || uploads < 1) {
            throw new IllegalArgumentException(
                    "an engine needs workers (%d) and uploads (%d)".formatted(workers, uploads));
        }
    }

    /// Returns the same settings with another bound of the spool.
    public EngineSettings withSpoolBytes(long bytes) {
        return with(shutdownSyncTimeout, bytes, validationInterval);
    }

    /// Returns the same settings with another time for the last sync.
    public EngineSettings withShutdownSyncTimeout(Duration timeout) {
        return with(timeout, spoolBytes, validationInterval);
    }

    /// Returns the same settings with another time between verifications; zero for none.
    public EngineSettings withValidationInterval(Duration interval) {
        return with(shutdownSyncTimeout, spoolBytes, interval);
    }

    private EngineSettings with(
            Duration otherShutdownSyncTimeout, long otherSpoolBytes, Duration otherInterval) {
        return new EngineSettings(
                otherShutdownSyncTimeout,
                truncateAfter,
                finishAfter,
                restAfter,
                restBytes,
                otherSpoolBytes,
                workers,
                uploads,
                otherInterval);
    }
}
