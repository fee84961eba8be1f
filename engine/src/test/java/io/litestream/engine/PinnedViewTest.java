package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.sqlite.DatabaseFile;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// Reads every page of a database while an application goes on: the view stays as it was.
final class PinnedViewTest {

    private static final String REWRITE = "UPDATE t SET v = randomblob(4000)";

    @TempDir Path directory;
    private Path database;

    /// A step that the application takes after the first batch of pages was read.
    @FunctionalInterface
    private interface Meanwhile {
        void run(Sqlite3 app) throws Exception;
    }

    @BeforeEach
    void fill() throws Exception {
        database = directory.resolve("app.db");
        Sqlite3.run(
                database,
                "PRAGMA journal_mode=WAL",
                "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
                "INSERT INTO t(v) SELECT randomblob(4000) FROM generate_series(1, 1000)");
    }

    @Test
    void staysIfTheWalRestartsBecauseThePinIsOnTheFileAlone() throws Exception {
        assertStays(Backfill.ALL, app -> app.tell(REWRITE));
    }

    @Test
    void staysIfTheWalRestartsAndIsCheckpointed() throws Exception {
        assertStays(
                Backfill.ALL,
                app -> {
                    app.tell(REWRITE);
                    app.ask("PRAGMA wal_checkpoint(PASSIVE)");
                });
    }

    @Test
    void staysIfTheWalIsTruncated() throws Exception {
        assertStays(
                Backfill.ALL,
                app -> {
                    app.ask("PRAGMA wal_checkpoint(TRUNCATE)");
                    assertThat(directory.resolve("app.db-wal")).isEmptyFile();
                });
    }

    @Test
    void staysIfTheWalIsTruncatedAndWrittenAgain() throws Exception {
        assertStays(
                Backfill.ALL,
                app -> {
                    app.ask("PRAGMA wal_checkpoint(TRUNCATE)");
                    app.tell("UPDATE t SET v = randomblob(4000) WHERE id < 20");
                });
    }

    @Test
    void staysIfFramesBeyondItAreCheckpointed() throws Exception {
        assertStays(
                Backfill.NOTHING,
                app -> {
                    app.tell(REWRITE, "DELETE FROM t WHERE id > 500");
                    app.ask("PRAGMA wal_checkpoint(PASSIVE)", "PRAGMA wal_checkpoint(TRUNCATE)");
                });
    }

    private enum Backfill {
        ALL,
        NOTHING
    }

    private void assertStays(Backfill backfill, Meanwhile meanwhile) throws Exception {
        try (Sqlite3 app = Sqlite3.start(database)) {
            app.ask("PRAGMA wal_autocheckpoint=0");
            app.tell("UPDATE t SET v = randomblob(4000) WHERE id % 3 > 0");
            if (backfill == Backfill.ALL) {
                assertThat(app.ask("PRAGMA wal_checkpoint(PASSIVE)")).startsWith("0|");
            }
            Map<Long, byte[]> expected = pagesOfACopy();
            OpenDatabase open = OpenDatabase.open(DatabaseFile.open(database), _ -> {});
            try {
                PinnedView view = PinnedView.take(open, open.tail().orElseThrow());
                assertThat(read(view, app, meanwhile)).isEqualTo(hashes(expected));
                assertThat(view.pageCount()).isEqualTo(expected.size());
            } finally {
                open.close(OpenDatabase.Ending.LEAVE_WAL);
            }
        }
    }

    @Test
    void isOfTheFileAloneIfTheWalRestartsBeforeItIsTaken() throws Exception {
        try (Sqlite3 app = Sqlite3.start(database)) {
            app.ask("PRAGMA wal_autocheckpoint=0");
            app.tell(REWRITE);
            app.ask("PRAGMA wal_checkpoint(PASSIVE)");
            Map<Long, byte[]> expected = pagesOfACopy();
            OpenDatabase open = OpenDatabase.open(DatabaseFile.open(database), _ -> {});
            try {
                WalTail tail = open.tail().orElseThrow();
                app.tell("UPDATE t SET v = randomblob(4000) WHERE id < 20");

                PinnedView view = PinnedView.take(open, tail);

                assertThat(view.position()).isEmpty();
                assertThat(read(view, app, _ -> {})).isEqualTo(hashes(expected));
            } finally {
                open.close(OpenDatabase.Ending.LEAVE_WAL);
            }
        }
    }

    private static Map<Long, Integer> read(PinnedView view, Sqlite3 app, Meanwhile meanwhile)
            throws Exception {
        Map<Long, Integer> pages = new HashMap<>();
        view.forEach((page, buffer, offset) -> {
            byte[] image = Arrays.copyOfRange(buffer, offset, offset + view.pageSize());
            pages.put(page, Arrays.hashCode(image));
            if (page == 1) {
                try {
                    meanwhile.run(app);
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }
        });
        return pages;
    }

    private static Map<Long, Integer> hashes(Map<Long, byte[]> pages) {
        Map<Long, Integer> hashes = new HashMap<>();
        pages.forEach((page, image) -> hashes.put(page, Arrays.hashCode(image)));
        return hashes;
    }

    /// Returns the pages of a copy into which another process has folded the WAL.
    private Map<Long, byte[]> pagesOfACopy() throws Exception {
        Path copy = directory.resolve("copy.db");
        Sqlite3.run("cp", database.toString(), copy.toString());
        Sqlite3.run("cp", database + "-wal", copy + "-wal");
        Sqlite3.run(copy, "PRAGMA wal_checkpoint(TRUNCATE)");
        byte[] bytes = Files.readAllBytes(copy);
        Map<Long, byte[]> pages = new HashMap<>();
        for (int at = 0; at < bytes.length; at += 4096) {
            pages.put(at / 4096 + 1L, Arrays.copyOfRange(bytes, at, at + 4096));
        }
        return pages;
    }
}
