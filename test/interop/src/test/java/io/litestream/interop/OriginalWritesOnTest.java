package io.litestream.interop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/// The original's code goes on with a replica that our program began, and our program with what the
/// original wrote.
///
/// Nothing shrinks here before the original writes: it would still take the database for as large
/// as it was, and write that size into page 1, of its own replicas too.
final class OriginalWritesOnTest {

    @TempDir private Path directory;
    private Original original;
    private ReplicatedDatabase ours;

    @BeforeEach
    void begin() throws Exception {
        original = Original.assumeThere(directory);
        ours = new ReplicatedDatabase(directory);
        ours.application(
                "PRAGMA journal_mode=WAL",
                "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
                "INSERT INTO t(v) VALUES('ours')");
        ours.insert(200, 400);
        ours.once();
        ours.application("UPDATE t SET v = 'changed' WHERE id % 7 = 0");
        ours.once();
    }

    @AfterEach
    void close() {
        if (ours != null) {
            ours.close();
        }
    }

    @Test
    void restoresWhatTheOriginalWrote() throws Exception {
        original.write(ours.replica, "INSERT INTO t(v) VALUES('theirs'), (randomblob(9000));");
        original.write(ours.replica, "DELETE FROM t WHERE id BETWEEN 20 AND 120;");
        original.write(ours.replica, "CREATE INDEX i ON t(v); UPDATE t SET v = id WHERE id < 9;");

        Path restored = ours.restore();

        assertThat(SqliteProgram.dump(restored)).contains("'theirs'").contains("CREATE INDEX i");
        Dumps.assertEqual(SqliteProgram.dump(restored), original.dump(ours.replica));
    }

    @Test
    void goesOnAfterTheOriginal() throws Exception {
        original.write(ours.replica, "INSERT INTO t(v) VALUES('theirs');");
        ours.loseDatabase();
        ours.restore(ours.database);
        ours.application("PRAGMA journal_mode=WAL", "INSERT INTO t(v) VALUES('ours again')");

        ours.once();

        assertThat(ours.dump()).contains("'theirs'").contains("'ours again'");
        Dumps.assertEqual(SqliteProgram.dump(ours.restore()), ours.dump());
        Dumps.assertEqual(original.dump(ours.replica), ours.dump());
    }

    @Test
    void takesTurnsWithTheOriginal() throws Exception {
        for (int i = 0; i < 3; i++) {
            original.write(ours.replica, "INSERT INTO t(v) VALUES('theirs %d');".formatted(i));
            ours.loseDatabase();
            ours.restore(ours.database);
            ours.application(
                    "PRAGMA journal_mode=WAL",
                    "INSERT INTO t(v) VALUES('ours %d')".formatted(i),
                    "DELETE FROM t WHERE id BETWEEN %d AND %d".formatted(40 * i, 40 * i + 20));
            ours.once();

            Dumps.assertEqual(original.dump(ours.replica), ours.dump());
        }
        Dumps.assertEqual(SqliteProgram.dump(ours.restore()), ours.dump());
    }
}
