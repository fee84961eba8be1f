package io.litestream.cli.command;

import io.litestream.cli.config.ConfigurationException;
import io.litestream.cli.config.DatabaseConfiguration;
import io.litestream.cli.config.LoggingConfiguration;
import io.litestream.cli.config.ReplicaConfiguration;
import io.litestream.cli.config.RetentionConfiguration.Enforcement;
import io.litestream.cli.flag.Arguments;
import io.litestream.cli.flag.Flag;
import io.litestream.cli.flag.FlagSet;
import io.litestream.cli.text.GoDuration;
import io.litestream.cli.text.Json;
import io.litestream.replica.Level;
import io.litestream.replica.retention.RetentionPolicy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Tells which files of a destination can go, and deletes them if asked to.
final class RetentionCommand implements Command {

    private static final Level HIGHEST_THERE_CAN_BE = new Level(Level.SNAPSHOT.number() - 1);

    private static final Flag PLAN =
            Flag.toggle("plan", "Tells what would be deleted, and deletes nothing. The default.");
    private static final Flag APPLY = Flag.toggle("apply", "Deletes it.");
    private static final Flag RETENTION =
            Flag.text(
                    "retention",
                    "DURATION",
                    "With a URL: how long merged files are kept, such as 24h or 30d; 0 for ever.");
    private static final Flag L0_RETENTION =
            Flag.text(
                    "l0-retention",
                    "DURATION",
                    "With a URL: how long every transaction is kept. Default: 5m; 0 for ever.");

    @Override
    public String usage() {
        return """
        Tells which files of a destination no restore point that is to be kept needs,
        how much is left, and what goes later. With -apply it deletes them.

        Usage:

            litestream retention [flags] DB_PATH
            litestream retention [flags] REPLICA_URL
        """;
    }

    @Override
    public FlagSet flags() {
        return new FlagSet(
                CommonFlags.CONFIG,
                PLAN,
                APPLY,
                RETENTION,
                L0_RETENTION,
                Source.REPLICA,
                CommonFlags.NO_EXPAND_ENV,
                CommonFlags.JSON);
    }

    @Override
    public ExitCode run(Arguments arguments, Shell shell)
            throws CommandException, ConfigurationException, IOException {
        if (arguments.isOn(PLAN) && arguments.isOn(APPLY)) {
            throw new CommandException("cannot specify -plan and -apply");
        }
        Logging logging =
                arguments.isOn(CommonFlags.JSON) ? Logging.besideJson(shell) : Logging.of(shell);
        logging.use(LoggingConfiguration.STANDARD);
        Source source = Source.only(arguments, shell, logging);
        List<RetentionOutlook> outlooks =
                arguments.isOn(APPLY)
                        ? apply(source, arguments, shell)
                        : plan(source, arguments, shell);
        if (arguments.isOn(CommonFlags.JSON)) {
            shell.out()
                    .println(Json.pretty(outlooks.stream().map(RetentionOutlook::json).toList()));
        } else {
            outlooks.forEach(outlook -> outlook.print(shell.out()));
        }
        return ExitCode.SUCCESS;
    }

    private static List<RetentionOutlook> plan(Source source, Arguments arguments, Shell shell)
            throws CommandException, ConfigurationException, IOException {
        RetentionRun run = new RetentionRun(shell);
        List<RetentionOutlook> outlooks = new ArrayList<>();
        for (ReplicaConfiguration replica : source.replicas()) {
            outlooks.add(run.plan(replica, policy(source, replica, arguments)));
        }
        return outlooks;
    }

    private static List<RetentionOutlook> apply(Source source, Arguments arguments, Shell shell)
            throws CommandException, ConfigurationException, IOException {
        refuseWithoutSettings(source, arguments);
        RetentionRun run = new RetentionRun(shell);
        List<RetentionOutlook> outlooks = new ArrayList<>();
        try (RetentionRun.StateLock _ = lock(source, arguments, shell)) {
            for (ReplicaConfiguration replica : source.replicas()) {
                outlooks.add(run.apply(replica, policy(source, replica, arguments)));
            }
        }
        return outlooks;
    }

    private static RetentionRun.StateLock lock(Source source, Arguments arguments, Shell shell)
            throws CommandException, ConfigurationException, IOException {
        if (source.database().isEmpty()) {
            return RetentionRun.StateLock.NONE;
        }
        DatabaseConfiguration database =
                CommonFlags.configuration(arguments, shell)
                        .database(source.database().get())
                        .orElseThrow();
        return RetentionRun.lock(database);
    }

    private static void refuseWithoutSettings(Source source, Arguments arguments)
            throws CommandException {
        if (source.isUrl() && !arguments.has(RETENTION)) {
            throw new CommandException(
                    "-apply with a replica URL needs -retention, since no configuration says what"
                            + " to keep",
                    "litestream retention -apply -retention 24h REPLICA_URL");
        }
        for (ReplicaConfiguration replica : source.replicas()) {
            if (replica.retention().enforcement() == Enforcement.OFF) {
                throw new CommandException(
                        "retention.enabled is false in the configuration: nothing is deleted");
            }
        }
    }

    private static RetentionPolicy policy(
            Source source, ReplicaConfiguration replica, Arguments arguments)
            throws CommandException {
        RetentionPolicy policy = replica.retention().policy();
        boolean given = arguments.has(RETENTION) || arguments.has(L0_RETENTION);
        if (given && !source.isUrl()) {
            throw new CommandException(
                    "-retention and -l0-retention are for replica URLs; the configuration says what"
                            + " is kept of a database");
        }
        if (source.isUrl()) {
            policy = policy.withHighest(HIGHEST_THERE_CAN_BE); // who writes there is not known
        }
        if (arguments.has(RETENTION)) {
            policy = policy.withMerged(duration(RETENTION, arguments));
        }
        if (arguments.has(L0_RETENTION)) {
            policy = policy.withCaptured(duration(L0_RETENTION, arguments));
        }
        return policy;
    }

    /// Returns a duration; empty for ever.
    private static Optional<Duration> duration(Flag flag, Arguments arguments)
            throws CommandException {
        Duration duration;
        try {
            duration = GoDuration.parse(arguments.text(flag).orElse(""));
        } catch (IllegalArgumentException e) {
            throw new CommandException("-%s: %s".formatted(flag.name(), e.getMessage()));
        }
        if (duration.isNegative()) {
            throw new CommandException("-%s must not be negative".formatted(flag.name()));
        }
        return Optional.of(duration).filter(Duration::isPositive);
    }
}
