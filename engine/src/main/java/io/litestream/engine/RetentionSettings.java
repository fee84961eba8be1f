package io.litestream.engine;

import io.litestream.replica.retention.RetentionPolicy;

import java.time.Duration;
import java.util.Objects;

/// What is kept at a destination, and how often to look for files that can go.
public record RetentionSettings(RetentionPolicy policy, Duration checkInterval) {

    public static final Duration DEFAULT_CHECK_INTERVAL = Duration.ofSeconds(15);

    public static final RetentionSettings DEFAULT =
            new RetentionSettings(RetentionPolicy.DEFAULT, DEFAULT_CHECK_INTERVAL);

    public RetentionSettings {
        Objects.requireNonNull(policy);
        if (checkInterval.toMillis() < 1) {
            throw new IllegalArgumentException(
                    "check interval of retention must be 1ms or more, but is " + checkInterval);
        }
    }
}
