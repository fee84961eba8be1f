package io.litestream.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/// Follows random transactions of another process, in random chunks, and compares the pages that
/// came out of the WAL with the file that SQLite makes of it.
final class WalReaderTrialTest {

    private static final int STEPS = 120;

    @TempDir Path directory;

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final Map<Long, byte[]> pages = new HashMap<>();
    private final Map<Long, byte[]> chunk = new HashMap<>();
    private long pageCount;

    @RepeatedTest(5)
    void givesThePagesThatSqliteWrites() throws Exception {
        Path path = directory.resolve("a.db");
        int pageSize = 512 << random.nextInt(8);
        Sqlite3.run(
                path,
                "PRAGMA page_size=%d; PRAGMA auto_vacuum=FULL; PRAGMA journal_mode=WAL"
                        .formatted(pageSize));
        try (DatabaseFile file = DatabaseFile.open(path);
                SqliteConnection connection = file.connect();
                Sqlite3 writer = Sqlite3.start(path)) {
            readFile(file, pageSize);
            writer.ask("PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=8; CREATE TABLE t(x)");
            follow(file, connection, writer);

            connection.checkpoint(CheckpointMode.PASSIVE);

            assertEqual(file, pageSize);
        }
    }

    private void follow(DatabaseFile file, SqliteConnection connection, Sqlite3 writer)
            throws IOException {
        try (WalFile wal = WalFile.open(file.wal()).orElseThrow()) {
            WalPosition position = WalPosition.start(wal.header().orElseThrow());
            for (int step = 0; step < STEPS; step++) {
                assertThat(writer.ask(statement())).as("seed %d", seed).isEmpty();
                if (random.nextInt(3) == 0) {
                    position = catchUp(wal, position, connection, random.nextInt(100_000));
                }
            }
            WalPosition end = catchUp(wal, position, connection, Long.MAX_VALUE);
            assertThat(end.frames()).as("seed %d", seed).isGreaterThan(STEPS);
        }
    }

    private WalPosition catchUp(
            WalFile wal, WalPosition from, SqliteConnection connection, long maxBytes)
            throws IOException {
        long valid = connection.checkpoint(CheckpointMode.NOOP).validFrames();
        int size = from.header().pageSize();
        chunk.clear();
        WalRead read =
                WalReader.read(
                        wal,
                        from,
                        valid,
                        maxBytes,
                        (_, page, buffer, offset) ->
                                chunk.put(page, Arrays.copyOfRange(buffer, offset, offset + size)));
        assertThat(wal.has(read.end())).as("seed %d", seed).isTrue();
        if (read.frames() > 0) {
            pages.putAll(chunk);
            pageCount = read.pageCount();
            pages.keySet().removeIf(page -> page > pageCount);
        }
        return read.end();
    }

    private String statement() {
        int rows = 1 + random.nextInt(40);
        String insert =
                "INSERT INTO t SELECT randomblob(%d) FROM generate_series(1, %d)"
                        .formatted(random.nextInt(2000), rows);
        return switch (random.nextInt(10)) {
            case 0 -> "BEGIN; " + insert + "; " + insert + "; ROLLBACK";
            case 1 -> "DELETE FROM t WHERE rowid % 3 = 0";
            case 2 -> "VACUUM";
            case 3 -> "BEGIN; DELETE FROM t WHERE rowid % 2 = 0; " + insert + "; COMMIT";
            default -> insert;
        };
    }

    private void readFile(DatabaseFile file, int pageSize) throws IOException {
        pageCount = file.sizeBytes() / pageSize;
        for (long page = 1; page <= pageCount; page++) {
            pages.put(page, page(file, page, pageSize));
        }
    }

    private void assertEqual(DatabaseFile file, int pageSize) throws IOException {
        assertThat(file.sizeBytes()).as("seed %d", seed).isEqualTo(pageCount * pageSize);
        assertThat(pages).as("seed %d", seed).hasSize(Math.toIntExact(pageCount));
        for (long page = 1; page <= pageCount; page++) {
            assertThat(pages.get(page))
                    .as("seed %d, page %d", seed, page)
                    .isEqualTo(page(file, page, pageSize));
        }
    }

    private static byte[] page(DatabaseFile file, long page, int pageSize) throws IOException {
        byte[] bytes = new byte[pageSize];
        assertThat(file.read((page - 1) * pageSize, bytes, 0, pageSize)).isEqualTo(pageSize);
        return bytes;
    }
}
