package io.litestream.cli.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/// All settings of the program.
///
/// @param databases what to replicate
/// @param exec the words of the command to run beside the replication; none if empty
/// @param bandwidth the most bytes a second that replication moves to and from all destinations
///   together; none for no bound
/// @param validationInterval how often each replica is verified that says nothing else; zero for
///   never
/// @param shutdownSyncTimeout how long the last sync is tried at the end
/// @param shutdownSyncInterval how long to wait between two of these attempts
/// @param warnings what the configuration says to no effect, and where
public record Configuration(
        List<DatabaseConfiguration> databases,
        List<String> exec,
        LoggingConfiguration logging,
        OptionalLong bandwidth,
        Duration validationInterval,
        Duration shutdownSyncTimeout,
        Duration shutdownSyncInterval,
        List<String> warnings) {

    public Configuration {
        databases = List.copyOf(databases);
        exec = List.copyOf(exec);
        warnings = List.copyOf(warnings);
        Objects.requireNonNull(logging);
        Objects.requireNonNull(bandwidth);
        if (validationInterval.isNegative()) {
            throw new IllegalArgumentException("validation.interval is " + validationInterval);
        }
        if (shutdownSyncTimeout.isNegative()) {
            throw new IllegalArgumentException("shutdown-sync-timeout is " + shutdownSyncTimeout);
        }
        if (!shutdownSyncInterval.isPositive()) {
            throw new IllegalArgumentException("shutdown-sync-interval is " + shutdownSyncInterval);
        }
    }

    /// Returns these settings for other databases.
    public Configuration with(List<DatabaseConfiguration> others) {
        return new Configuration(
                others,
                exec,
                logging,
                bandwidth,
                validationInterval,
                shutdownSyncTimeout,
                shutdownSyncInterval,
                warnings);
    }

    /// Returns these settings with nothing that is deleted at a destination meanwhile.
    public Configuration withoutRetention() {
        return with(
                databases.stream()
                        .map(database ->
                                database.with(
                                        database.replicas().stream()
                                                .map(ReplicaConfiguration::withoutRetention)
                                                .toList()))
                        .toList());
    }

    /// Returns the settings of the database with this path, by whatever name.
    public Optional<DatabaseConfiguration> database(Path path) {
        Path wanted = UserPaths.identity(path);
        return databases.stream()
                .filter(database -> UserPaths.identity(database.path()).equals(wanted))
                .findFirst();
    }
}
