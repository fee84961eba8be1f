package io.litestream.cli.command;

import io.litestream.cli.config.Configuration;
import io.litestream.cli.config.ConfigurationException;
import io.litestream.cli.config.DatabaseConfiguration;
import io.litestream.cli.config.LoggingConfiguration;
import io.litestream.cli.flag.Arguments;
import io.litestream.cli.flag.Flag;
import io.litestream.cli.flag.FlagSet;
import io.litestream.cli.text.Json;
import io.litestream.replica.Verdict;
import io.litestream.replica.VerificationScope;

import java.util.ArrayList;
import java.util.List;

/// Finds out whether destinations hold what was committed.
final class VerifyCommand implements Command {

    private static final Flag DEEP =
            Flag.toggle(
                    "deep",
                    "Reads every file, and checks that every point can be restored. Without it,\n"
                            + "the newest point alone is put together.");
    private static final Flag ALL =
            Flag.toggle("all", "Verifies all databases of the configuration.");

    @Override
    public String usage() {
        return """
        Puts a database together from each of its destinations, in memory, and compares its
        checksum with the one noted when it was captured, and with the live database at the
        same transaction. Nothing is restored.

        Usage:

            litestream verify [flags] DB_PATH
            litestream verify [flags] REPLICA_URL
            litestream verify [flags] -all

        It ends with 0 if everything is good, with 1 if anything is bad, and with 2 if nothing
        is bad, but something could not be found out.
        """;
    }

    @Override
    public FlagSet flags() {
        return new FlagSet(
                CommonFlags.CONFIG,
                DEEP,
                ALL,
                Source.REPLICA,
                CommonFlags.NO_EXPAND_ENV,
                CommonFlags.JSON);
    }

    @Override
    public ExitCode run(Arguments arguments, Shell shell)
            throws CommandException, ConfigurationException {
        boolean json = arguments.isOn(CommonFlags.JSON);
        Logging logging = json ? Logging.besideJson(shell) : Logging.of(shell);
        logging.use(LoggingConfiguration.STANDARD);
        VerificationScope scope =
                arguments.isOn(DEEP) ? VerificationScope.DEEP : VerificationScope.NEWEST;
        Verifier verifier = new Verifier(scope, shell);
        List<Verifier.Verified> all = new ArrayList<>();
        for (Source source : sources(arguments, shell, logging)) {
            for (Verifier.Verified verified : verifier.run(source)) {
                all.add(verified);
                if (!json) {
                    shell.out().print(VerifyReport.text(verified));
                }
            }
        }
        if (json) {
            shell.out().println(Json.pretty(all.stream().map(VerifyReport::json).toList()));
        }
        return code(all);
    }

    private static List<Source> sources(Arguments arguments, Shell shell, Logging logging)
            throws CommandException, ConfigurationException {
        if (arguments.operands().size() > 1) {
            throw new CommandException("too many arguments");
        }
        if (!arguments.isOn(ALL)) {
            if (arguments.operands().isEmpty()) {
                throw new CommandException(
                        "database path or replica URL required, or -all",
                        "litestream verify /path/to/db");
            }
            return List.of(Source.of(arguments.operands().getFirst(), arguments, shell, logging));
        }
        if (!arguments.operands().isEmpty() || arguments.has(Source.REPLICA)) {
            throw new CommandException("cannot specify a database or a replica with -all");
        }
        Configuration configuration = CommonFlags.configuration(arguments, shell);
        logging.use(configuration.logging());
        if (configuration.databases().isEmpty()) {
            throw new CommandException("no databases specified in configuration");
        }
        List<Source> sources = new ArrayList<>();
        for (DatabaseConfiguration database : configuration.databases()) {
            sources.add(Source.of(database));
        }
        return sources;
    }

    private static ExitCode code(List<Verifier.Verified> all) {
        ExitCode code = ExitCode.SUCCESS;
        for (Verifier.Verified verified : all) {
            switch (verified.report().verdict()) {
                case Verdict.Good() -> {}
                case Verdict.Bad(String _) -> {
                    return ExitCode.FAILURE;
                }
                case Verdict.Inconclusive(String _) -> code = ExitCode.INCONCLUSIVE;
            }
        }
        return code;
    }
}
