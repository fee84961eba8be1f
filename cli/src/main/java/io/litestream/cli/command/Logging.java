package io.litestream.cli.command;

import static java.lang.System.Logger.Level.WARNING;

import io.litestream.cli.config.LoggingConfiguration;
import io.litestream.cli.logging.LogOutput;

import java.util.Locale;
import java.util.Optional;

/// Sets up logging for a command: what the flag says goes before the variable `LOG_LEVEL`, and that
/// before the configuration.
///
/// The variable is one that others use, too, with words of their own: those are passed over.
final class Logging {

    private static final System.Logger LOGGER = System.getLogger(Logging.class.getName());

    /// The variable that sets the level.
    static final String VARIABLE = "LOG_LEVEL";

    private final Shell shell;
    private final Optional<String> level;
    private final Optional<LoggingConfiguration.Stream> stream;
    private boolean told;

    private Logging(
            Shell shell, Optional<String> level, Optional<LoggingConfiguration.Stream> stream) {
        this.shell = shell;
        this.level = level;
        this.stream = stream;
    }

    /// Logs as the configuration says.
    static Logging of(Shell shell) {
        return new Logging(shell, Optional.empty(), Optional.empty());
    }

    /// Logs with the level of a flag, if there is one.
    static Logging withLevel(Shell shell, Optional<String> flag) {
        return new Logging(shell, flag, Optional.empty());
    }

    /// Logs to the standard error output, since the standard output is for JSON.
    static Logging besideJson(Shell shell) {
        return new Logging(shell, Optional.empty(), Optional.of(LoggingConfiguration.Stream.ERROR));
    }

    /// Logs with these settings from now on.
    ///
    /// @return what is logged with
    LoggingConfiguration use(LoggingConfiguration configured) throws CommandException {
        LoggingConfiguration settings = stream.map(configured::with).orElse(configured);
        String variable = shell.environment().getOrDefault(VARIABLE, "");
        boolean foreign = false;
        if (level.isPresent() && !level.get().isEmpty()) {
            settings = settings.with(level(level.get()));
        } else if (isLevel(variable)) {
            settings = settings.with(level(variable));
        } else {
            foreign = !variable.isEmpty();
        }
        LogOutput.use(
                new LogOutput(
                        settings,
                        switch (settings.stream()) {
                            case OUTPUT -> shell.out();
                            case ERROR -> shell.err();
                        },
                        shell.clock()));
        if (foreign && !told) {
            told = true;
            LOGGER.log(
                    WARNING,
                    "the variable LOG_LEVEL is passed over: it is not trace, debug, info, warn or"
                            + " error",
                    "value",
                    variable);
        }
        return settings;
    }

    private static boolean isLevel(String text) {
        try {
            LoggingConfiguration.level(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static System.Logger.Level level(String text) throws CommandException {
        try {
            return LoggingConfiguration.level(text);
        } catch (IllegalArgumentException e) {
            throw new CommandException(String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT));
        }
    }
}
