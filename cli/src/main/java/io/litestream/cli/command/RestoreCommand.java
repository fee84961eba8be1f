package io.litestream.cli.command;

import static java.lang.System.Logger.Level.INFO;

import io.litestream.cli.config.ConfigurationException;
import io.litestream.cli.config.LoggingConfiguration;
import io.litestream.cli.flag.Arguments;
import io.litestream.cli.flag.FlagSet;
import io.litestream.cli.text.Json;
import io.litestream.replica.RestoreException;
import io.litestream.replica.RestoreProgress;
import io.litestream.replica.RestoreRequest;
import io.litestream.replica.RestoreTarget;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Restores a database from a destination.
final class RestoreCommand implements Command {

    private static final System.Logger LOGGER = System.getLogger(RestoreCommand.class.getName());

    private static final String NO_BACKUP = "no matching backups found";

    @Override
    public String usage() {
        return """
        Restores a database from a destination.

        Usage:

            litestream restore [flags] DB_PATH
            litestream restore [flags] -o PATH REPLICA_URL
        """;
    }

    @Override
    public FlagSet flags() {
        return RestoreFlags.ALL;
    }

    @Override
    public ExitCode run(Arguments arguments, Shell shell)
            throws CommandException, ConfigurationException, IOException {
        RestoreFlags.refuseWhatIsNotThereYet(arguments);
        RestoreFlags.refuseBesideDrill(arguments);
        RestoreTarget target = RestoreFlags.target(arguments);
        boolean json = arguments.isOn(CommonFlags.JSON);
        Logging logging = json ? Logging.besideJson(shell) : Logging.of(shell);
        logging.use(LoggingConfiguration.STANDARD);
        Source source = source(arguments, shell, logging);
        if (!arguments.isOn(RestoreFlags.VERIFY_ONLY)) {
            return restore(source, target, output(source, arguments, shell), arguments, shell);
        }
        Optional<Path> beside = arguments.text(RestoreFlags.OUTPUT).map(shell.paths()::resolve);
        try (RestoreDrill drill = RestoreDrill.open(beside)) {
            return restore(source, target, drill.output(), arguments, shell);
        }
    }

    private static ExitCode restore(
            Source source, RestoreTarget target, Path output, Arguments arguments, Shell shell)
            throws CommandException, RestoreException {
        boolean json = arguments.isOn(CommonFlags.JSON);
        RestoreRequest request =
                new RestoreRequest(
                        target,
                        output,
                        RestoreFlags.parallelism(arguments),
                        RestoreFlags.check(arguments),
                        RestoreFlags.existing(arguments),
                        source.stateOf(output),
                        RestoreProgress.NONE);
        if (arguments.isOn(RestoreFlags.IF_DB_NOT_EXISTS) && Files.exists(output)) {
            LOGGER.log(INFO, "database already exists, skipping", "path", output);
            return ExitCode.SUCCESS;
        }
        RestoreReport report =
                new RestoreReport(
                        source,
                        request,
                        arguments.isOn(RestoreFlags.VERIFY_ONLY)
                                ? RestoreReport.Kept.NOTHING
                                : RestoreReport.Kept.DATABASE);
        Restorer restorer = new Restorer(source.replicas(), shell);
        try {
            shell.out()
                    .print(
                            arguments.isOn(RestoreFlags.DRY_RUN)
                                    ? dryRun(restorer, report, json)
                                    : restore(restorer, report, shell, json));
        } catch (RestoreException.NoBackup e) {
            if (!arguments.isOn(RestoreFlags.IF_REPLICA_EXISTS)) {
                throw e;
            }
            LOGGER.log(INFO, NO_BACKUP);
        } catch (RestoreException.NotAPoint e) {
            boolean atTime = request.target() instanceof RestoreTarget.AtTime;
            if (!atTime || !arguments.isOn(RestoreFlags.IF_REPLICA_EXISTS)) {
                throw e; // who asks for a transaction or a generation knows that there are backups
            }
            LOGGER.log(INFO, NO_BACKUP, "reason", e.getMessage());
        }
        return ExitCode.SUCCESS;
    }

    private static Source source(Arguments arguments, Shell shell, Logging logging)
            throws CommandException, ConfigurationException {
        if (arguments.operands().isEmpty()) {
            throw new CommandException(
                    "database path or replica URL required",
                    "litestream restore -o /path/to/db s3://bucket/prefix");
        }
        if (arguments.operands().size() > 1) {
            throw new CommandException("too many arguments");
        }
        return Source.of(arguments.operands().getFirst(), arguments, shell, logging);
    }

    private static Path output(Source source, Arguments arguments, Shell shell)
            throws CommandException {
        Optional<Path> chosen = arguments.text(RestoreFlags.OUTPUT).map(shell.paths()::resolve);
        return chosen.or(source::database)
                .orElseThrow(() ->
                        new CommandException(
                                "-o is required when restoring from a replica URL",
                                "litestream restore -o /path/to/db " + source.text()));
    }

    private static String dryRun(Restorer restorer, RestoreReport report, boolean json)
            throws RestoreException {
        Restorer.Planned planned = restorer.plan(report.request().target());
        return json ? Json.pretty(report.json(planned)) + "\n" : report.text(planned);
    }

    private static String restore(
            Restorer restorer, RestoreReport report, Shell shell, boolean json)
            throws RestoreException {
        Restorer.Restored restored;
        try (ProgressLine progress = ProgressLine.of(shell, json)) {
            restored = restorer.run(report.request().withProgress(progress));
        }
        return json ? Json.pretty(report.json(restored)) + "\n" : report.text(restored);
    }
}
