package io.litestream.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

final class WalReaderTest {

    @TempDir Path directory;

    @Test
    void readsTheCommitsOfAnotherProcess() throws Exception {
        Path path = directory.resolve("a.db");
        Sqlite3.run(path, "PRAGMA journal_mode=WAL; CREATE TABLE t(x)");

        try (DatabaseFile file = DatabaseFile.open(path);
                SqliteConnection connection = file.connect()) {
            connection.beginRead();
            connection.endRead();
            Sqlite3.run(path, "INSERT INTO t VALUES (1)");
            WalState state = connection.checkpoint(CheckpointMode.NOOP);
            try (WalFile wal = WalFile.open(file.wal()).orElseThrow()) {
                List<Long> pages = new ArrayList<>();
                WalRead read =
                        WalReader.read(
                                wal,
                                WalPosition.start(wal.header().orElseThrow()),
                                state.validFrames(),
                                Long.MAX_VALUE,
                                (_, page, _, _) -> pages.add(page));

                assertThat(pages).containsExactly(2L);
                assertThat(read.pageCount()).isEqualTo(2);
                assertThat(read.end().frames()).isEqualTo(1);
            }
        }
    }
}
