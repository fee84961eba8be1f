package io.litestream.cli.command;

import io.litestream.cli.config.Configuration;
import io.litestream.cli.config.DatabaseConfiguration;
import io.litestream.cli.config.ReplicaConfiguration;
import io.litestream.cli.text.ByteSize;
import io.litestream.cli.text.TextTable;
import io.litestream.engine.JournalMode;
import io.litestream.replica.Inventory;
import io.litestream.replica.Replica;
import io.litestream.sqlite.DatabaseFile;
import io.litestream.sqlite.DatabaseHeader;
import io.litestream.sqlite.NetworkFileSystem;
import io.litestream.sqlite.SqliteException;
import io.litestream.storage.ObjectStore;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Tells what `replicate` would do: opens every database, and writes, reads and deletes an object
/// in every destination. Nothing that is there is changed.
final class DryRun {

    private final Configuration configuration;
    private final Shell shell;
    private final TextTable table = new TextTable("database", "replica", "check", "result");
    private ExitCode code = ExitCode.SUCCESS;

    DryRun(Configuration configuration, Shell shell) {
        this.configuration = configuration;
        this.shell = shell;
    }

    /// Prints one row for each database and each destination. Succeeds if replication could begin.
    ExitCode run() throws CommandException {
        if (configuration.databases().isEmpty()) {
            throw new CommandException("no databases specified in configuration");
        }
        for (DatabaseConfiguration database : configuration.databases()) {
            String path = database.path().toString();
            report(path, "-", "database", () -> database(database));
            for (ReplicaConfiguration replica : database.replicas()) {
                report(path, replica.name(), replica.place().toString(), () -> replica(replica));
            }
        }
        shell.out().print(table);
        return code;
    }

    private void report(String database, String replica, String what, Check check) {
        String result;
        try {
            result = check.run();
        } catch (IOException e) {
            code = ExitCode.FAILURE;
            result = "error: " + Program.describe(e);
        }
        table.row(database, replica, what, result);
    }

    private static String database(DatabaseConfiguration database) throws IOException {
        try (DatabaseFile file = DatabaseFile.open(database.path())) {
            DatabaseHeader header = file.header();
            return "ok: %s, page size %d, journal mode %s"
                    .formatted(
                            ByteSize.format(file.sizeBytes()),
                            header.pageSize(),
                            journalMode(header, file.path(), database.journalMode()));
        } catch (SqliteException.NoDatabase e) {
            return switch (database.whenMissing()) {
                case RESTORE -> "missing: would be restored if there is a backup";
                case WAIT -> "missing: would be waited for";
            };
        }
    }

    private static String journalMode(DatabaseHeader header, Path path, JournalMode wanted) {
        return switch (header.journalFormat()) {
            case WAL -> "wal";
            case ROLLBACK ->
                    wanted.keeps(NetworkFileSystem.of(path))
                            ? "rollback, would stay"
                            : "rollback, would be switched to wal";
        };
    }

    private String replica(ReplicaConfiguration configured) throws IOException {
        Replica replica = Replicas.of(shell).open(configured);
        try (ObjectStore store = replica.store()) {
            List<String> lacks = new RightsCheck(store, shell.clock()).run();
            Inventory inventory = replica.inventory();
            String holds =
                    inventory
                            .head()
                            .map(head ->
                                    "holds %d files (%s) through txid %s"
                                            .formatted(
                                                    inventory.files().size(),
                                                    ByteSize.format(inventory.sizeBytes()),
                                                    head))
                            .orElse("empty: a snapshot would be written");
            return Stream.concat(Stream.of("ok: writable, " + holds), lacks.stream())
                    .collect(Collectors.joining("; "));
        }
    }

    @FunctionalInterface
    private interface Check {
        String run() throws IOException;
    }
}
