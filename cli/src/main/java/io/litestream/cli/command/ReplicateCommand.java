package io.litestream.cli.command;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.litestream.cli.config.Configuration;
import io.litestream.cli.config.ConfigurationException;
import io.litestream.cli.config.DatabaseConfiguration;
import io.litestream.cli.config.LoggingConfiguration;
import io.litestream.cli.config.ReplicaConfiguration;
import io.litestream.cli.flag.Arguments;
import io.litestream.cli.flag.FlagSet;

import java.io.IOException;
import java.util.List;

/// Replicates databases until it is stopped, or once.
final class ReplicateCommand implements Command {

    private static final System.Logger LOGGER = System.getLogger(ReplicateCommand.class.getName());

    @Override
    public String usage() {
        return """
        Replicates databases until it is stopped.

        Usage:

            litestream replicate [flags]
            litestream replicate [flags] DB_PATH REPLICA_URL [REPLICA_URL...]
        """;
    }

    @Override
    public FlagSet flags() {
        return ReplicateFlags.ALL;
    }

    @Override
    public ExitCode run(Arguments arguments, Shell shell)
            throws CommandException, ConfigurationException, IOException, InterruptedException {
        ReplicateFlags.check(arguments);
        Logging logging = Logging.withLevel(shell, arguments.text(ReplicateFlags.LOG_LEVEL));
        logging.use(LoggingConfiguration.STANDARD);
        Configuration configuration = ReplicateFlags.configuration(arguments, shell);
        List<String> exec = ReplicateFlags.exec(arguments, configuration);
        LoggingConfiguration log = logging.use(configuration.logging());
        configuration.warnings().forEach(warning -> LOGGER.log(WARNING, warning));
        if (arguments.isOn(ReplicateFlags.DRY_RUN)) {
            return new DryRun(configuration, shell).run();
        }
        LOGGER.log(
                INFO,
                "litestream",
                "version",
                Version.ofThisBuild(),
                "level",
                log.level().getName());
        new SoleReplicator(shell.clock()).require(configuration.databases());
        restoreMissing(arguments, configuration, shell);
        // not before: a restore may take hours, and nothing is lost if a signal ends it
        StopRequests stops = new StopRequests(shell.clock());
        stops.catchSignals();
        tell(configuration);
        if (arguments.isOn(ReplicateFlags.ONCE)) {
            return once(arguments, configuration, stops, shell);
        }
        try (Replication replication = Replication.start(configuration, shell)) {
            return new Run(replication, stops, shell).until(exec);
        }
    }

    /// Nothing is deleted while it replicates: that is done at the end, if asked for.
    private static ExitCode once(
            Arguments arguments, Configuration configuration, StopRequests stops, Shell shell)
            throws CommandException, IOException, InterruptedException {
        ExitCode code;
        try (Replication replication = Replication.start(configuration.withoutRetention(), shell)) {
            code =
                    new OneShot(replication, stops)
                            .run(
                                    arguments.isOn(ReplicateFlags.FORCE_SNAPSHOT)
                                            ? OneShot.Snapshots.NOW
                                            : OneShot.Snapshots.WHEN_DUE);
        }
        if (code == ExitCode.SUCCESS && arguments.isOn(ReplicateFlags.ENFORCE_RETENTION)) {
            for (DatabaseConfiguration database : configuration.databases()) {
                new RetentionRun(shell).enforce(database);
            }
        }
        return code;
    }

    private static void restoreMissing(
            Arguments arguments, Configuration configuration, Shell shell) throws IOException {
        for (DatabaseConfiguration database : configuration.databases()) {
            if (arguments.isOn(ReplicateFlags.RESTORE_IF_DB_NOT_EXISTS)
                    || database.whenMissing() == DatabaseConfiguration.WhenMissing.RESTORE) {
                new MissingDatabase(database, shell).restore();
            }
        }
    }

    private static void tell(Configuration configuration) {
        if (configuration.databases().isEmpty()) {
            LOGGER.log(ERROR, "no databases specified in configuration");
        }
        for (DatabaseConfiguration database : configuration.databases()) {
            LOGGER.log(INFO, "initialized db", "path", database.path());
            for (ReplicaConfiguration replica : database.replicas()) {
                tellRetention(replica);
                LOGGER.log(
                        INFO,
                        "replicating to",
                        "db",
                        String.valueOf(database.path().getFileName()),
                        "replica",
                        replica.name(),
                        "type",
                        replica.place().type(),
                        "sync-interval",
                        replica.syncInterval(),
                        "path",
                        replica.place());
            }
        }
    }

    private static void tellRetention(ReplicaConfiguration replica) {
        switch (replica.retention().enforcement()) {
            case ON -> {}
            case OFF ->
                    LOGGER.log(
                            WARNING,
                            "retention disabled; cloud provider lifecycle policies must handle"
                                    + " retention",
                            "replica",
                            replica.name());
        }
    }
}
