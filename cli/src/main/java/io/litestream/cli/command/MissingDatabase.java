package io.litestream.cli.command;

import static java.lang.System.Logger.Level.INFO;

import io.litestream.cli.config.DatabaseConfiguration;
import io.litestream.ltx.Txid;
import io.litestream.replica.RestoreException;
import io.litestream.replica.RestoreRequest;
import io.litestream.replica.RestoreTarget;
import io.litestream.replica.RestoredPoint;

import java.nio.file.Files;
import java.nio.file.Path;

/// Restores a database before its replication if it is missing.
final class MissingDatabase {

    private static final System.Logger LOGGER = System.getLogger(MissingDatabase.class.getName());

    private final DatabaseConfiguration database;
    private final Shell shell;

    MissingDatabase(DatabaseConfiguration database, Shell shell) {
        this.database = database;
        this.shell = shell;
    }

    /// Restores the newest state unless there is a file already, or no backup.
    ///
    /// @throws RestoreException if there is a backup, and it cannot be restored
    void restore() throws RestoreException {
        if (Files.exists(database.path())) {
            LOGGER.log(INFO, "database exists, skipping restore", "path", database.path());
            return;
        }
        LOGGER.log(INFO, "attempting restore before replication", "path", database.path());
        try {
            Restorer.Restored restored =
                    new Restorer(database.replicas(), shell)
                            .run(
                                    RestoreRequest.of(new RestoreTarget.Latest(), database.path())
                                            .withState(database.metaPath()));
            tell(restored);
        } catch (RestoreException.NoBackup e) {
            LOGGER.log(INFO, "no backup found, starting fresh", "path", database.path());
        }
    }

    private void tell(Restorer.Restored restored) {
        Path path = database.path();
        String replica = restored.replica().name();
        String message = "restore completed";
        switch (restored.result().point()) {
            case RestoredPoint.OfLine(Txid txid) ->
                    LOGGER.log(INFO, message, "path", path, "replica", replica, "txid", txid);
            case RestoredPoint.OfGeneration at ->
                    LOGGER.log(INFO, message, "path", path, "replica", replica, "position", at);
        }
    }
}
