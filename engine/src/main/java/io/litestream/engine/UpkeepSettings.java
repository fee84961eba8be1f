package io.litestream.engine;

import io.litestream.replica.Compactor;
import io.litestream.replica.Level;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// What is done at the destinations of a database from time to time.
///
/// @param levels how often files are merged to level 1, 2 and so on; at most 8
/// @param snapshotInterval how often the whole database is stored, if it has changed
/// @param refreshAfter after how long the newest snapshot is stored again though nothing has
///   changed, where a rule of the store deletes what is old; empty for never
/// @param verification whether merged files are read back
public record UpkeepSettings(
        List<Duration> levels,
        Duration snapshotInterval,
        Optional<Duration> refreshAfter,
        Compactor.Verification verification) {

    public static final List<Duration> DEFAULT_LEVELS =
            List.of(Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofHours(1));
    public static final Duration DEFAULT_SNAPSHOT_INTERVAL = Duration.ofHours(24);

    public static final UpkeepSettings DEFAULT =
            new UpkeepSettings(
                    DEFAULT_LEVELS,
                    DEFAULT_SNAPSHOT_INTERVAL,
                    Optional.empty(),
                    Compactor.Verification.NONE);

    /// No merging, and a snapshot only where none is: for those who look at single files.
    static final UpkeepSettings NONE =
            new UpkeepSettings(
                    List.of(),
                    Duration.ofDays(365_000),
                    Optional.empty(),
                    Compactor.Verification.NONE);

    public UpkeepSettings {
        levels = List.copyOf(levels);
        Objects.requireNonNull(verification);
        if (levels.size() >= Level.SNAPSHOT.number()) {
            throw new IllegalArgumentException(
                    "there are at most %d levels, but %d intervals"
                            .formatted(Level.SNAPSHOT.number() - 1, levels.size()));
        }
        levels.forEach(interval -> requireMillis("interval of a level", interval));
        requireMillis("snapshot interval", snapshotInterval);
        refreshAfter.ifPresent(age -> requireMillis("time after which a snapshot is renewed", age));
    }

    /// Returns the same settings with another time between snapshots.
    public UpkeepSettings withSnapshotInterval(Duration interval) {
        return new UpkeepSettings(levels, interval, refreshAfter, verification);
    }

    private static void requireMillis(String what, Duration duration) {
        if (duration.toMillis() < 1) {
            throw new IllegalArgumentException(
                    "%s must be 1ms or more, but is %s".formatted(what, duration));
        }
    }
}
