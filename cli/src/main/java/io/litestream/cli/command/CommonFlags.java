package io.litestream.cli.command;

import io.litestream.cli.config.Configuration;
import io.litestream.cli.config.ConfigurationException;
import io.litestream.cli.config.ConfigurationFile;
import io.litestream.cli.flag.Arguments;
import io.litestream.cli.flag.Flag;

/// The flags that several commands share, and what they mean.
final class CommonFlags {

    static final Flag CONFIG =
            Flag.text(
                    "config",
                    "PATH",
                    """
                    The configuration file. Without it: $LITESTREAM_CONFIG, else
                    ~/.litestream.yml if it exists, else /etc/litestream.yml.\
                    """);

    static final Flag NO_EXPAND_ENV =
            Flag.toggle(
                    "no-expand-env",
                    "Leaves $NAME and ${NAME} in the configuration file as they are.");

    static final Flag JSON = Flag.toggle("json", "Prints JSON instead of text.");

    private CommonFlags() {}

    /// Tells whether there is a configuration file without a flag that names one.
    static boolean configurationExists(Shell shell) {
        return new ConfigurationFile(shell.environment(), shell.paths()).existsWithoutFlag();
    }

    /// Loads the configuration that the flags ask for.
    static Configuration configuration(Arguments arguments, Shell shell)
            throws ConfigurationException {
        return new ConfigurationFile(shell.environment(), shell.paths())
                .load(
                        arguments.text(CONFIG),
                        arguments.isOn(NO_EXPAND_ENV)
                                ? ConfigurationFile.Expansion.OFF
                                : ConfigurationFile.Expansion.ON);
    }
}
