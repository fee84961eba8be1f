package io.litestream.replica;

import io.litestream.sqlite.DatabaseFile;
import io.litestream.sqlite.SqliteConnection;
import io.litestream.sqlite.SqliteException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// SQLite's own opinion of a database file. Nothing is changed, and nothing is left beside it.
final class DatabaseCheck {

    private static final List<String> SOUND = List.of("ok");

    private DatabaseCheck() {}

    /// @throws RestoreException.Unsound if SQLite finds something wrong
    /// @throws RestoreException.Failed if it cannot look
    static void run(Path database, IntegrityCheck check) throws RestoreException {
        if (check == IntegrityCheck.NONE) {
            return;
        }
        List<String> findings = findings(database, check);
        if (!findings.equals(SOUND)) {
            throw new RestoreException.Unsound(findings);
        }
    }

    private static List<String> findings(Path database, IntegrityCheck check)
            throws RestoreException.Failed {
        try (DatabaseFile file = DatabaseFile.open(database);
                SqliteConnection connection = file.connect()) {
            return check == IntegrityCheck.FULL
                    ? connection.integrityCheck()
                    : connection.quickCheck();
        } catch (SqliteException.Corrupt | SqliteException.NotADatabase e) {
            return List.of(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new RestoreException.Failed(
                    "post-restore integrity check: cannot check %s: %s"
                            .formatted(database, e.getMessage()),
                    e);
        }
    }
}
