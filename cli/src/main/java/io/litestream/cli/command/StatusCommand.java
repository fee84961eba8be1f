package io.litestream.cli.command;

import io.litestream.cli.config.Configuration;
import io.litestream.cli.config.ConfigurationException;
import io.litestream.cli.config.DatabaseConfiguration;
import io.litestream.cli.flag.Arguments;
import io.litestream.cli.flag.Flag;
import io.litestream.cli.flag.FlagSet;
import io.litestream.cli.text.Json;
import io.litestream.cli.text.TextTable;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Shows what the local files tell of the databases of the configuration, and what is seen of their
/// destinations.
final class StatusCommand implements Command {

    private static final Flag LOCAL =
            Flag.toggle(
                    "local", "Looks at what is on this machine alone, and asks no destination.");

    @Override
    public String usage() {
        return """
        Shows how far databases are replicated: first, by what is on this machine, then what
        each of their destinations holds.

        Usage:

            litestream status [flags] [DB_PATH]
        """;
    }

    @Override
    public FlagSet flags() {
        return new FlagSet(CommonFlags.CONFIG, LOCAL, CommonFlags.NO_EXPAND_ENV, CommonFlags.JSON);
    }

    @Override
    public ExitCode run(Arguments arguments, Shell shell)
            throws CommandException, ConfigurationException {
        if (arguments.operands().size() > 1) {
            throw new CommandException("too many arguments");
        }
        List<DatabaseConfiguration> databases = databases(arguments, shell);
        List<Seen> all = new ArrayList<>();
        for (DatabaseConfiguration database : databases) {
            all.add(
                    new Seen(
                            LocalState.of(database),
                            arguments.isOn(LOCAL) ? List.of() : InfoCommand.look(database, shell)));
        }
        if (arguments.isOn(CommonFlags.JSON)) {
            shell.out().println(Json.pretty(all.stream().map(StatusCommand::json).toList()));
        } else {
            shell.out().print(databases(all));
            shell.out().print(destinations(all));
        }
        return ExitCode.SUCCESS;
    }

    /// A database, and its destinations as far as they were looked at.
    private record Seen(LocalState local, List<DestinationStatus> destinations) {}

    private static TextTable databases(List<Seen> all) {
        TextTable table = new TextTable("database", "status", "local txid", "wal size");
        for (Seen seen : all) {
            LocalState state = seen.local;
            table.row(
                    state.database().toString(),
                    state.status().toString(),
                    state.localTxid(),
                    state.walSize());
        }
        return table;
    }

    private static String destinations(List<Seen> all) {
        TextTable table = DestinationTable.empty();
        StringBuilder failures = new StringBuilder();
        for (Seen seen : all) {
            String database = seen.local.database().toString();
            for (DestinationStatus destination : seen.destinations) {
                DestinationTable.row(table, database, destination);
                destination
                        .failure()
                        .ifPresent(reason ->
                                failures.append(
                                        "%s, %s: %s\n"
                                                .formatted(
                                                        database, destination.replica(), reason)));
            }
        }
        boolean any = all.stream().anyMatch(seen -> !seen.destinations.isEmpty());
        return any ? "\n" + table + failures : "";
    }

    /// Returns the databases that are asked for. Scripts that ask for one that the configuration
    /// does not have rely on getting an empty list, so a person is told beside it.
    private static List<DatabaseConfiguration> databases(Arguments arguments, Shell shell)
            throws ConfigurationException {
        Configuration configuration = CommonFlags.configuration(arguments, shell);
        if (arguments.operands().isEmpty()) {
            return configuration.databases();
        }
        Path path = shell.paths().database(arguments.operands().getFirst());
        Optional<DatabaseConfiguration> found = configuration.database(path);
        if (found.isEmpty()) {
            shell.err().println("Warning: database not found in config: " + path);
        }
        return found.stream().toList();
    }

    private static Map<String, Object> json(Seen seen) {
        LocalState state = seen.local;
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("database", state.database().toString());
        object.put("status", state.status().toString());
        object.put("local_txid", state.localTxid());
        object.put("wal_size", state.walSize());
        if (!seen.destinations.isEmpty()) {
            object.put("replicas", seen.destinations.stream().map(DestinationTable::json).toList());
        }
        return object;
    }
}
