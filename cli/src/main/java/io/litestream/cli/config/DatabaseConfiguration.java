package io.litestream.cli.config;

import io.litestream.engine.JournalMode;
import io.litestream.engine.UpkeepSettings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/// The settings of one database.
///
/// @param path the database file, absolute
/// @param metaPath the directory of the local state
/// @param monitorInterval how often the file is looked at
/// @param checkpointInterval the time after which a WAL is checkpointed however short it is; zero
///   for never
/// @param busyTimeout for how long others may keep the database before that is an error
/// @param journalMode what becomes of a database that is not in WAL mode
/// @param minCheckpointPages the WAL pages from which on a checkpoint is made
/// @param truncatePages the WAL pages from which on readers are made to wait so that the WAL can be
///   truncated; zero for never
/// @param maxSyncWalBytes the most bytes of a WAL that one LTX file takes in; zero for no bound
/// @param upkeep when files are merged and snapshots made
/// @param whenMissing what to do at the start if there is no such file
/// @param replicas its destinations, at least one, with different names
public record DatabaseConfiguration(
        Path path,
        Path metaPath,
        Duration monitorInterval,
        Duration checkpointInterval,
        Duration busyTimeout,
        JournalMode journalMode,
        int minCheckpointPages,
        long truncatePages,
        long maxSyncWalBytes,
        UpkeepSettings upkeep,
        WhenMissing whenMissing,
        List<ReplicaConfiguration> replicas) {

    /// What to do at the start if the database is missing.
    public enum WhenMissing {
        /// Wait until an application creates it.
        WAIT,
        /// Restore it from its destinations first.
        RESTORE
    }

    public DatabaseConfiguration {
        Objects.requireNonNull(upkeep);
        Objects.requireNonNull(journalMode);
        Objects.requireNonNull(whenMissing);
        replicas = List.copyOf(replicas);
        require(path.isAbsolute(), "path", path);
        require(metaPath.isAbsolute(), "meta-path", metaPath);
        require(monitorInterval.isPositive(), "monitor-interval", monitorInterval);
        require(!checkpointInterval.isNegative(), "checkpoint-interval", checkpointInterval);
        require(!busyTimeout.isNegative(), "busy-timeout", busyTimeout);
        require(minCheckpointPages > 0, "min-checkpoint-page-count", minCheckpointPages);
        require(truncatePages >= 0, "truncate-page-n", truncatePages);
        require(maxSyncWalBytes >= 0, "max-sync-wal-bytes", maxSyncWalBytes);
        require(!replicas.isEmpty(), "replicas", replicas);
        long names = replicas.stream().map(ReplicaConfiguration::name).distinct().count();
        require(names == replicas.size(), "replicas", replicas);
    }

    /// Returns where the local state of a database is unless the configuration says otherwise.
    public static Path standardMetaPath(Path database) {
        return database.resolveSibling("." + database.getFileName() + "-litestream");
    }

    /// Returns these settings with another answer to a missing file.
    public DatabaseConfiguration with(WhenMissing other) {
        return with(upkeep, other, replicas);
    }

    /// Returns these settings with another time between snapshots. What is restored from is kept
    /// that long at least, so that there is always a snapshot.
    public DatabaseConfiguration withSnapshotInterval(Duration interval) {
        List<ReplicaConfiguration> keeping =
                replicas.stream()
                        .map(replica -> replica.with(replica.retention().atLeast(interval)))
                        .toList();
        return with(upkeep.withSnapshotInterval(interval), whenMissing, keeping);
    }

    /// Returns these settings with other destinations.
    public DatabaseConfiguration with(List<ReplicaConfiguration> others) {
        return with(upkeep, whenMissing, others);
    }

    private DatabaseConfiguration with(
            UpkeepSettings otherUpkeep,
            WhenMissing otherWhenMissing,
            List<ReplicaConfiguration> otherReplicas) {
        return new DatabaseConfiguration(
                path,
                metaPath,
                monitorInterval,
                checkpointInterval,
                busyTimeout,
                journalMode,
                minCheckpointPages,
                truncatePages,
                maxSyncWalBytes,
                otherUpkeep,
                otherWhenMissing,
                otherReplicas);
    }

    private static void require(boolean valid, String name, Object value) {
        if (!valid) {
            throw new IllegalArgumentException(name + " is " + value);
        }
    }
}
