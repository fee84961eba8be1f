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
/// `validationInterval` says how often it is verified, zero for never; if it is empty, as often as
/// [EngineSettings] says.
public record DestinationSettings(
        String name,
        Replica replica,
        Duration syncInterval,
        Optional<RetentionSettings> retention,
        Optional<Duration> validationInterval) {

    public static final Duration DEFAULT_SYNC_INTERVAL = Duration.ofSeconds(1);

    public DestinationSettings {
        Objects.requireNonNull(replica);
        Objects.requireNonNull(retention);
        Objects.requireNonNull(validationInterval);
        if (name.isBlank()) {
            throw new IllegalArgumentException("a destination needs a name");
        }
        if (syncInterval.isNegative()) {
            throw new IllegalArgumentException(
                    "sync interval of %s is %s".formatted(name, syncInterval));
        }
        if (validationInterval.filter(Duration::isNegative).isPresent()) {
            throw new IllegalArgumentException(
                    "validation interval of %s is %s".formatted(name, validationInterval.get()));
        }
    }

    /// A destination where nothing is ever deleted.
    public DestinationSettings(String name, Replica replica, Duration syncInterval) {
        this(name, replica, syncInterval, Optional.empty(), Optional.empty());
    }

    /// Returns the same settings with a retention.
    public DestinationSettings with(RetentionSettings other) {
        return new DestinationSettings(
                name, replica, syncInterval, Optional.of(other), validationInterval);
    }

    /// Returns the same settings with a verification as often as this; zero for never.
    public DestinationSettings withValidationInterval(Duration interval) {
        return new DestinationSettings(
                name, replica, syncInterval, retention, Optional.of(interval));
    }
}
