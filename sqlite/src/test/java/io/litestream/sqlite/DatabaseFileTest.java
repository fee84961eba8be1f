package io.litestream.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;

final class DatabaseFileTest {

    @TempDir Path directory;

    private Path path;

    @BeforeEach
    void create() {
        path = directory.resolve("a.db");
        Sqlite3.run(path, "PRAGMA journal_mode=WAL; CREATE TABLE t(x); INSERT INTO t VALUES (1)");
    }

    @AfterEach
    void isWhole() throws IOException {
        assertThat(Sqlite3.run(path, "PRAGMA integrity_check")).isEqualTo("ok");
    }

    /// Our read transaction on frames of the WAL keeps another process from resetting it, and from
    /// leaving WAL mode, if and only if this process still has its locks.
    private void assertPinned() {
        assertThat(Sqlite3.run(path, "PRAGMA wal_checkpoint(RESTART)")).startsWith("1|");
        assertThat(Sqlite3.run(path, "PRAGMA journal_mode=DELETE")).contains("locked");
    }

    private void commit() {
        Sqlite3.run(path, "INSERT INTO t VALUES (2)");
    }

    @Test
    void keepsItsLocksWhileTheFileIsRead() throws Exception {
        try (DatabaseFile file = DatabaseFile.open(path);
                SqliteConnection pin = file.connect()) {
            commit();
            pin.beginRead();

            file.read(0, new byte[4096], 0, 4096);
            file.header();
            file.sizeBytes();
            FileStat.of(path);
            WalFile.open(file.wal()).orElseThrow().close();
            KernelLocks.read();

            assertPinned();
        }
    }

    @Test
    void keepsItsLocksWhenAnotherConnectionCloses() throws Exception {
        try (DatabaseFile file = DatabaseFile.open(path);
                SqliteConnection pin = file.connect()) {
            commit();
            pin.beginRead();

            file.connect().close();

            assertPinned();
        }
    }

    @Test
    void keepsItsLocksWhenASecondOpeningIsRefused() throws Exception {
        Path symbolic = Files.createSymbolicLink(directory.resolve("symbolic.db"), path);
        Path hard = Files.createLink(directory.resolve("hard.db"), path);
        try (DatabaseFile file = DatabaseFile.open(path);
                SqliteConnection pin = file.connect()) {
            commit();
            pin.beginRead();

            for (Path again : new Path[] {path, symbolic, hard}) {
                assertThatThrownBy(() -> DatabaseFile.open(again))
                        .isInstanceOf(SqliteException.CannotOpen.class)
                        .hasMessageContainingAll("open in this process already", path.toString());
            }

            assertPinned();
        }
    }

    @Test
    void keepsItsLocksWhenAReadingThreadIsInterrupted() throws Exception {
        try (DatabaseFile file = DatabaseFile.open(path);
                SqliteConnection pin = file.connect()) {
            commit();
            pin.beginRead();

            Thread.currentThread().interrupt();
            int count = file.read(0, new byte[4096], 0, 4096);
            assertThat(Thread.interrupted()).isTrue();

            assertThat(count).isEqualTo(4096);
            assertThat(file.header().pageSize()).isEqualTo(4096);
            assertPinned();
        }
    }

    @Test
    void wouldLoseItsLocksIfSomethingElseClosedADescriptor() throws Exception {
        try (DatabaseFile file = DatabaseFile.open(path);
                SqliteConnection pin = file.connect()) {
            commit();
            pin.beginRead();

            Files.readAllBytes(path);

            assertThat(Sqlite3.run(path, "PRAGMA journal_mode=DELETE")).isEqualTo("delete");
        }
    }

    @Test
    void canBeOpenedAgainOnceItIsClosed() throws Exception {
        for (int i = 0; i < 3; i++) {
            try (DatabaseFile file = DatabaseFile.open(path)) {
                assertThat(file.header().journalFormat()).isEqualTo(JournalFormat.WAL);
            }
        }
    }

    @Test
    void refusesToCloseUnderAConnection() throws Exception {
        try (DatabaseFile file = DatabaseFile.open(path)) {
            try (SqliteConnection pin = file.connect()) {
                commit();
                pin.beginRead();

                assertThatThrownBy(file::close)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("open connections: 1");

                assertPinned();
                assertThat(file.header().pageSize()).isEqualTo(4096);
            }
        }
    }

    @Test
    void refusesToConnectOnceItIsClosed() throws Exception {
        DatabaseFile file = DatabaseFile.open(path);
        file.close();
        file.close();

        assertThatThrownBy(file::connect)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is closed");
    }

    @Test
    void findsTheWalBesideTheFileThatALinkLeadsTo() throws Exception {
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        Path link = Files.createSymbolicLink(elsewhere.resolve("link.db"), path);

        try (DatabaseFile file = DatabaseFile.open(link);
                SqliteConnection _ = file.connect()) {
            Path real = path.toRealPath();
            assertThat(file.path()).isEqualTo(real);
            assertThat(file.wal()).isEqualTo(real.resolveSibling("a.db-wal")).exists();
            assertThat(file.shm()).isEqualTo(real.resolveSibling("a.db-shm")).exists();
            assertThat(elsewhere).isDirectoryNotContaining("glob:**-wal");
        }
    }

    @Test
    void readsZerosBeyondTheEnd() throws Exception {
        try (DatabaseFile file = DatabaseFile.open(path)) {
            long size = file.sizeBytes();
            byte[] into = new byte[200];
            Arrays.fill(into, (byte) 7);

            int count = file.read(size - 50, into, 10, 100);

            assertThat(size).isEqualTo(2 * 4096);
            assertThat(count).isEqualTo(50);
            assertThat(into[9]).isEqualTo((byte) 7);
            assertThat(Arrays.copyOfRange(into, 60, 110)).containsOnly(0);
            assertThat(into[110]).isEqualTo((byte) 7);
            assertThat(file.read(size + 4096, into, 0, 200)).isZero();
            assertThat(into).containsOnly(0);
        }
    }

    @Test
    void seesTheContentOfTheFile() throws Exception {
        byte[] content = Files.readAllBytes(path);
        byte[] into = new byte[content.length];

        try (DatabaseFile file = DatabaseFile.open(path)) {
            file.read(0, into, 0, 5000);
            file.read(5000, into, 5000, into.length - 5000);
        }

        assertThat(into).isEqualTo(content);
    }

    @Test
    void refusesToConnectToAFileThatReplacedIt() throws Exception {
        Path other = directory.resolve("other.db");
        Sqlite3.run(other, "CREATE TABLE u(x)");
        try (DatabaseFile file = DatabaseFile.open(path)) {
            Files.move(other, path, StandardCopyOption.REPLACE_EXISTING);

            assertThatThrownBy(file::connect)
                    .isInstanceOf(SqliteException.Busy.class)
                    .hasMessageContaining("replaced");
            assertThat(file.openedAs().sameFile(FileStat.of(path))).isFalse();
            assertThat(file.header().journalFormat()).isEqualTo(JournalFormat.WAL);
            try (DatabaseFile successor = DatabaseFile.open(path);
                    SqliteConnection connection = successor.connect()) {
                assertThat(connection.journalMode()).isEqualTo("delete");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "with space.db",
                "a?mode=memory.db",
                "a%20b%.db",
                "a#fragment.db",
                "grüße-数据-😀.db",
                "semi;colon&and=equals.db",
                "quote'\"back\\slash.db",
                "file:a:b.db",
                ":memory:",
                "-dash.db"
            })
    void opensPathsWithUnusualCharacters(String name) throws Exception {
        Path unusual = directory.resolve(name);
        Files.copy(path, unusual);

        try (DatabaseFile file = DatabaseFile.open(unusual);
                SqliteConnection connection = file.connect()) {
            connection.beginRead();
            connection.endRead();
            assertThat(file.wal()).exists();
            assertThat(connection.quickCheck()).containsExactly("ok");
        }
        assertThat(file(unusual + "-wal")).doesNotExist();
        assertThat(directory.toFile().list()).containsExactlyInAnyOrder("a.db", name);
    }

    private static Path file(String name) {
        return Path.of(name);
    }
}
