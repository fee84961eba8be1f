package io.litestream.cli.command;

import io.litestream.cli.config.Configuration;
import io.litestream.cli.config.ConfigurationException;
import io.litestream.cli.config.DatabaseConfiguration;
import io.litestream.cli.config.ReplicaConfiguration;
import io.litestream.cli.flag.Arguments;
import io.litestream.cli.flag.FlagSet;
import io.litestream.cli.text.Json;
import io.litestream.cli.text.TextTable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Lists the databases of the configuration.
final class DatabasesCommand implements Command {

    @Override
    public String usage() {
        return """
        Lists the databases of the configuration file with their destinations.

        Usage:

            litestream databases [flags]
        """;
    }

    @Override
    public FlagSet flags() {
        return new FlagSet(CommonFlags.CONFIG, CommonFlags.NO_EXPAND_ENV, CommonFlags.JSON);
    }

    @Override
    public ExitCode run(Arguments arguments, Shell shell)
            throws CommandException, ConfigurationException {
        if (!arguments.operands().isEmpty()) {
            throw new CommandException("too many arguments");
        }
        Configuration configuration = CommonFlags.configuration(arguments, shell);
        if (arguments.isOn(CommonFlags.JSON)) {
            shell.out().println(Json.pretty(json(configuration.databases())));
        } else {
            TextTable table = new TextTable("path", "replica");
            for (DatabaseConfiguration database : configuration.databases()) {
                table.row(database.path().toString(), replicas(database));
            }
            shell.out().print(table);
        }
        return ExitCode.SUCCESS;
    }

    private static List<Map<String, String>> json(List<DatabaseConfiguration> databases) {
        return databases.stream()
                .map(database -> {
                    Map<String, String> object = new LinkedHashMap<>();
                    object.put("path", database.path().toString());
                    object.put("replica", replicas(database));
                    return object;
                })
                .toList();
    }

    private static String replicas(DatabaseConfiguration database) {
        return database.replicas().stream()
                .map(ReplicaConfiguration::name)
                .collect(Collectors.joining(","));
    }
}
