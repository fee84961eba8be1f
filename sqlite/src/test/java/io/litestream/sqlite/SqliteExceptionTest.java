package io.litestream.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;

/// Which kind of exception each trouble is, and that it is over once its cause is.
final class SqliteExceptionTest {

    @TempDir Path directory;

    private Path path;

    @BeforeEach
    void name() {
        path = directory.resolve("a.db");
    }

    @AfterEach
    void allow() throws IOException {
        permit(directory, "rwx------");
    }

    private static void permit(Path file, String permissions) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    private void create(String sql) {
        assertThat(Sqlite3.run(path, sql)).doesNotContain("rror");
    }

    private void assertOpens() throws IOException {
        try (DatabaseFile file = DatabaseFile.open(path);
                SqliteConnection connection = file.connect()) {
            assertThat(connection.quickCheck()).containsExactly("ok");
        }
    }

    @Test
    void aMissingFileIsNoDatabaseAndStaysMissing() throws Exception {
        assertThatThrownBy(() -> DatabaseFile.open(path))
                .isInstanceOf(SqliteException.NoDatabase.class)
                .hasMessageContaining(path.toString());
        assertThat(path).doesNotExist();

        create("CREATE TABLE t(x)");
        assertOpens();
    }

    @Test
    void aMissingDirectoryIsNoDatabase() {
        assertThatThrownBy(() -> DatabaseFile.open(directory.resolve("none/a.db")))
                .isInstanceOf(SqliteException.NoDatabase.class);
    }

    @Test
    void aLinkToNothingIsNoDatabase() throws Exception {
        Files.createSymbolicLink(path, directory.resolve("nothing"));

        assertThatThrownBy(() -> DatabaseFile.open(path))
                .isInstanceOf(SqliteException.NoDatabase.class);
    }

    @Test
    void aFileThatVanishedIsBusyAndIsNotCreatedAgain() throws Exception {
        create("CREATE TABLE t(x)");
        try (DatabaseFile file = DatabaseFile.open(path)) {
            Files.delete(path);

            assertThatThrownBy(file::connect).isInstanceOf(SqliteException.Busy.class);
            assertThatThrownBy(() ->
                            SqliteConnection.open(
                                    path, SqliteConnection.Access.READ_WRITE, () -> {}))
                    .isInstanceOf(SqliteException.CannotOpen.class);
            assertThat(path).doesNotExist();
        }
    }

    @Test
    void anEmptyFileIsNoDatabaseAndStaysEmpty() throws Exception {
        Files.createFile(path);

        assertThatThrownBy(() -> DatabaseFile.open(path))
                .isInstanceOf(SqliteException.NoDatabase.class)
                .hasMessageContaining("empty");
        assertThat(path).isEmptyFile();

        create("CREATE TABLE t(x)");
        assertOpens();
    }

    @Test
    void randomBytesAreNotADatabase() throws Exception {
        byte[] random = new byte[8192];
        new Random(7).nextBytes(random);
        Files.write(path, random);

        assertThatThrownBy(() -> DatabaseFile.open(path))
                .isInstanceOf(SqliteException.NotADatabase.class)
                .hasMessageContainingAll(path.toString(), "encrypted");
        assertThat(Files.readAllBytes(path)).isEqualTo(random);

        Files.delete(path);
        create("CREATE TABLE t(x)");
        assertOpens();
    }

    @Test
    void aFewBytesAreNotADatabase() throws Exception {
        Files.writeString(path, "SQLite format 3");

        assertThatThrownBy(() -> DatabaseFile.open(path))
                .isInstanceOf(SqliteException.NotADatabase.class)
                .hasMessageContaining("15 bytes");
    }

    @Test
    void aDirectoryCannotBeOpened() {
        assertThatThrownBy(() -> DatabaseFile.open(directory))
                .isInstanceOf(SqliteException.CannotOpen.class)
                .hasMessageContaining("not a regular file");
    }

    @Test
    void aBrokenFirstPageIsCorrupt() throws Exception {
        create("CREATE TABLE t(x)");
        overwrite(100);

        try (DatabaseFile file = DatabaseFile.open(path)) {
            assertThatThrownBy(file::connect)
                    .isInstanceOf(SqliteException.Corrupt.class)
                    .hasMessageContainingAll(path.toString(), "SQLITE_CORRUPT");
        }
    }

    @Test
    void aBrokenPageOfATableIsCorrupt() throws Exception {
        create("CREATE TABLE t(x); INSERT INTO t VALUES (1)");
        overwrite(4096);

        try (DatabaseFile file = DatabaseFile.open(path);
                SqliteConnection connection = file.connect()) {
            assertThatThrownBy(connection::quickCheck).isInstanceOf(SqliteException.Corrupt.class);
        }
    }

    @Test
    void aBrokenConstraintIsNamedByTheCheck() throws Exception {
        create(
                "CREATE TABLE t(x); INSERT INTO t VALUES (NULL); PRAGMA writable_schema=1;"
                        + "UPDATE sqlite_schema SET sql = 'CREATE TABLE t(x NOT NULL)'");

        try (DatabaseFile file = DatabaseFile.open(path);
                SqliteConnection connection = file.connect()) {
            assertThat(connection.quickCheck()).containsExactly("NULL value in t.x");
            assertThat(connection.integrityCheck()).containsExactly("NULL value in t.x");
        }
    }

    private void overwrite(int offset) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(offset);
            file.write(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        }
    }

    @Test
    void aDatabaseThatSomebodyKeepsForItselfIsBusy() throws Exception {
        create("PRAGMA journal_mode=WAL; CREATE TABLE t(x)");
        try (DatabaseFile file = DatabaseFile.open(path)) {
            try (Sqlite3 owner = Sqlite3.start(path)) {
                owner.ask("PRAGMA locking_mode=EXCLUSIVE; INSERT INTO t VALUES (1)");

                assertThatThrownBy(file::connect)
                        .isInstanceOf(SqliteException.Busy.class)
                        .hasMessageContainingAll(path.toString(), "SQLITE_BUSY");
            }
            file.connect().close();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "r--------, rwx------, may not be read and written",
        "-w-------, rwx------, may not be read and written",
        "rw-------, ---------, not accessible",
        "rw-------, r-x------, their directory must be writable"
    })
    void whatPermissionsForbidCannotBeOpened(String file, String parent, String reason)
            throws Exception {
        create("PRAGMA journal_mode=WAL; CREATE TABLE t(x)");
        assertThat(OpeningProbe.run(path)).isEqualTo("wal");

        permit(path, file);
        permit(directory, parent);

        assertThat(OpeningProbe.run(path))
                .startsWith("CannotOpen ")
                .contains(path.toString(), reason);
    }

    @Test
    void aDirectoryWithoutWriteAccessCannotTakeAWal() throws Exception {
        create("CREATE TABLE t(x)");
        permit(directory, "r-x------");

        assertThat(OpeningProbe.run(path)).isEqualTo("delete");
        assertThat(OpeningProbe.run(path, "switch"))
                .startsWith("CannotOpen ")
                .contains(path.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "5, Busy", // BUSY
        "261, Busy", // BUSY_RECOVERY
        "517, Busy", // BUSY_SNAPSHOT
        "6, Busy", // LOCKED
        "15, Busy", // PROTOCOL
        "1032, Busy", // READONLY_DBMOVED
        "8, CannotOpen", // READONLY
        "1544, CannotOpen", // READONLY_DIRECTORY
        "3, CannotOpen", // PERM
        "14, CannotOpen", // CANTOPEN
        "11, Corrupt", // CORRUPT
        "267, Corrupt", // CORRUPT_VTAB
        "26, NotADatabase", // NOTADB
        "10, Failed", // IOERR
        "266, Failed", // IOERR_READ
        "13, Failed", // FULL
        "1, Failed", // ERROR
        "-1, Failed" // unknown to the driver
    })
    void everyResultCodeHasItsKind(int code, String kind) {
        Exception cause = new Exception();

        SqliteException exception = SqliteException.of(code, "message", cause);

        assertThat(exception.getClass().getSimpleName()).isEqualTo(kind);
        assertThat(exception).hasMessageStartingWith("message").hasCause(cause);
    }
}
