package io.litestream.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.sqlite.WalState.Outcome;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Files;
import java.nio.file.Path;

/// What the engine relies on SQLite to do, each against the `sqlite3` program as the application.
final class SqliteConnectionTest {

    @TempDir Path directory;

    private Path path;
    private DatabaseFile file;
    private SqliteConnection connection;
    private SqliteConnection other;

    @BeforeEach
    void open() throws Exception {
        path = directory.resolve("a.db");
        Sqlite3.run(path, "PRAGMA journal_mode=WAL; CREATE TABLE t(x)");
        file = DatabaseFile.open(path);
        connection = file.connect();
        other = file.connect();
    }

    @AfterEach
    void close() throws Exception {
        connection.close();
        other.close();
        file.close();
        assertThat(Sqlite3.run(path, "PRAGMA integrity_check")).isEqualTo("ok");
    }

    private String outside(String sql) {
        return Sqlite3.run(path, sql);
    }

    private void commit() {
        assertThat(outside("INSERT INTO t VALUES (1)")).isEmpty();
    }

    @Test
    void aReadOnAFrameKeepsTheWalFromRestarting() throws Exception {
        commit();
        connection.beginRead();

        assertThat(connection.inRead()).isTrue();
        assertThat(outside("PRAGMA wal_checkpoint(RESTART)")).isEqualTo("1|1|1");
        assertThat(outside("PRAGMA wal_checkpoint(TRUNCATE)")).isEqualTo("1|1|1");

        connection.endRead();
        assertThat(connection.inRead()).isFalse();
        assertThat(outside("PRAGMA wal_checkpoint(TRUNCATE)")).isEqualTo("0|0|0");
    }

    @Test
    void aReadOnTheFileAloneLetsTheWalRestartOnceAndThenStopsCheckpoints() throws Exception {
        commit();
        connection.checkpoint(CheckpointMode.PASSIVE);
        connection.beginRead();

        assertThat(outside("PRAGMA wal_checkpoint(TRUNCATE)")).isEqualTo("0|0|0");
        commit();
        commit();

        assertThat(other.checkpoint(CheckpointMode.PASSIVE))
                .isEqualTo(new WalState(Outcome.COMPLETED, 2, 0));
        assertThat(outside("PRAGMA wal_checkpoint(TRUNCATE)")).isEqualTo("1|2|0");
        connection.endRead();
        assertThat(other.checkpoint(CheckpointMode.PASSIVE))
                .isEqualTo(new WalState(Outcome.COMPLETED, 2, 2));
    }

    @Test
    void aReadHoldsInADatabaseWithoutATable() throws Exception {
        Path empty = directory.resolve("empty.db");
        Sqlite3.run(empty, "PRAGMA journal_mode=WAL");
        try (DatabaseFile emptyFile = DatabaseFile.open(empty);
                SqliteConnection pin = emptyFile.connect()) {
            Sqlite3.run(empty, "PRAGMA user_version=7");

            pin.beginRead();

            assertThat(Sqlite3.run(empty, "PRAGMA wal_checkpoint(TRUNCATE)")).isEqualTo("1|1|1");
        }
    }

    @Test
    void noopCountsCommittedFramesOnly() throws Exception {
        assertThat(connection.checkpoint(CheckpointMode.NOOP))
                .isEqualTo(new WalState(Outcome.COMPLETED, 0, 0));

        try (Sqlite3 writer = Sqlite3.start(path)) {
            writer.ask("PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=2; BEGIN IMMEDIATE");
            for (int i = 0; i < 20; i++) {
                writer.ask("INSERT INTO t VALUES (randomblob(4000))");
            }
            assertThat(Files.size(file.wal())).isGreaterThan(4096);
            assertThat(connection.checkpoint(CheckpointMode.NOOP).validFrames()).isZero();

            writer.ask("COMMIT");
            WalState state = connection.checkpoint(CheckpointMode.NOOP);

            assertThat(state.validFrames()).isGreaterThan(20);
            assertThat(state.backfilledFrames()).isZero();
            assertThat(state.validFrames()).isNotNegative();
            assertThat(state.isBackfilled()).isFalse();
        }
    }

    @Test
    void noopAfterARestartStillCountsTheOldFrames() throws Exception {
        commit();

        assertThat(connection.checkpoint(CheckpointMode.RESTART))
                .isEqualTo(new WalState(Outcome.COMPLETED, 1, 1));
        assertThat(connection.checkpoint(CheckpointMode.NOOP))
                .isEqualTo(new WalState(Outcome.COMPLETED, 1, 1));

        commit();
        assertThat(connection.checkpoint(CheckpointMode.NOOP))
                .isEqualTo(new WalState(Outcome.COMPLETED, 1, 0));
    }

    @Test
    void noopAfterATruncationCountsNothing() throws Exception {
        commit();

        assertThat(connection.checkpoint(CheckpointMode.TRUNCATE))
                .isEqualTo(new WalState(Outcome.COMPLETED, 0, 0));
        assertThat(other.checkpoint(CheckpointMode.NOOP))
                .isEqualTo(new WalState(Outcome.COMPLETED, 0, 0));
        assertThat(file.wal()).isEmptyFile();
    }

    @Test
    void noopIsAnsweredWhileSomebodyWrites() throws Exception {
        commit();
        try (Sqlite3 writer = Sqlite3.start(path)) {
            writer.ask("BEGIN IMMEDIATE; INSERT INTO t VALUES (2)");

            assertThat(connection.checkpoint(CheckpointMode.NOOP).validFrames()).isEqualTo(1);
            assertThat(connection.checkpoint(CheckpointMode.PASSIVE).backfilledFrames())
                    .isEqualTo(1);
        }
    }

    @Test
    void aTruncationGivesUpWhereSomebodyReads() throws Exception {
        commit();
        try (Sqlite3 reader = Sqlite3.start(path)) {
            reader.ask("BEGIN; SELECT * FROM t");

            assertThat(connection.checkpoint(CheckpointMode.TRUNCATE).outcome())
                    .isEqualTo(Outcome.BLOCKED);
        }
        assertThat(connection.checkpoint(CheckpointMode.TRUNCATE).outcome())
                .isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void aTruncationSucceedsUnderOurOwnReadOnTheFileAlone() throws Exception {
        commit();
        connection.checkpoint(CheckpointMode.PASSIVE);
        connection.beginRead();

        assertThat(other.checkpoint(CheckpointMode.TRUNCATE))
                .isEqualTo(new WalState(Outcome.COMPLETED, 0, 0));
    }

    @ParameterizedTest
    @EnumSource
    void aCheckpointNeedsAConnectionWithoutATransaction(CheckpointMode mode) throws Exception {
        connection.beginRead();

        assertThatThrownBy(() -> connection.checkpoint(mode))
                .isInstanceOf(IllegalStateException.class);
        assertThat(other.checkpoint(mode).outcome()).isNotNull();
    }

    @Test
    void neverCheckpointsOnItsOwn() throws Exception {
        try (Sqlite3 writer = Sqlite3.start(path)) {
            writer.ask("PRAGMA wal_autocheckpoint=0; INSERT INTO t VALUES (zeroblob(8000000))");

            connection.beginRead();
            connection.endRead();
            assertThat(connection.tryBeginWrite()).isTrue();
            connection.rollback();

            WalState state = connection.checkpoint(CheckpointMode.NOOP);
            assertThat(state.validFrames()).isGreaterThan(1900);
            assertThat(state.backfilledFrames()).isZero();
        }
    }

    @Test
    void aWriteTransactionWritesNothing() throws Exception {
        commit();
        FileStat before = FileStat.of(path);
        FileStat walBefore = FileStat.of(file.wal());

        assertThat(connection.tryBeginWrite()).isTrue();
        connection.rollback();

        assertThat(FileStat.of(path)).isEqualTo(before);
        assertThat(FileStat.of(file.wal())).isEqualTo(walBefore);
    }

    @Test
    void aWriteTransactionKeepsWritersOutAndReadersNot() throws Exception {
        commit();
        assertThat(connection.tryBeginWrite()).isTrue();

        assertThat(outside("INSERT INTO t VALUES (2)")).contains("database is locked");
        assertThat(outside("SELECT count(*) FROM t")).isEqualTo("1");

        connection.rollback();
        commit();
    }

    @Test
    void aWriteTransactionIsRefusedAtOnceWhereSomebodyWrites() throws Exception {
        try (Sqlite3 writer = Sqlite3.start(path)) {
            writer.ask("BEGIN IMMEDIATE");
            assertThat(connection.tryBeginWrite()).isFalse();
            connection.beginRead();
            connection.endRead();

            writer.ask("ROLLBACK");
            assertThat(connection.tryBeginWrite()).isTrue();
        }
    }

    @Test
    void aCheckpointRunsBesideOurOwnWriteTransaction() throws Exception {
        commit();
        assertThat(connection.tryBeginWrite()).isTrue();

        assertThat(other.checkpoint(CheckpointMode.PASSIVE))
                .isEqualTo(new WalState(Outcome.COMPLETED, 1, 1));
    }

    @Test
    void transactionsDoNotNest() throws Exception {
        connection.beginRead();

        assertThatThrownBy(connection::beginRead).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(connection::tryBeginWrite).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(connection::rollback).isInstanceOf(IllegalStateException.class);
        connection.endRead();
        assertThatThrownBy(connection::endRead).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theLastConnectionOfAllDeletesTheWal() throws Exception {
        commit();
        other.close();
        assertThat(file.wal()).exists();

        connection.close();

        assertThat(file.wal()).doesNotExist();
        assertThat(file.shm()).doesNotExist();
        assertThat(outside("SELECT count(*) FROM t")).isEqualTo("1");
    }

    @Test
    void aConnectionKeepsTheWalFromItsOpeningOn() throws Exception {
        connection.close();
        other.close();

        try (SqliteConnection _ = file.connect()) {
            commit();

            assertThat(file.wal()).isNotEmptyFile();
        }
    }

    @Test
    void closingTwiceCountsOnce() throws Exception {
        other.close();
        other.close();

        assertThatThrownBy(file::close).hasMessageContaining("open connections: 1");
    }

    @Test
    void switchesToWalAndSaysSo() throws Exception {
        Path rollback = directory.resolve("rollback.db");
        Sqlite3.run(rollback, "CREATE TABLE t(x)");
        try (DatabaseFile rollbackFile = DatabaseFile.open(rollback);
                SqliteConnection switching = rollbackFile.connect()) {
            assertThat(switching.journalMode()).isEqualTo("delete");
            assertThat(switching.checkpoint(CheckpointMode.NOOP))
                    .isEqualTo(new WalState(Outcome.COMPLETED, -1, -1));
            assertThat(switching.checkpoint(CheckpointMode.NOOP).validFrames()).isEqualTo(-1);

            assertThat(switching.switchToWal()).isEqualTo("wal");

            assertThat(switching.journalMode()).isEqualTo("wal");
            assertThat(rollbackFile.header().journalFormat()).isEqualTo(JournalFormat.WAL);
        }
    }

    @Test
    void isBusyWhereTheSwitchMeetsAReader() throws Exception {
        Path rollback = directory.resolve("rollback.db");
        Sqlite3.run(rollback, "CREATE TABLE t(x)");
        try (DatabaseFile rollbackFile = DatabaseFile.open(rollback);
                SqliteConnection switching = rollbackFile.connect();
                Sqlite3 reader = Sqlite3.start(rollback)) {
            reader.ask("BEGIN; SELECT * FROM t");

            assertThatThrownBy(switching::switchToWal)
                    .isInstanceOf(SqliteException.Busy.class)
                    .hasMessageContaining(rollback.toString());
            assertThat(switching.journalMode()).isEqualTo("delete");
        }
    }

    @Test
    void checksTheDatabase() throws Exception {
        assertThat(connection.quickCheck()).containsExactly("ok");
        assertThat(connection.integrityCheck()).containsExactly("ok");
    }
}
