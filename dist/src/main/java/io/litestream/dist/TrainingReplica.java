package io.litestream.dist;

import io.litestream.cli.command.ExitCode;
import io.litestream.cli.command.Program;
import io.litestream.cli.command.Shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/// Makes a replica for [RestoreTraining], large enough that a restore spends its time where one of
/// a large database does: a snapshot, and some files after it.
public final class TrainingReplica {

    private static final int ROWS = 40;
    private static final int ROW_BYTES = 500_000;
    private static final int LATER_FILES = 10;

    private TrainingReplica() {}

    /// Returns where the replica is in a directory, with files as in any local replica.
    static Path in(Path scratch) {
        return scratch.resolve("replica");
    }

    /// Works in the directory that the argument names.
    public static void main(String[] args) throws IOException, SQLException {
        Path scratch = Path.of(args[0]);
        Path database = scratch.resolve("app.db");
        Path configuration = scratch.resolve("litestream.yml");
        Files.writeString(
                configuration,
                """
                dbs:
                  - path: %s
                    replica:
                      path: %s
                """
                        .formatted(database, in(scratch)));
        commit(database, "PRAGMA journal_mode = WAL", "CREATE TABLE orders (id, item BLOB)");
        commit(
                database,
                """
                WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number LIMIT %d)
                INSERT INTO orders SELECT n, randomblob(%d) FROM number
                """
                        .formatted(ROWS, ROW_BYTES));
        replicate(configuration);
        for (int i = 0; i < LATER_FILES; i++) {
            commit(database, "INSERT INTO orders VALUES (%d, randomblob(2000))".formatted(-i));
            replicate(configuration);
        }
    }

    private static void commit(Path database, String... statements) throws SQLException {
        try (Connection application = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = application.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static void replicate(Path configuration) {
        List<String> words = List.of("replicate", "-once", "-config", configuration.toString());
        if (new Program(Shell.ofProcess()).run(words) != ExitCode.SUCCESS) {
            throw new IllegalStateException("litestream %s failed".formatted(words));
        }
    }
}
