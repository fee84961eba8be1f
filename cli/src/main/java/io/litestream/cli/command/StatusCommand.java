package io.litestream.cli.command;

import io.litestream.cli.config.Configuration;
import io.litestream.cli.config.ConfigurationException;
import io.litestream.cli.config.DatabaseConfiguration;
import io.litestream.cli.flag.Arguments;
import io.litestream.cli.flag.FlagSet;
import io.litestream.cli.text.Json;
import io.litestream.cli.text.TextTable;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Shows what the local files tell of the databases of the configuration.
final class StatusCommand implements Command {

    @Override
    public String usage() {
        return """
        Shows how far databases are replicated, by what is on this machine.

        Usage:

            litestream status [flags] [DB_PATH]
        """;
    }

    @Override
    public FlagSet flags() {
        return new FlagSet(CommonFlags.CONFIG, CommonFlags.NO_EXPAND_ENV, CommonFlags.JSON);
    }

    @Override
    public ExitCode run(Arguments arguments, Shell shell)
            throws CommandException, ConfigurationException {
        if (arguments.operands().size() > 1) {
            throw new CommandException("too many arguments");
        }
        List<LocalState> states = databases(arguments, shell).stream().map(LocalState::of).toList();
        if (arguments.isOn(CommonFlags.JSON)) {
            shell.out().println(Json.pretty(states.stream().map(StatusCommand::json).toList()));
        } else {
            TextTable table = new TextTable("database", "status", "local txid", "wal size");
            for (LocalState state : states) {
                table.row(
                        state.database().toString(),
                        state.status().toString(),
                        state.localTxid(),
                        state.walSize());
            }
            shell.out().print(table);
        }
        return ExitCode.SUCCESS;
    }

    private static List<DatabaseConfiguration> databases(Arguments arguments, Shell shell)
            throws CommandException, ConfigurationException {
        Configuration configuration = CommonFlags.configuration(arguments, shell);
        if (arguments.operands().isEmpty()) {
            return configuration.databases();
        }
        Path path = shell.paths().database(arguments.operands().getFirst());
        return List.of(
                configuration
                        .database(path)
                        .orElseThrow(() ->
                                new CommandException("database not found in config: " + path)));
    }

    private static Map<String, String> json(LocalState state) {
        Map<String, String> object = new LinkedHashMap<>();
        object.put("database", state.database().toString());
        object.put("status", state.status().toString());
        object.put("local_txid", state.localTxid());
        object.put("wal_size", state.walSize());
        return object;
    }
}
