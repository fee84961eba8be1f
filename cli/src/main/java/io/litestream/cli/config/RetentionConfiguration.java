package io.litestream.cli.config;

import io.litestream.replica.retention.RetentionPolicy;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/// What is kept at a destination, and who sees to it.
///
/// @param enforcement whether this program deletes what need not be kept
/// @param policy what has to be kept
/// @param checkInterval how often to look for files to delete
public record RetentionConfiguration(
        Enforcement enforcement, RetentionPolicy policy, Duration checkInterval) {

    /// Who deletes what need not be kept.
    public enum Enforcement {
        /// This program.
        ON,
        /// Somebody else, such as a rule of the bucket.
        OFF
    }

    /// What holds if nothing is said.
    public static final RetentionConfiguration STANDARD =
            new RetentionConfiguration(
                    Enforcement.ON, RetentionPolicy.DEFAULT, Duration.ofSeconds(15));

    public RetentionConfiguration {
        Objects.requireNonNull(enforcement);
        Objects.requireNonNull(policy);
        if (!checkInterval.isPositive()) {
            throw new IllegalArgumentException("l0-retention-check-interval is " + checkInterval);
        }
    }

    /// Returns the same, but with everything kept for that long at least.
    public RetentionConfiguration atLeast(Duration time) {
        boolean shorter = policy.merged().filter(kept -> kept.compareTo(time) < 0).isPresent();
        return shorter
                ? new RetentionConfiguration(
                        enforcement, policy.withMerged(Optional.of(time)), checkInterval)
                : this;
    }
}
