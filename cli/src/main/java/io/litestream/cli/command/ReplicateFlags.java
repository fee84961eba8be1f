package io.litestream.cli.command;

import io.litestream.cli.config.CommandLineConfiguration;
import io.litestream.cli.config.Configuration;
import io.litestream.cli.config.ConfigurationException;
import io.litestream.cli.flag.Arguments;
import io.litestream.cli.flag.Flag;
import io.litestream.cli.flag.FlagSet;
import io.litestream.cli.text.ShellWords;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The flags of `replicate`, and what they mean.
final class ReplicateFlags {

    static final Flag LOG_LEVEL =
            Flag.text(
                    "log-level",
                    "LEVEL",
                    "The least level to log: trace, debug, info, warn or error. It goes before\n"
                            + "$LOG_LEVEL, and that before the configuration.");
    static final Flag RESTORE_IF_DB_NOT_EXISTS =
            Flag.toggle(
                    "restore-if-db-not-exists",
                    "Restores every database that is missing before replicating it.");
    static final Flag ONCE =
            Flag.toggle(
                    "once",
                    "Replicates what is there now, and ends. What fails is tried again, for the\n"
                            + "shutdown-sync-timeout.");
    static final Flag FORCE_SNAPSHOT =
            Flag.toggle("force-snapshot", "With -once: writes a snapshot too.");
    static final Flag SNAPSHOT_INTERVAL =
            Flag.duration(
                    "snapshot-interval",
                    "DURATION",
                    "How often the whole database is stored, if it has changed. It goes before"
                            + " the\n"
                            + "configuration.");
    static final Flag DRY_RUN =
            Flag.toggle(
                    "dry-run",
                    "Checks the configuration, and the access to every database and every\n"
                            + "destination; tells what would happen, and replicates nothing.");

    private static final Flag EXEC =
            Flag.text(
                    "exec",
                    "COMMAND",
                    "Runs this command beside the replication, which ends when the command does.");
    static final Flag ENFORCE_RETENTION =
            Flag.toggle(
                    "enforce-retention",
                    "With -once: deletes what no restore point that is to be kept needs.");

    static final FlagSet ALL =
            new FlagSet(
                    CommonFlags.CONFIG,
                    EXEC,
                    LOG_LEVEL,
                    RESTORE_IF_DB_NOT_EXISTS,
                    ONCE,
                    FORCE_SNAPSHOT,
                    SNAPSHOT_INTERVAL,
                    ENFORCE_RETENTION,
                    DRY_RUN,
                    CommonFlags.NO_EXPAND_ENV);

    private ReplicateFlags() {}

    /// Checks what can be checked without the configuration.
    static void check(Arguments arguments) throws CommandException {
        checkOperands(arguments);
        if (arguments.isOn(ONCE) && arguments.text(EXEC).isPresent()) {
            throw new CommandException("cannot specify -once flag with -exec");
        }
        if (arguments.isOn(FORCE_SNAPSHOT) && !arguments.isOn(ONCE)) {
            throw new CommandException("cannot specify -force-snapshot flag without -once");
        }
        if (arguments.isOn(ENFORCE_RETENTION) && !arguments.isOn(ONCE)) {
            throw new CommandException("cannot specify -enforce-retention flag without -once");
        }
    }

    private static void checkOperands(Arguments arguments) throws CommandException {
        List<String> operands = arguments.operands();
        if (operands.isEmpty()) {
            return;
        }
        Optional<String> flag =
                operands.stream().skip(1).filter(word -> word.startsWith("-")).findFirst();
        if (flag.isPresent()) {
            throw new CommandException(
                    "flag \"%s\" must be positioned before DB_PATH and REPLICA_URL arguments"
                            .formatted(flag.get()),
                    "litestream replicate %s ... %s ..."
                            .formatted(flag.get(), operands.getFirst()));
        }
        if (operands.size() == 1) {
            throw new CommandException(
                    "must specify at least one replica URL for " + operands.getFirst(),
                    "litestream replicate %s file:///path/to/replica"
                            .formatted(operands.getFirst()));
        }
        if (arguments.has(CommonFlags.CONFIG)) {
            throw new CommandException("cannot specify a replica URL and the -config flag");
        }
    }

    /// Returns the configuration: of the operands if there are any, else of the file.
    static Configuration configuration(Arguments arguments, Shell shell)
            throws CommandException, ConfigurationException {
        Configuration configuration = written(arguments, shell);
        if (!arguments.has(SNAPSHOT_INTERVAL)) {
            return configuration;
        }
        Duration interval = arguments.duration(SNAPSHOT_INTERVAL, Duration.ZERO);
        if (interval.toMillis() < 1) {
            throw new CommandException("-snapshot-interval: must be 1ms or more");
        }
        return configuration.with(
                configuration.databases().stream()
                        .map(database -> database.withSnapshotInterval(interval))
                        .toList());
    }

    private static Configuration written(Arguments arguments, Shell shell)
            throws ConfigurationException {
        List<String> operands = arguments.operands();
        if (operands.isEmpty()) {
            return CommonFlags.configuration(arguments, shell);
        }
        Path database = shell.paths().database(operands.getFirst());
        return CommandLineConfiguration.of(
                database, operands.subList(1, operands.size()), shell.paths(), shell.placeReader());
    }

    /// Returns the words of the command to run: the flag's, else the configuration's.
    static List<String> exec(Arguments arguments, Configuration configuration)
            throws CommandException {
        Optional<String> flag = arguments.text(EXEC);
        try {
            List<String> words =
                    flag.isPresent() ? ShellWords.split(flag.get()) : configuration.exec();
            if (arguments.isOn(ONCE) && !words.isEmpty()) {
                throw new CommandException("cannot specify -once flag with -exec");
            }
            return words;
        } catch (IllegalArgumentException e) {
            throw new CommandException("-exec: " + e.getMessage());
        }
    }
}
