package io.litestream.cli.command;

import io.litestream.cli.config.ConfigurationException;
import io.litestream.cli.config.LoggingConfiguration;
import io.litestream.cli.config.ReplicaConfiguration;
import io.litestream.cli.flag.Arguments;
import io.litestream.cli.flag.Flag;
import io.litestream.cli.flag.FlagSet;
import io.litestream.cli.text.Json;
import io.litestream.cli.text.TextTable;
import io.litestream.replica.Inventory;
import io.litestream.replica.Level;
import io.litestream.replica.Replica;
import io.litestream.replica.ReplicaFile;
import io.litestream.replica.retention.Pin;

import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Lists the LTX files of a database's destinations, or of one destination.
final class LtxCommand implements Command {

    /// Under which name the command was called.
    enum Name {
        /// Its own.
        LTX,
        /// The one that a similar command had before 0.5.
        WAL
    }

    private static final Flag LEVEL =
            Flag.text("level", "LEVEL", "The level of the files: 0 to 9, or all. Default: 0.");

    private final Name name;

    LtxCommand(Name name) {
        this.name = name;
    }

    @Override
    public String usage() {
        return """
        Lists the LTX files of a destination.

        Usage:

            litestream ltx [flags] DB_PATH
            litestream ltx [flags] REPLICA_URL
        """;
    }

    @Override
    public FlagSet flags() {
        return new FlagSet(
                CommonFlags.CONFIG,
                LEVEL,
                Source.REPLICA,
                CommonFlags.NO_EXPAND_ENV,
                CommonFlags.JSON);
    }

    @Override
    public ExitCode run(Arguments arguments, Shell shell)
            throws CommandException, ConfigurationException, IOException {
        switch (name) {
            case LTX -> {}
            case WAL ->
                    shell.err()
                            .println(
                                    "Warning: 'wal' command is deprecated, please use 'ltx'"
                                            + " instead");
        }
        List<Level> levels = levels(arguments.text(LEVEL).orElse("0"));
        Logging logging =
                arguments.isOn(CommonFlags.JSON) ? Logging.besideJson(shell) : Logging.of(shell);
        logging.use(LoggingConfiguration.STANDARD);
        Source source = Source.only(arguments, shell, logging);
        List<Listed> files = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        boolean json = arguments.isOn(CommonFlags.JSON);
        for (ReplicaConfiguration configured : source.replicas()) {
            try {
                Replica replica = Replicas.of(shell).open(configured);
                Inventory inventory = replica.inventory();
                List<Pin> pins =
                        json ? DestinationStatus.pins(replica).orElse(List.of()) : List.of();
                for (Level level : levels) {
                    inventory
                            .files(level)
                            .forEach(file -> files.add(Listed.of(configured.name(), file, pins)));
                }
            } catch (IOException e) {
                failures.add("%s: %s".formatted(configured.name(), Program.describe(e)));
            }
        }
        boolean several = source.replicas().size() > 1;
        if (json) {
            shell.out()
                    .println(Json.pretty(files.stream().map(file -> file.json(several)).toList()));
        } else {
            shell.out().print(table(files, several));
        }
        failures.forEach(failure -> shell.err().println("Error: " + failure));
        return failures.isEmpty() ? ExitCode.SUCCESS : ExitCode.FAILURE;
    }

    private static List<Level> levels(String text) throws CommandException {
        if (text.equals("all")) {
            return Level.all();
        }
        int number;
        try {
            number = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new CommandException("invalid level: must be 0-9 or \"all\"");
        }
        if (number < 0 || number > 9) {
            throw new CommandException("level must be between 0 and 9");
        }
        return List.of(new Level(number));
    }

    private static TextTable table(List<Listed> files, boolean several) {
        TextTable table =
                several
                        ? new TextTable(
                                "replica", "level", "min_txid", "max_txid", "size", "created")
                        : new TextTable("level", "min_txid", "max_txid", "size", "created");
        files.forEach(file -> table.row(file.cells(several).toArray(String[]::new)));
        return table;
    }

    /// A file, and the destination that has it.
    ///
    /// @param pins names of the point at its end
    private record Listed(String replica, ReplicaFile file, List<String> pins) {

        static Listed of(String replica, ReplicaFile file, List<Pin> pins) {
            return new Listed(
                    replica,
                    file,
                    pins.stream()
                            .filter(pin -> pin.txid().equals(file.range().last()))
                            .map(Pin::name)
                            .toList());
        }

        List<String> cells(boolean several) {
            List<String> cells = new ArrayList<>();
            if (several) {
                cells.add(replica);
            }
            cells.add(file.level().toString());
            cells.add(file.range().first().toString());
            cells.add(file.range().last().toString());
            cells.add(Long.toString(file.size()));
            cells.add(created());
            return cells;
        }

        Map<String, Object> json(boolean several) {
            Map<String, Object> object = new LinkedHashMap<>();
            if (several) {
                object.put("replica", replica);
            }
            object.put("level", file.level().number());
            object.put("min_txid", file.range().first().toString());
            object.put("max_txid", file.range().last().toString());
            object.put("size", file.size());
            object.put("timestamp", created());
            if (!pins.isEmpty()) {
                object.put("pins", pins);
            }
            return object;
        }

        private String created() {
            return file.created().truncatedTo(ChronoUnit.SECONDS).toString();
        }
    }
}
