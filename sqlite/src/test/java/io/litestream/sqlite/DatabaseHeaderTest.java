package io.litestream.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

final class DatabaseHeaderTest {

    @TempDir Path directory;

    private byte[] header(String sql) throws Exception {
        Path path = directory.resolve("a.db");
        Sqlite3.run(path, sql);
        return Arrays.copyOf(Files.readAllBytes(path), DatabaseHeader.SIZE);
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 1024, 2048, 4096, 8192, 16384, 32768, 65536})
    void readsEveryPageSize(int pageSize) throws Exception {
        byte[] bytes = header("PRAGMA page_size=" + pageSize + "; CREATE TABLE t(x)");

        DatabaseHeader header = DatabaseHeader.parse(bytes, "a.db");

        assertThat(header.pageSize()).isEqualTo(pageSize);
        assertThat(header.pageCount()).isEqualTo(2);
        assertThat(header.changeCounter()).isEqualTo(1);
        assertThat(header.journalFormat()).isEqualTo(JournalFormat.ROLLBACK);
    }

    @Test
    void readsTheJournalFormat() throws Exception {
        byte[] bytes = header("PRAGMA journal_mode=WAL; CREATE TABLE t(x)");

        assertThat(DatabaseHeader.parse(bytes, "a.db").journalFormat())
                .isEqualTo(JournalFormat.WAL);
    }

    @Test
    void doesNotTrustAPageCountOfAnotherChange() throws Exception {
        byte[] bytes = header("CREATE TABLE t(x)");
        bytes[27]++;

        assertThat(DatabaseHeader.parse(bytes, "a.db").pageCount()).isZero();
        assertThat(DatabaseHeader.parse(bytes, "a.db").changeCounter()).isEqualTo(2);
    }

    @Test
    void readsUnsignedFields() throws Exception {
        byte[] bytes = header("CREATE TABLE t(x)");
        Arrays.fill(bytes, 24, 32, (byte) 0xff);
        Arrays.fill(bytes, 92, 96, (byte) 0xff);

        DatabaseHeader header = DatabaseHeader.parse(bytes, "a.db");

        assertThat(header.pageCount()).isEqualTo(0xffff_ffffL);
        assertThat(header.changeCounter()).isEqualTo(0xffff_ffffL);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 83, SQLite format 3", // 'S' becomes zero
        "15, 1, SQLite format 3",
        "16, 3, page size",
        "17, 1, page size",
        "19, 6, read version",
        "21, 1, payload fractions",
        "23, 1, payload fractions"
    })
    void refusesWhatSqliteRefuses(int offset, int xor, String named) throws Exception {
        byte[] bytes = header("PRAGMA page_size=4096; CREATE TABLE t(x)");
        bytes[offset] ^= (byte) xor;

        assertThatThrownBy(() -> DatabaseHeader.parse(bytes, "/data/a.db"))
                .isInstanceOf(SqliteException.NotADatabase.class)
                .hasMessageContainingAll("/data/a.db", named);
    }

    @Test
    void refusesPagesWithTooLittleRoom() throws Exception {
        byte[] bytes = header("PRAGMA page_size=512; CREATE TABLE t(x)");
        bytes[20] = 33;

        assertThatThrownBy(() -> DatabaseHeader.parse(bytes, "a.db"))
                .isInstanceOf(SqliteException.NotADatabase.class)
                .hasMessageContaining("480 usable bytes");
    }

    @Test
    void refusesAShortHeader() throws Exception {
        byte[] bytes = Arrays.copyOf(header("CREATE TABLE t(x)"), 99);

        assertThatThrownBy(() -> DatabaseHeader.parse(bytes, "a.db"))
                .isInstanceOf(SqliteException.NotADatabase.class)
                .hasMessageContaining("99 bytes");
    }

    @Test
    void cannotBeBuiltWithAnotherPageSize() {
        assertThatThrownBy(() -> new DatabaseHeader(1000, JournalFormat.WAL, 1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1000");
    }
}
