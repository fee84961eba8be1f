package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// The database of an application is the same, byte for byte, whether it is replicated or not.
///
/// SQLite itself is deterministic here: what differs between any two runs are the salts in the WAL,
/// which is empty when the files are compared.
final class NeverWritesTest {

    private static final int ROUNDS = 30;

    @TempDir Path directory;

    @Test
    void leavesTheSameBytesAsAnApplicationAlone() throws Exception {
        Path alone = Files.createDirectory(directory.resolve("alone")).resolve("app.db");
        create(alone);
        try (Sqlite3 app = Sqlite3.start(alone)) {
            for (int i = 0; i < ROUNDS; i++) {
                round(app, i);
            }
        }

        Path replicated = Files.createDirectory(directory.resolve("replicated"));
        try (EngineFixture fixture = new EngineFixture(replicated, resting())) {
            create(fixture.database);
            fixture.start(EngineFixture.with(fixture.defaults(), 20, 0));
            fixture.sync();
            try (Sqlite3 app = Sqlite3.start(fixture.database)) {
                for (int i = 0; i < ROUNDS; i++) {
                    round(app, i);
                    if (i % 4 == 0) {
                        fixture.sync();
                    }
                }
            }
            fixture.await("rest", () -> !fixture.all(EngineEvent.Rested.class).isEmpty());
            Sqlite3.run(fixture.database, "UPDATE t SET v = 'after the rest' WHERE id = 1");
            fixture.sync();
            fixture.stop();
            assertThat(fixture.all(EngineEvent.Checkpointed.class)).isNotEmpty();
            fixture.assertRestorable();
        }
        Sqlite3.run(alone, "UPDATE t SET v = 'after the rest' WHERE id = 1");

        assertSame(alone, replicated.resolve("app.db"));
    }

    private static void assertSame(Path alone, Path replicated) throws Exception {
        for (Path path : new Path[] {alone, replicated}) {
            Sqlite3.run(path, "PRAGMA wal_checkpoint(TRUNCATE)");
        }
        assertThat(Sqlite3.run(replicated, ".dump")).isEqualTo(Sqlite3.run(alone, ".dump"));
        assertThat(Sqlite3.run(replicated, "PRAGMA schema_version"))
                .isEqualTo(Sqlite3.run(alone, "PRAGMA schema_version"));
        assertThat(Files.readAllBytes(replicated)).isEqualTo(Files.readAllBytes(alone));
    }

    private static void create(Path database) throws Exception {
        Sqlite3.run(
                database,
                "PRAGMA journal_mode=WAL",
                "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
                "CREATE INDEX i ON t(v)");
    }

    private static void round(Sqlite3 app, int i) throws Exception {
        app.tell(
                ("INSERT INTO t(v) SELECT printf('%%d-%%.500c', value * %d, 'x')"
                                + " FROM generate_series(1, 40)")
                        .formatted(i + 1),
                "DELETE FROM t WHERE id %% %d = 0".formatted(i % 5 + 2),
                "BEGIN",
                "UPDATE t SET v = 'rolled back'",
                "ROLLBACK");
        if (i % 10 == 9) {
            app.tell("CREATE TABLE t%d(v)".formatted(i), "VACUUM");
        }
        if (i % 7 == 6) {
            app.ask("PRAGMA wal_checkpoint(RESTART)");
        }
    }

    private static EngineSettings resting() {
        EngineSettings defaults = EngineSettings.DEFAULT;
        Duration soon = Duration.ofMillis(200);
        return new EngineSettings(
                defaults.shutdownSyncTimeout(),
                soon,
                soon,
                soon,
                defaults.restBytes(),
                defaults.spoolBytes(),
                defaults.workers(),
                defaults.uploads());
    }
}
