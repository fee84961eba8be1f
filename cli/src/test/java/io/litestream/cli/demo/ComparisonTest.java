package io.litestream.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

class ComparisonTest {

    private static final int ROWS = 1500;

    @TempDir Path dir;

    private Path original;
    private Path restored;

    @BeforeEach
    void makeTwoEqualDatabases() throws Exception {
        original = dir.resolve("app.db");
        restored = dir.resolve("restored.db");
        sql(
                original,
                """
                CREATE TABLE orders (
                    id INTEGER PRIMARY KEY, item TEXT UNIQUE, state TEXT, taken_at TEXT);
                WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
                INSERT INTO orders SELECT i, 'tea no. ' || i, 'open', 'ä' FROM n;
                """
                        .formatted(ROWS));
        Files.copy(original, restored);
    }

    @Test
    void holdsIfAllCameBack() {
        Comparison comparison = compare(ROWS);

        assertThat(comparison.differences()).isEmpty();
        assertThat(comparison.holds()).isTrue();
        assertThat(comparison.verdict())
                .isEqualTo(
                        "Every committed row came back: 1,500 of 1,500 orders, proven by checksum"
                                + " (SHA-256) and SQLite's integrity check.");
    }

    @Test
    void findsARowThatIsMissing() throws Exception {
        sql(restored, "DELETE FROM orders WHERE id = 700");

        refutes(ROWS, "the restored database has 1,499 of 1,500 orders");
    }

    @Test
    void findsARowThatIsNotAsItWas() throws Exception {
        sql(restored, "UPDATE orders SET state = 'paid' WHERE id = 700");

        refutes(ROWS, "the orders of the restored database have another checksum");
    }

    @Test
    void findsACommitThatTheDatabaseLost() {
        refutes(ROWS + 1, "the application committed 1,501 orders, its database has 1,500");
    }

    @Test
    void provesNothingIfNothingWasCommitted() throws Exception {
        sql(original, "DELETE FROM orders");
        sql(restored, "DELETE FROM orders");

        refutes(0, "the application committed nothing");
    }

    @Test
    void findsADamagedIndexBesideTheRightRows() throws Exception {
        long root =
                Long.parseLong(
                        sql(original, "SELECT rootpage FROM sqlite_schema WHERE type = 'index'"));
        overwrite(restored, (root - 1) * 4096);

        Comparison comparison = compare(ROWS);

        assertThat(comparison.holds()).isFalse();
        assertThat(comparison.verdict()).contains("the restored database is damaged: ");
    }

    @Test
    void findsThatThereIsNoDatabase() throws Exception {
        Files.delete(restored);

        assertThat(compare(ROWS).holds()).isFalse();
        assertThat(restored).doesNotExist();
    }

    @Test
    void findsThatItIsNoDatabase() throws Exception {
        Files.writeString(restored, "no database, however long one looks at it".repeat(100));

        assertThat(compare(ROWS).verdict())
                .startsWith("What came back is NOT what was committed: ")
                .contains("not a database");
    }

    @Test
    void hasTheChecksumThatAnybodyCanAskFor() throws Exception {
        byte[] printed = (sql(original, Content.QUERY) + "\n").getBytes(UTF_8);

        assertThat(Content.of(original).checksum())
                .isEqualTo(
                        HexFormat.of()
                                .formatHex(MessageDigest.getInstance("SHA-256").digest(printed)));
    }

    private Comparison compare(long committed) {
        return new Comparison(committed, Content.of(original), Content.of(restored));
    }

    private void refutes(long committed, String difference) {
        Comparison comparison = compare(committed);

        assertThat(comparison.differences()).containsExactly(difference);
        assertThat(comparison.holds()).isFalse();
        assertThat(comparison.verdict())
                .isEqualTo("What came back is NOT what was committed: " + difference + ".");
    }

    private static void overwrite(Path file, long offset) throws Exception {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(offset);
            bytes.write(new byte[4096]);
        }
    }

    private static String sql(Path database, String sql) throws Exception {
        Process process =
                new ProcessBuilder("sqlite3", database.toString(), sql)
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.strip();
    }
}
