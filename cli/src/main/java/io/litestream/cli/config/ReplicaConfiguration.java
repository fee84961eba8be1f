package io.litestream.cli.config;

import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;

/// The settings of one destination.
///
/// @param name what logs call it; unique within its database
/// @param place where it is
/// @param syncInterval the least time between two uploads; zero for none
/// @param bandwidth the most bytes a second that replication moves to and from it; none for no
///   bound
public record ReplicaConfiguration(
        String name, ReplicaPlace place, Duration syncInterval, OptionalLong bandwidth) {

    public ReplicaConfiguration {
        Objects.requireNonNull(place);
        Objects.requireNonNull(bandwidth);
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a replica has no name");
        }
        if (syncInterval.isNegative()) {
            throw new IllegalArgumentException("sync-interval is " + syncInterval);
        }
    }
}
