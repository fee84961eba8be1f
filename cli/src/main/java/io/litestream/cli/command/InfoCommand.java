package io.litestream.cli.command;

import io.litestream.cli.config.ConfigurationException;
import io.litestream.cli.config.DatabaseConfiguration;
import io.litestream.cli.config.LoggingConfiguration;
import io.litestream.cli.config.ReplicaConfiguration;
import io.litestream.cli.flag.Arguments;
import io.litestream.cli.flag.Flag;
import io.litestream.cli.flag.FlagSet;
import io.litestream.cli.text.Json;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Tells everything that can be seen of the destinations of a database, or of one destination.
final class InfoCommand implements Command {

    private static final String NOT_YET =
            "asking a running litestream is not part of this version yet";

    private static final List<Flag> OF_A_RUNNING_ONE =
            List.of(
                    Flag.text("socket", "PATH", "Not part of this version yet."),
                    Flag.integer("timeout", "SECONDS", "Not part of this version yet."));

    @Override
    public String usage() {
        return """
        Tells what the destinations of a database hold: the newest transaction and how far
        that is behind, the points that can be restored, files and sizes of each level, and
        when a verification last came out well.

        Usage:

            litestream info [flags] DB_PATH
            litestream info [flags] REPLICA_URL
        """;
    }

    @Override
    public FlagSet flags() {
        return new FlagSet(
                CommonFlags.CONFIG,
                Source.REPLICA,
                CommonFlags.NO_EXPAND_ENV,
                CommonFlags.JSON,
                OF_A_RUNNING_ONE.getFirst(),
                OF_A_RUNNING_ONE.getLast());
    }

    @Override
    public ExitCode run(Arguments arguments, Shell shell)
            throws CommandException, ConfigurationException, IOException {
        for (Flag flag : OF_A_RUNNING_ONE) {
            if (arguments.has(flag)) {
                throw new CommandException("-%s: %s".formatted(flag.name(), NOT_YET));
            }
        }
        boolean json = arguments.isOn(CommonFlags.JSON);
        Logging logging = json ? Logging.besideJson(shell) : Logging.of(shell);
        logging.use(LoggingConfiguration.STANDARD);
        Source source = Source.of(operand(arguments), arguments, shell, logging);
        List<DestinationStatus> destinations = look(source, shell);
        if (json) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("source", source.text());
            object.put("replicas", destinations.stream().map(DestinationTable::json).toList());
            shell.out().println(Json.pretty(object));
        } else {
            shell.out().println(source.text());
            destinations.forEach(each -> shell.out().print(DestinationTable.text(each)));
        }
        return destinations.stream().allMatch(each -> each.failure().isEmpty())
                ? ExitCode.SUCCESS
                : ExitCode.FAILURE;
    }

    private static String operand(Arguments arguments) throws CommandException {
        if (arguments.operands().isEmpty()) {
            throw new CommandException(
                    "database path or replica URL required: " + NOT_YET,
                    "litestream info /path/to/db");
        }
        if (arguments.operands().size() > 1) {
            throw new CommandException("too many arguments");
        }
        return arguments.operands().getFirst();
    }

    private static List<DestinationStatus> look(Source source, Shell shell) throws IOException {
        Optional<LocalLine> line = Optional.empty();
        Optional<Path> state = source.state();
        if (state.isPresent()) {
            line = Optional.of(LocalLine.of(state.get()));
        }
        return look(source.replicas(), line, shell);
    }

    /// Looks at the destinations of a database of the configuration.
    static List<DestinationStatus> look(DatabaseConfiguration database, Shell shell) {
        Optional<LocalLine> line;
        try {
            line = Optional.of(LocalLine.of(database.metaPath()));
        } catch (IOException e) {
            line = Optional.empty(); // the database's own row tells
        }
        return look(database.replicas(), line, shell);
    }

    private static List<DestinationStatus> look(
            List<ReplicaConfiguration> replicas, Optional<LocalLine> line, Shell shell) {
        Replicas opening = Replicas.of(shell);
        Instant now = shell.clock().instant();
        List<DestinationStatus> destinations = new ArrayList<>();
        for (ReplicaConfiguration replica : replicas) {
            destinations.add(DestinationStatus.of(replica, opening, line, now));
        }
        return destinations;
    }
}
