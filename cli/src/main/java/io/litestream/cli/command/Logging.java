package io.litestream.cli.command;

import io.litestream.cli.config.LoggingConfiguration;
import io.litestream.cli.logging.LogOutput;

import java.util.Locale;
import java.util.Optional;

/// Sets up logging for a command: what the flag says goes before the variable `LOG_LEVEL`, and that
/// before the configuration.
final class Logging {

    /// The variable that sets the level.
    static final String VARIABLE = "LOG_LEVEL";

    private final Shell shell;
    private final Optional<String> level;
    private final Optional<LoggingConfiguration.Stream> stream;

    private Logging(
            Shell shell, Optional<String> level, Optional<LoggingConfiguration.Stream> stream) {
        this.shell = shell;
        this.level = level.or(() -> Optional.ofNullable(shell.environment().get(VARIABLE)));
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
        if (level.isPresent() && !level.get().isEmpty()) {
            settings = settings.with(level(level.get()));
        }
        LogOutput.use(
                new LogOutput(
                        settings,
                        switch (settings.stream()) {
                            case OUTPUT -> shell.out();
                            case ERROR -> shell.err();
                        },
                        shell.clock()));
        return settings;
    }

    private static System.Logger.Level level(String text) throws CommandException {
        try {
            return LoggingConfiguration.level(text);
        } catch (IllegalArgumentException e) {
            throw new CommandException(String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT));
        }
    }
}
