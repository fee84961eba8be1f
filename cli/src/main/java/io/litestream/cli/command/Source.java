package io.litestream.cli.command;

import io.litestream.cli.config.Configuration;
import io.litestream.cli.config.ConfigurationException;
import io.litestream.cli.config.DatabaseConfiguration;
import io.litestream.cli.config.ReplicaConfiguration;
import io.litestream.cli.config.ReplicaPlace;
import io.litestream.cli.config.ReplicaUrl;
import io.litestream.cli.config.UserPaths;
import io.litestream.cli.flag.Arguments;
import io.litestream.cli.flag.Flag;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What an operand `DB_PATH` or `REPLICA_URL` stands for: the destinations of a database of the
/// configuration, or one destination.
///
/// @param text what messages call it, without secrets
/// @param database the database's path; none for a URL
/// @param state the directory of the database's local state; none for a URL
/// @param replicas at least one
record Source(
        String text,
        Optional<Path> database,
        Optional<Path> state,
        List<ReplicaConfiguration> replicas) {

    static final Flag REPLICA =
            Flag.text(
                    "replica",
                    "NAME",
                    "The destination, where a database has several: its name, or its type.");

    Source {
        replicas = List.copyOf(replicas);
    }

    /// Finds out what the only operand of a command stands for.
    static Source only(Arguments arguments, Shell shell, Logging logging)
            throws CommandException, ConfigurationException {
        if (arguments.operands().isEmpty()) {
            throw new CommandException(
                    "database path or replica URL required", "litestream ltx /path/to/db");
        }
        if (arguments.operands().size() > 1) {
            throw new CommandException("too many arguments");
        }
        return of(arguments.operands().getFirst(), arguments, shell, logging);
    }

    /// Finds out what an operand stands for. A configuration that is read is also the one that says
    /// how to log.
    static Source of(String operand, Arguments arguments, Shell shell, Logging logging)
            throws CommandException, ConfigurationException {
        if (ReplicaUrl.isUrl(operand)) {
            if (arguments.has(CommonFlags.CONFIG)) {
                throw new CommandException(
                        "cannot specify a replica URL and the -config flag",
                        "leave out -config, or name the database by its path");
            }
            ReplicaPlace place = place(operand, shell);
            return new Source(
                    ReplicaUrl.withoutSecrets(operand),
                    Optional.empty(),
                    Optional.empty(),
                    List.of(
                            new ReplicaConfiguration(
                                    place.type(), place, Duration.ZERO, OptionalLong.empty())));
        }
        Configuration configuration = CommonFlags.configuration(arguments, shell);
        logging.use(configuration.logging());
        Path path = shell.paths().database(operand);
        DatabaseConfiguration database =
                configuration
                        .database(path)
                        .orElseThrow(() ->
                                new CommandException("database not found in config: " + path));
        Source all = of(database);
        return new Source(
                all.text,
                all.database,
                all.state,
                named(database.replicas(), arguments.text(REPLICA)));
    }

    /// Returns a database of the configuration, with all its destinations.
    static Source of(DatabaseConfiguration database) {
        return new Source(
                database.path().toString(),
                Optional.of(database.path()),
                Optional.of(database.metaPath()),
                database.replicas());
    }

    private static List<ReplicaConfiguration> named(
            List<ReplicaConfiguration> replicas, Optional<String> name) throws CommandException {
        if (name.isEmpty()) {
            return replicas;
        }
        List<ReplicaConfiguration> found =
                replicas.stream().filter(replica -> replica.name().equals(name.get())).toList();
        if (found.isEmpty()) {
            throw new CommandException(
                    "no replica is called \"%s\"; there are %s"
                            .formatted(
                                    name.get(),
                                    replicas.stream().map(ReplicaConfiguration::name).toList()));
        }
        return found;
    }

    /// Returns the place that a URL on the command line names.
    static ReplicaPlace place(String url, Shell shell) throws ConfigurationException {
        return shell.placeReader().ofOperand(url);
    }

    /// Returns where the state of a database is that is restored to a path, if that is known: if it
    /// is the database's own.
    Optional<Path> stateOf(Path output) {
        return database.filter(own -> UserPaths.identity(own).equals(UserPaths.identity(output)))
                .flatMap(_ -> state);
    }

    boolean isUrl() {
        return database.isEmpty();
    }
}
