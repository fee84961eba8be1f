package io.litestream.replica.retention;

import io.litestream.replica.Level;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// What has to stay restorable.
///
/// @param merged for how long every point stays at which a file of level 1 or above ends; empty for
///   ever
/// @param levels for how long instead where that is said of a level from 1 to 8; what ends at a
///   level stays as long as what ends at those below, whatever is said of it
/// @param captured for how long every transaction stays a point; empty for ever
/// @param tiers which older points stay
/// @param grace how much longer than that merged files stay, for restores that are under way
/// @param highest the highest level that compaction fills; each level below waits for the next
public record RetentionPolicy(
        Optional<Duration> merged,
        Map<Level, Optional<Duration>> levels,
        Optional<Duration> captured,
        Tiers tiers,
        Duration grace,
        Level highest) {

    public static final Duration DEFAULT_MERGED = Duration.ofHours(24);
    public static final Duration DEFAULT_CAPTURED = Duration.ofMinutes(5);
    public static final Duration DEFAULT_GRACE = Duration.ofHours(1);

    /// What holds if nothing is said.
    public static final RetentionPolicy DEFAULT =
            new RetentionPolicy(
                    Optional.of(DEFAULT_MERGED),
                    Map.of(),
                    Optional.of(DEFAULT_CAPTURED),
                    Tiers.NONE,
                    DEFAULT_GRACE,
                    new Level(3));

    public RetentionPolicy {
        Objects.requireNonNull(tiers);
        Objects.requireNonNull(highest);
        levels = Map.copyOf(levels);
        requireNotNegative("merged files are kept for", merged);
        levels.forEach(RetentionPolicy::requireTime);
        requireNotNegative("captured files are kept for", captured);
        requireNotNegative("grace is", Optional.of(grace));
    }

    private static void requireTime(Level level, Optional<Duration> time) {
        if (level.equals(Level.CAPTURED) || level.equals(Level.SNAPSHOT)) {
            throw new IllegalArgumentException("level %s has a time already".formatted(level));
        }
        requireNotNegative("files of level %s are kept for".formatted(level), time);
    }

    private static void requireNotNegative(String what, Optional<Duration> duration) {
        if (duration.filter(Duration::isNegative).isPresent()) {
            throw new IllegalArgumentException(what + " " + duration.get());
        }
    }

    /// Returns for how long files of a level stay, and every point at which one of them ends; empty
    /// for ever. From level 1 on it is never less than for the level below.
    public Optional<Duration> kept(Level level) {
        if (level.equals(Level.CAPTURED)) {
            return captured;
        }
        Optional<Duration> longest = Optional.of(Duration.ZERO);
        for (Level each : Level.all().subList(1, level.number() + 1)) {
            Optional<Duration> time = levels.getOrDefault(each, merged);
            longest = longest.flatMap(a -> time.map(b -> a.compareTo(b) >= 0 ? a : b));
        }
        return longest;
    }

    /// Returns the same with other times for merged files; empty for ever.
    public RetentionPolicy withMerged(Optional<Duration> other) {
        return new RetentionPolicy(other, levels, captured, tiers, grace, highest);
    }

    /// Returns the same with times of their own for files of these levels; empty for ever.
    public RetentionPolicy withLevels(Map<Level, Optional<Duration>> others) {
        return new RetentionPolicy(merged, others, captured, tiers, grace, highest);
    }

    /// Returns the same with another time for captured files; empty for ever.
    public RetentionPolicy withCaptured(Optional<Duration> other) {
        return new RetentionPolicy(merged, levels, other, tiers, grace, highest);
    }

    /// Returns the same with other tiers.
    public RetentionPolicy withTiers(Tiers other) {
        return new RetentionPolicy(merged, levels, captured, other, grace, highest);
    }

    /// Returns the same for a replica whose compaction fills other levels.
    public RetentionPolicy withHighest(Level other) {
        return new RetentionPolicy(merged, levels, captured, tiers, grace, other);
    }

    /// Returns the same with another grace time.
    public RetentionPolicy withGrace(Duration other) {
        return new RetentionPolicy(merged, levels, captured, tiers, other, highest);
    }
}
