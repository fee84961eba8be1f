package io.litestream.dist;

import static io.litestream.dist.Trainee.litestream;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;

/// Makes a replica for [RestoreTraining], large enough that a restore spends its time where one of
/// a large database does: a snapshot, and some files after it.
public final class TrainingReplica {

    private static final int ROWS = 40;
    private static final int ROW_BYTES = 500_000;
    private static final int LATER_FILES = 10;

    private TrainingReplica() {}

    /// Works in the directory that the argument names.
    public static void main(String[] args) throws IOException, SQLException {
        Trainee trainee = new Trainee(Path.of(args[0]));
        trainee.configure("{path: %s}".formatted(Trainee.quoted(trainee.replica())));
        trainee.commit("PRAGMA journal_mode = WAL", "CREATE TABLE orders (id, item BLOB)");
        trainee.commit(
                """
                WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number LIMIT %d)
                INSERT INTO orders SELECT n, randomblob(%d) FROM number
                """
                        .formatted(ROWS, ROW_BYTES));
        replicate(trainee);
        for (int i = 0; i < LATER_FILES; i++) {
            trainee.commit("INSERT INTO orders VALUES (%d, randomblob(2000))".formatted(-i));
            replicate(trainee);
        }
    }

    private static void replicate(Trainee trainee) {
        litestream("replicate", "-once", "-config", trainee.configuration().toString());
    }
}
