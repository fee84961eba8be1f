package io.litestream.engine;

import io.litestream.replica.Replica;

import java.time.Duration;
import java.util.Objects;

/// One place that a database is replicated to.
///
/// `syncInterval` is the least time between two uploads while writes go on; zero means as fast as
/// the destination answers. The first commits after a quiet time go out at once, whatever the
/// interval.
public record DestinationSettings(String name, Replica replica, Duration syncInterval) {

    public static final Duration DEFAULT_SYNC_INTERVAL = Duration.ofSeconds(1);

    public DestinationSettings {
        Objects.requireNonNull(replica);
        if (name.isBlank()) {
            throw new IllegalArgumentException("a destination needs a name");
        }
        if (syncInterval.isNegative()) {
            throw new IllegalArgumentException(
                    "sync interval of %s is %s".formatted(name, syncInterval));
        }
    }
}
