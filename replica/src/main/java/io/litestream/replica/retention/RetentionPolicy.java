package io.litestream.replica.retention;

import io.litestream.replica.Level;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/// What has to stay restorable.
///
/// @param merged for how long every point stays at which a file of level 1 or above ends; empty for
///   ever
/// @param captured for how long every transaction stays a point; empty for ever
/// @param tiers which older points stay
/// @param grace how much longer than that merged files stay, for restores that are under way
/// @param highest the highest level that compaction fills; each level below waits for the next
public record RetentionPolicy(
        Optional<Duration> merged,
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
                    Optional.of(DEFAULT_CAPTURED),
                    Tiers.NONE,
                    DEFAULT_GRACE,
                    new Level(3));

    public RetentionPolicy {
        Objects.requireNonNull(tiers);
        Objects.requireNonNull(highest);
        requireNotNegative("merged files are kept for", merged);
        requireNotNegative("captured files are kept for", captured);
        requireNotNegative("grace is", Optional.of(grace));
    }

    private static void requireNotNegative(String what, Optional<Duration> duration) {
        if (duration.filter(Duration::isNegative).isPresent()) {
            throw new IllegalArgumentException(what + " " + duration.get());
        }
    }

    /// Returns the same with other times for merged files; empty for ever.
    public RetentionPolicy withMerged(Optional<Duration> other) {
        return new RetentionPolicy(other, captured, tiers, grace, highest);
    }

    /// Returns the same with another time for captured files; empty for ever.
    public RetentionPolicy withCaptured(Optional<Duration> other) {
        return new RetentionPolicy(merged, other, tiers, grace, highest);
    }

    /// Returns the same with other tiers.
    public RetentionPolicy withTiers(Tiers other) {
        return new RetentionPolicy(merged, captured, other, grace, highest);
    }

    /// Returns the same for a replica whose compaction fills other levels.
    public RetentionPolicy withHighest(Level other) {
        return new RetentionPolicy(merged, captured, tiers, grace, other);
    }

    /// Returns the same with another grace time.
    public RetentionPolicy withGrace(Duration other) {
        return new RetentionPolicy(merged, captured, tiers, other, highest);
    }
}
