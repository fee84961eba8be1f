package io.litestream.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/// Connections that may only read, to a database in a rollback journal mode.
final class RollbackJournalTest {

    @TempDir Path directory;
    private Path database;

    @BeforeEach
    void create() throws Exception {
        database = directory.resolve("app.db");
        Sqlite3.run(
                database,
                "CREATE TABLE t(v);"
                        + "INSERT INTO t SELECT randomblob(1500) FROM generate_series(1, 200)");
    }

    @Test
    void readsAgainAfterItWasRefused() throws Exception {
        try (DatabaseFile file = DatabaseFile.open(database);
                SqliteConnection reader = file.connectReadOnly();
                Sqlite3 writer = Sqlite3.start(database)) {
            writer.ask("BEGIN EXCLUSIVE");
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(reader::beginRead).isInstanceOf(SqliteException.Busy.class);
            }
            writer.ask("COMMIT");

            reader.beginRead();
            assertThat(writer.ask("BEGIN EXCLUSIVE")).contains("database is locked");
            reader.endRead();
            assertThat(writer.ask("BEGIN EXCLUSIVE")).isEmpty();
        }
    }

    @Test
    void doesNotRollBackWhatAWriterLeftThatDied() throws Exception {
        try (DatabaseFile file = DatabaseFile.open(database);
                SqliteConnection reader = file.connectReadOnly()) {
            Sqlite3 writer = Sqlite3.start(database);
            writer.ask("PRAGMA cache_size=2; BEGIN; UPDATE t SET v = randomblob(1500)");
            writer.kill();
            Path journal = directory.resolve("app.db-journal");
            String torn = sum(database, journal);

            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(reader::beginRead)
                        .isInstanceOf(SqliteException.Busy.class)
                        .hasMessageContaining("a writer died in its transaction");
            }
            assertThatThrownBy(file::connectReadOnly).isInstanceOf(SqliteException.Busy.class);
            assertThat(sum(database, journal)).isEqualTo(torn);

            Sqlite3.run(database, "SELECT count(*) FROM t");
            reader.beginRead();
            assertThat(journal).doesNotExist();
        }
    }

    /// In another process: closing a descriptor here would drop the locks of the connections.
    private static String sum(Path... files) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("sha256sum");
        for (Path file : files) {
            builder.command().add(file.toString());
        }
        Process process = builder.start();
        String sums = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).isZero();
        return sums;
    }
}
