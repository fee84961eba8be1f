package io.litestream.cli.config;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/// The settings of one destination.
///
/// @param name what logs call it; unique within its database
/// @param place where it is
/// @param syncInterval the least time between two uploads; zero for none
/// @param bandwidth the most bytes a second that replication moves to and from it; none for no
///   bound
/// @param retention what is kept there
/// @param validationInterval how often it is verified, if not as often as all; zero for never
public record ReplicaConfiguration(
        String name,
        ReplicaPlace place,
        Duration syncInterval,
        OptionalLong bandwidth,
        RetentionConfiguration retention,
        Optional<Duration> validationInterval) {

    public ReplicaConfiguration {
        Objects.requireNonNull(place);
        Objects.requireNonNull(bandwidth);
        Objects.requireNonNull(retention);
        Objects.requireNonNull(validationInterval);
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a replica has no name");
        }
        if (syncInterval.isNegative()) {
            throw new IllegalArgumentException("sync-interval is " + syncInterval);
        }
    }

    /// A destination with the standard retention.
    public ReplicaConfiguration(
            String name, ReplicaPlace place, Duration syncInterval, OptionalLong bandwidth) {
        this(
                name,
                place,
                syncInterval,
                bandwidth,
                RetentionConfiguration.STANDARD,
                Optional.empty());
    }

    /// Returns these settings with another retention.
    public ReplicaConfiguration with(RetentionConfiguration other) {
        return new ReplicaConfiguration(
                name, place, syncInterval, bandwidth, other, validationInterval);
    }

    /// Returns these settings with a verification as often as this; none for as often as all.
    ReplicaConfiguration withValidation(Optional<Duration> interval) {
        return new ReplicaConfiguration(name, place, syncInterval, bandwidth, retention, interval);
    }

    /// Returns these settings with nothing that is deleted.
    public ReplicaConfiguration withoutRetention() {
        return with(
                new RetentionConfiguration(
                        RetentionConfiguration.Enforcement.OFF,
                        retention.policy(),
                        retention.checkInterval()));
    }
}
