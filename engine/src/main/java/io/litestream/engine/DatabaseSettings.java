package io.litestream.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/// One database, and where it is replicated to.
///
/// @param database the file; it need not exist yet
/// @param stateDirectory where the local state is kept
/// @param monitorInterval how often the files are looked at, while that takes little of a core
/// @param checkpointInterval after how long what is in the WAL goes to the database file even if it
///   is little; zero for never
/// @param busyTimeout for how long others may keep the database before that is an error; until then
///   it is tried again and again, and nobody is held up
/// @param journalMode whether a database in another journal mode is switched to write-ahead logging
/// @param minCheckpointPages at how many frames in the WAL a checkpoint is due; at least 1
/// @param truncatePages at how many frames a checkpoint that blocks writers is made; zero for never
/// @param maxSyncWalBytes at how much of the WAL a file of the line ends at the next commit; zero
///   for no limit
/// @param upkeep what is done at the destinations from time to time
public record DatabaseSettings(
        Path database,
        Path stateDirectory,
        Duration monitorInterval,
        Duration checkpointInterval,
        Duration busyTimeout,
        JournalMode journalMode,
        int minCheckpointPages,
        long truncatePages,
        long maxSyncWalBytes,
        UpkeepSettings upkeep,
        List<DestinationSettings> destinations) {

    public static final Duration DEFAULT_MONITOR_INTERVAL = Duration.ofMillis(25);
    public static final Duration DEFAULT_CHECKPOINT_INTERVAL = Duration.ofMinutes(1);
    public static final Duration DEFAULT_BUSY_TIMEOUT = Duration.ofSeconds(1);
    public static final int DEFAULT_MIN_CHECKPOINT_PAGES = 1000;
    public static final long DEFAULT_MAX_SYNC_WAL_BYTES = 64L << 20;

    public DatabaseSettings {
        Objects.requireNonNull(upkeep);
        Objects.requireNonNull(journalMode);
        destinations = List.copyOf(destinations);
        if (!database.isAbsolute()) {
            throw new IllegalArgumentException("path of a database must be absolute: " + database);
        }
        if (monitorInterval.isNegative() || monitorInterval.isZero()) {
            throw new IllegalArgumentException(
                    "monitor interval of %s is %s".formatted(database, monitorInterval));
        }
        if (checkpointInterval.isNegative() || busyTimeout.isNegative() || minCheckpointPages < 1) {
            throw new IllegalArgumentException(
                    "checkpoint interval of %s is %s, and least pages %d"
                            .formatted(database, checkpointInterval, minCheckpointPages));
        }
        if (truncatePages < 0 || maxSyncWalBytes < 0) {
            throw new IllegalArgumentException("negative limit for " + database);
        }
        Set<String> names =
                destinations.stream().map(DestinationSettings::name).collect(Collectors.toSet());
        if (names.size() < destinations.size() || names.isEmpty()) {
            throw new IllegalArgumentException(
                    "destinations of %s need a name each that no other has: %s"
                            .formatted(database, names));
        }
    }

    /// Returns the settings of a database with every default.
    public static DatabaseSettings of(
            Path database, Path stateDirectory, List<DestinationSettings> destinations) {
        return new DatabaseSettings(
                database,
                stateDirectory,
                DEFAULT_MONITOR_INTERVAL,
                DEFAULT_CHECKPOINT_INTERVAL,
                DEFAULT_BUSY_TIMEOUT,
                JournalMode.AUTO,
                DEFAULT_MIN_CHECKPOINT_PAGES,
                0,
                DEFAULT_MAX_SYNC_WAL_BYTES,
                UpkeepSettings.DEFAULT,
                destinations);
    }

    /// Returns the same settings with another journal mode.
    public DatabaseSettings withJournalMode(JournalMode other) {
        return new DatabaseSettings(
                database,
                stateDirectory,
                monitorInterval,
                checkpointInterval,
                busyTimeout,
                other,
                minCheckpointPages,
                truncatePages,
                maxSyncWalBytes,
                upkeep,
                destinations);
    }

    /// Returns the same settings with another upkeep.
    public DatabaseSettings withUpkeep(UpkeepSettings other) {
        return new DatabaseSettings(
                database,
                stateDirectory,
                monitorInterval,
                checkpointInterval,
                busyTimeout,
                journalMode,
                minCheckpointPages,
                truncatePages,
                maxSyncWalBytes,
                other,
                destinations);
    }
}
