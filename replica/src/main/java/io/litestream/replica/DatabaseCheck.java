package io.litestream.replica;

import io.litestream.sqlite.DatabaseFile;
import io.litestream.sqlite.SqliteConnection;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// SQLite's own opinion of a database file. Nothing is changed, and nothing is left beside it.
final class DatabaseCheck {

    private static final List<String> SOUND = List.of("ok");

    private DatabaseCheck() {}

    /// @throws RestoreException.Failed if SQLite finds something wrong, or cannot look
    static void run(Path database, IntegrityCheck check) throws RestoreException.Failed {
        if (check == IntegrityCheck.NONE) {
            return;
        }
        List<String> findings;
        try (DatabaseFile file = DatabaseFile.open(database);
                SqliteConnection connection = file.connect()) {
            findings =
                    check == IntegrityCheck.FULL
                            ? connection.integrityCheck()
                            : connection.quickCheck();
        } catch (IOException e) {
            throw new RestoreException.Failed(
                    "post-restore integrity check: cannot check %s: %s"
                            .formatted(database, e.getMessage()),
                    e);
        }
        if (!findings.equals(SOUND)) {
            throw new RestoreException.Failed(
                    "post-restore integrity check: integrity check failed: "
                            + String.join("; ", findings),
                    null);
        }
    }
}
