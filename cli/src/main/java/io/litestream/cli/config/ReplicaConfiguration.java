package io.litestream.cli.config;

import java.time.Duration;
import java.util.Objects;

/// The settings of one destination.
///
/// @param name what logs call it; unique within its database
/// @param place where it is
/// @param syncInterval the least time between two uploads; zero for none
public record ReplicaConfiguration(String name, ReplicaPlace place, Duration syncInterval) {

    public ReplicaConfiguration {
        Objects.requireNonNull(place);
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a replica has no name");
        }
        if (syncInterval.isNegative()) {
            throw new IllegalArgumentException("sync-interval is " + syncInterval);
        }
    }
}
