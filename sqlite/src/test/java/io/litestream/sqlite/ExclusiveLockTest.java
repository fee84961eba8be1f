package io.litestream.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

final class ExclusiveLockTest {

    @TempDir Path directory;

    private Path path;

    @BeforeEach
    void create() {
        path = directory.resolve("a.db");
        Sqlite3.run(path, "CREATE TABLE t(x); INSERT INTO t VALUES (1)");
    }

    @Test
    void keepsOtherProcessesOutUntilItIsClosed() throws Exception {
        try (DatabaseFile file = DatabaseFile.open(path)) {
            try (ExclusiveLock lock = file.tryLock().orElseThrow()) {
                assertThat(lock.isHeld()).isTrue();
                assertThat(Sqlite3.run(path, "SELECT x FROM t")).contains("database is locked");
                assertThat(Sqlite3.run(path, "INSERT INTO t VALUES (2)")).contains("locked");
            }
            assertThat(Sqlite3.run(path, "SELECT x FROM t")).isEqualTo("1");
        }
    }

    @Test
    void keepsOutConnectionsOfAWalToo() throws Exception {
        Sqlite3.run(path, "PRAGMA journal_mode=WAL");

        try (DatabaseFile file = DatabaseFile.open(path);
                ExclusiveLock _ = file.tryLock().orElseThrow()) {
            assertThat(Sqlite3.run(path, "SELECT x FROM t")).contains("database is locked");
        }
    }

    @Test
    void isRefusedWhileAProcessReads() throws Exception {
        try (DatabaseFile file = DatabaseFile.open(path);
                Sqlite3 reader = Sqlite3.start(path)) {
            reader.ask("BEGIN; SELECT x FROM t");
            assertThat(file.tryLock()).isEmpty();

            reader.ask("COMMIT");

            assertThat(file.tryLock()).isPresent();
        }
    }

    @Test
    void isRefusedWhileAProcessIsConnectedToAWal() throws Exception {
        Sqlite3.run(path, "PRAGMA journal_mode=WAL");
        try (DatabaseFile file = DatabaseFile.open(path)) {
            try (Sqlite3 idle = Sqlite3.start(path)) {
                idle.ask("SELECT x FROM t");
                assertThat(file.tryLock()).isEmpty();
            }
            assertThat(file.tryLock()).isPresent();
        }
    }

    @Test
    void isRefusedWhileAProcessWrites() throws Exception {
        try (DatabaseFile file = DatabaseFile.open(path);
                Sqlite3 writer = Sqlite3.start(path)) {
            writer.ask("BEGIN IMMEDIATE");

            assertThat(file.tryLock()).isEmpty();
        }
    }

    @Test
    void isRefusedTheSecondTimeInThisProcess() throws Exception {
        try (DatabaseFile file = DatabaseFile.open(path);
                ExclusiveLock _ = file.tryLock().orElseThrow()) {
            assertThat(file.tryLock()).isEmpty();
        }
    }

    @Test
    void isTakenOnAChannelOfTheCaller() throws Exception {
        try (FileChannel channel =
                        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
                ExclusiveLock _ = ExclusiveLock.tryAcquire(channel).orElseThrow()) {
            assertThat(Sqlite3.run(path, "SELECT x FROM t")).contains("database is locked");
        }
    }

    @Test
    void excludesConnectionsOfThisProcess() throws Exception {
        try (DatabaseFile file = DatabaseFile.open(path)) {
            try (ExclusiveLock _ = file.tryLock().orElseThrow()) {
                assertThatThrownBy(file::connect)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("locked here");
            }
            try (SqliteConnection _ = file.connect()) {
                assertThatThrownBy(file::tryLock)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("open connections: 1");
            }
        }
    }

    @Test
    void endsWithItsFile() throws Exception {
        DatabaseFile file = DatabaseFile.open(path);
        ExclusiveLock lock = file.tryLock().orElseThrow();

        file.close();

        assertThat(lock.isHeld()).isFalse();
        assertThat(Sqlite3.run(path, "SELECT x FROM t")).isEqualTo("1");
    }
}
