package io.litestream.engine;

import io.litestream.replica.Replica;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/// One place that a database is replicated to.
///
/// `syncInterval` is the least time between two uploads while writes go on; zero means as fast as
/// the destination answers. The first commits after a quiet time go out at once, whatever the
/// interval. `retention` says what is kept there; if it is empty, nothing is ever deleted.
public record DestinationSettings(
        String name,
        Replica replica,
        Duration syncInterval,
        Optional<RetentionSettings> retention) {

    public static final Duration DEFAULT_SYNC_INTERVAL = Duration.ofSeconds(1);

    public DestinationSettings {
        Objects.requireNonNull(replica);
        Objects.requireNonNull(retention);
        if (name.isBlank()) {
            throw new IllegalArgumentException("a destination needs a name");
        }
        if (syncInterval.isNegative()) {
            throw new IllegalArgumentException(
                    "sync interval of %s is %s".formatted(name, syncInterval));
        }
    }

    /// A destination where nothing is ever deleted.
    public DestinationSettings(String name, Replica replica, Duration syncInterval) {
        this(name, replica, syncInterval, Optional.empty());
    }

    /// Returns the same settings with a retention.
    public DestinationSettings with(RetentionSettings other) {
        return new DestinationSettings(name, replica, syncInterval, Optional.of(other));
    }
}
