package io.litestream.cli.command;

import io.litestream.cli.config.ConfigurationException;
import io.litestream.cli.config.DatabaseConfiguration;
import io.litestream.cli.flag.Arguments;
import io.litestream.cli.flag.Flag;
import io.litestream.cli.flag.FlagSet;
import io.litestream.replica.state.StateDirectory;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Deletes the local state of a database. The database and its destinations stay as they are.
final class ResetCommand implements Command {

    private static final Flag DRY_RUN =
            Flag.toggle("dry-run", "Lists what would be deleted, and deletes nothing.");

    @Override
    public String usage() {
        return """
        Deletes the local replication state of a database. The next start of the
        replication compares the database with its destinations again. Nothing is
        deleted from the database or from a destination.

        Usage:

            litestream reset [flags] DB_PATH
        """;
    }

    @Override
    public FlagSet flags() {
        return new FlagSet(CommonFlags.CONFIG, CommonFlags.NO_EXPAND_ENV, DRY_RUN);
    }

    @Override
    public ExitCode run(Arguments arguments, Shell shell)
            throws CommandException, ConfigurationException, IOException {
        if (arguments.operands().isEmpty()) {
            throw new CommandException("database path required", "litestream reset /path/to/db");
        }
        if (arguments.operands().size() > 1) {
            throw new CommandException("too many arguments");
        }
        Path database = shell.paths().database(arguments.operands().getFirst());
        if (!Files.exists(database)) {
            throw new CommandException("database does not exist: " + database);
        }
        StateDirectory state = new StateDirectory(metaPath(database, arguments, shell));
        if (!state.exists()) {
            shell.out().println("Meta directory does not exist: " + state.path());
            return ExitCode.SUCCESS;
        }
        List<Path> files = files(state);
        if (arguments.isOn(DRY_RUN)) {
            list(state, files, database, shell);
        } else if (files.isEmpty()) {
            shell.out().println("No local state to reset for " + database);
        } else {
            delete(state, files, database, shell);
        }
        return ExitCode.SUCCESS;
    }

    /// Asks the configuration where the state is: the one that was named, which must know the
    /// database, else the usual one if it is there and does.
    private static Path metaPath(Path database, Arguments arguments, Shell shell)
            throws CommandException, ConfigurationException {
        Optional<DatabaseConfiguration> configured =
                arguments.has(CommonFlags.CONFIG) || CommonFlags.configurationExists(shell)
                        ? CommonFlags.configuration(arguments, shell).database(database)
                        : Optional.empty();
        if (configured.isEmpty() && arguments.has(CommonFlags.CONFIG)) {
            throw new CommandException("database not found in config: " + database);
        }
        return configured
                .map(DatabaseConfiguration::metaPath)
                .orElseGet(() -> DatabaseConfiguration.standardMetaPath(database));
    }

    /// Returns what a reset deletes, each directory behind what is in it. The lock stays: it is
    /// somebody's who waits for it.
    private static List<Path> files(StateDirectory state) throws IOException {
        List<Path> files = new ArrayList<>();
        Path ltx = ltx(state);
        if (Files.exists(ltx)) {
            try (Stream<Path> tree = Files.walk(ltx)) {
                tree.sorted(Comparator.reverseOrder()).forEach(files::add);
            }
        }
        for (Path file : List.of(state.table(), state.baseline(), state.restored())) {
            if (Files.exists(file)) {
                files.add(file);
            }
        }
        return files;
    }

    private static void list(StateDirectory state, List<Path> files, Path database, Shell shell) {
        PrintStream out = shell.out();
        out.println("Dry run: local Litestream state would be reset for: " + database);
        out.println("Would remove: " + ltx(state));
        if (files.isEmpty()) {
            out.println("No local LTX files would be removed.");
            return;
        }
        out.println("Files that would be removed:");
        files.stream()
                .filter(Files::isRegularFile)
                .sorted()
                .forEach(file -> out.println("  " + file));
        out.println("No files were removed.");
    }

    private static Path ltx(StateDirectory state) {
        return state.path().resolve("ltx");
    }

    private static void delete(StateDirectory state, List<Path> files, Path database, Shell shell)
            throws CommandException, IOException {
        Optional<StateDirectory.Lock> lock = state.tryLock();
        if (lock.isEmpty()) {
            throw new CommandException(
                    "cannot reset %s: it is being replicated%s; stop that first"
                            .formatted(database, owner(state)));
        }
        try (StateDirectory.Lock _ = lock.get()) {
            shell.out().println("Resetting local Litestream state for: " + database);
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
        shell.out().println("Reset complete. Next replication sync will create a fresh snapshot.");
    }

    private static String owner(StateDirectory state) throws IOException {
        return state.lockOwner().isPresent() ? " by process " + state.lockOwner().getAsLong() : "";
    }
}
