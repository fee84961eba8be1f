package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.litestream.ltx.LtxDecoder;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Frames that are in the WAL and that SQLite does not count: those of a writer that died in its
/// commit, and those of a transaction that was rolled back.
final class PhantomTest {

    private static final String PHANTOM = "phantom-frame-";
    private static final String SMALL_ROW = "INSERT INTO t(v) VALUES('%s')";
    private static final String LARGE_ROW = "INSERT INTO t(v) VALUES(randomblob(20000))";

    @TempDir Path directory;

    @Test
    void publishesNothingOfATransactionThatSqliteDoesNotCount() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory);
                Sqlite3 app = application(fixture)) {
            fixture.start();
            app.tell(LARGE_ROW, SMALL_ROW.formatted("before"));
            fixture.sync();
            plant(fixture, app, 3);

            fixture.sync();
            app.tell(SMALL_ROW.formatted("after"));
            fixture.sync();

            assertThat(publishedPages(fixture))
                    .noneMatch(page -> page.contains(PHANTOM))
                    .anyMatch(page -> page.contains("after"));
            fixture.assertNothingCompared();
            fixture.assertRestorable();
        }
    }

    @Test
    void passesOverAPhantomThatWasThereBeforeItCaptured() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory);
                Sqlite3 app = application(fixture)) {
            app.tell(LARGE_ROW, SMALL_ROW.formatted("before"));
            plant(fixture, app, 2);

            fixture.start();
            fixture.sync();
            app.tell(SMALL_ROW.formatted("after"), LARGE_ROW);
            fixture.sync();

            assertThat(publishedPages(fixture)).noneMatch(page -> page.contains(PHANTOM));
            fixture.assertRestorable();
        }
    }

    @Test
    void goesOnBehindTheFramesOfATransactionThatWasRolledBack() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory);
                Sqlite3 app = application(fixture)) {
            fixture.start();
            app.tell(SMALL_ROW.formatted("before"));
            fixture.sync();
            long counted = fixture.validFrames();
            spillAndRollBack(app, PHANTOM);
            assertThat(Files.size(fixture.wal())).isGreaterThan((counted + 100) * 4096);

            fixture.sync();
            app.tell(SMALL_ROW.formatted("after"));
            fixture.sync();

            assertThat(publishedPages(fixture)).noneMatch(page -> page.contains(PHANTOM));
            fixture.assertNothingCompared();
            fixture.assertRestorable();
        }
    }

    /// Each connection has its own count of restarts. So when one restarts the WAL, spills, and
    /// rolls back, and another one commits, the same salts come back with another sequence number
    /// and hence with other checksums.
    @Test
    void goesOnInAWalThatHasTheSaltsOfARolledBackOne() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory);
                Sqlite3 app = application(fixture);
                Sqlite3 other = application(fixture)) {
            for (Sqlite3 writer : List.of(app, other, app, app)) {
                writer.tell(SMALL_ROW.formatted("row"));
                writer.ask("PRAGMA wal_checkpoint(PASSIVE)");
            }
            fixture.start();
            fixture.sync();
            spillAndRollBack(app, PHANTOM);
            RawWal rolledBack = RawWal.read(fixture.wal());
            fixture.engine().sync(EngineFixture.LIMIT);

            other.tell(SMALL_ROW.formatted("after"));
            fixture.sync();

            RawWal after = RawWal.read(fixture.wal());
            assertThat(after.salts()).isEqualTo(rolledBack.salts());
            assertThat(after.sequence()).isNotEqualTo(rolledBack.sequence());
            fixture.assertNothingCompared();
            fixture.assertRestorable();
        }
    }

    private static Sqlite3 application(EngineFixture fixture) throws Exception {
        Sqlite3 app = Sqlite3.start(fixture.database);
        app.ask("PRAGMA journal_mode=WAL", "PRAGMA wal_autocheckpoint=0");
        app.tell("CREATE TABLE IF NOT EXISTS t(id INTEGER PRIMARY KEY, v)");
        return app;
    }

    /// Plants a phantom while nobody else can write; whoever goes by checksums takes it for
    /// committed.
    private static void plant(EngineFixture fixture, Sqlite3 app, int frames) throws Exception {
        app.tell("BEGIN IMMEDIATE");
        int valid = fixture.validFrames();
        RawWal.read(fixture.wal()).plantPhantom(valid, frames, PHANTOM);
        app.tell("ROLLBACK");
        assertThat(RawWal.read(fixture.wal()).committedByChecksums()).isEqualTo(valid + frames);
        assertThat(fixture.validFrames()).isEqualTo(valid);
    }

    private static void spillAndRollBack(Sqlite3 app, String text) throws IOException {
        app.tell(
                "PRAGMA cache_size=5",
                "BEGIN",
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<500)"
                        + " INSERT INTO t(v) SELECT '"
                        + text
                        + "' || hex(randomblob(1000)) FROM n",
                "ROLLBACK");
    }

    /// Returns the images of all pages in the level 0 files of the replica, as text.
    private static List<String> publishedPages(EngineFixture fixture) throws IOException {
        List<String> pages = new ArrayList<>();
        try (Stream<Path> files = Files.walk(fixture.directory.resolve("replica"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".ltx")).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                try (LtxDecoder decoder =
                        new LtxDecoder(new ByteArrayInputStream(bytes), file.toString())) {
                    while (decoder.next()) {
                        pages.add(new String(decoder.page(), ISO_8859_1));
                    }
                }
            }
        }
        return pages;
    }
}
