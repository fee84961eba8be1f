package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;

/// Files that are deleted under the engine, that come to be, or that are no database.
final class VanishedFileTest {

    private static final String INSERT = "INSERT INTO t(v) VALUES('%s')";

    @TempDir Path directory;

    @Test
    void goesOnFromTheDatabaseFileWhenTheWalIsDeleted() throws Exception {
        try (EngineFixture fixture = replicating()) {
            Sqlite3.run(fixture.database, INSERT.formatted("lost with the wal"));
            fixture.sync();

            Files.delete(fixture.wal());
            awaitChange(fixture, "-wal or -shm");
            Sqlite3.run(fixture.database, INSERT.formatted("after"));
            fixture.sync();

            assertThat(Sqlite3.run(fixture.database, "SELECT v FROM t")).isEqualTo("before\nafter");
            fixture.assertRestorable();
        }
    }

    @Test
    void goesOnWhenTheShmIsDeleted() throws Exception {
        try (EngineFixture fixture = replicating()) {
            Sqlite3.run(fixture.database, INSERT.formatted("in the wal"));
            fixture.sync();

            Files.delete(fixture.shm());
            awaitChange(fixture, "-wal or -shm");
            Sqlite3.run(fixture.database, INSERT.formatted("after"));
            fixture.sync();

            assertThat(Sqlite3.run(fixture.database, "SELECT v FROM t"))
                    .isEqualTo("before\nin the wal\nafter");
            fixture.assertRestorable();
        }
    }

    @Test
    void goesOnWhenBothAreDeleted() throws Exception {
        try (EngineFixture fixture = replicating()) {
            Sqlite3.run(fixture.database, INSERT.formatted("lost with the wal"));
            fixture.sync();

            Files.delete(fixture.shm());
            Files.delete(fixture.wal());
            awaitChange(fixture, "-wal or -shm");
            Sqlite3.run(fixture.database, INSERT.formatted("after"));
            fixture.sync();

            assertThat(Sqlite3.run(fixture.database, "SELECT v FROM t")).isEqualTo("before\nafter");
            fixture.assertRestorable();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"app.db-wal", "app.db-shm"})
    void saysThatAnApplicationStillUsesADeletedFile(String name) throws Exception {
        try (EngineFixture fixture = replicating()) {
            try (Sqlite3 app = Sqlite3.start(fixture.database)) {
                app.tell(INSERT.formatted("in the wal"));
                fixture.sync();
                Files.delete(directory.resolve(name));
                awaitChange(fixture, "-wal or -shm");
                app.ask(INSERT.formatted("where nobody else sees it"));

                ShutdownReport report = fixture.engine().sync(Duration.ofSeconds(1));

                assertThat(report.isComplete()).as("nothing else would be true").isFalse();
                fixture.await(
                        "degraded",
                        () ->
                                fixture.all(EngineEvent.Degraded.class).stream()
                                        .anyMatch(event -> event.reason().contains("restart it")));
                app.kill();
            }
            fixture.await("recovered", () -> !fixture.all(EngineEvent.Recovered.class).isEmpty());
            Sqlite3.run(fixture.database, INSERT.formatted("after"));
            fixture.sync();

            assertThat(Sqlite3.run(fixture.database, "PRAGMA integrity_check")).isEqualTo("ok");
            fixture.assertRestorable();
        }
    }

    @Test
    void replicatesAFileThatIsDeletedAndCreatedAnew() throws Exception {
        try (EngineFixture fixture = replicating()) {
            Sqlite3.run(fixture.database, INSERT.formatted("in the old wal"));
            fixture.sync();

            Files.delete(fixture.database);
            awaitChange(fixture, "deleted");
            fixture.await("waiting", () -> !fixture.all(EngineEvent.Waiting.class).isEmpty());
            Sqlite3.run(
                    fixture.database, "CREATE TABLE anew(v)", "INSERT INTO anew VALUES('first')");
            fixture.sync();

            assertThat(Sqlite3.run(fixture.database, "SELECT v FROM anew")).isEqualTo("first");
            fixture.assertRestorable();
        }
    }

    @Test
    void leavesAnEmptyFileToTheApplication() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            Files.createFile(fixture.database);
            fixture.start();
            fixture.await("waiting", () -> !fixture.all(EngineEvent.Waiting.class).isEmpty());
            assertThat(fixture.database).isEmptyFile();

            String settings = "PRAGMA page_size; PRAGMA auto_vacuum; PRAGMA encoding";
            Sqlite3.run(
                    fixture.database,
                    "PRAGMA page_size=8192",
                    "PRAGMA auto_vacuum=FULL",
                    "PRAGMA encoding='UTF-16le'",
                    "CREATE TABLE t(v)",
                    INSERT.formatted("x"));
            fixture.sync();

            assertThat(Sqlite3.run(fixture.database, settings)).isEqualTo("8192\n1\nUTF-16le");
            fixture.assertRestorable();
            assertThat(Sqlite3.run(directory.resolve("restored-0.db"), settings))
                    .isEqualTo("8192\n1\nUTF-16le");
        }
    }

    @Test
    void publishesNothingOfAFileThatIsNoDatabase() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            Files.writeString(fixture.database, "encrypted? ".repeat(2000));
            fixture.start();

            fixture.await("degraded", () -> !fixture.all(EngineEvent.Degraded.class).isEmpty());
            assertThat(fixture.engine().state(fixture.database)).contains(DatabaseState.DEGRADED);
            assertThat(fixture.event(EngineEvent.Degraded.class).orElseThrow().reason())
                    .contains(fixture.database.toString())
                    .containsIgnoringCase("database");
            assertThat(fixture.replica().inventory().files()).isEmpty();

            Path good = directory.resolve("good.db");
            Sqlite3.run(good, "CREATE TABLE t(v)", INSERT.formatted("good"));
            Files.move(good, fixture.database, StandardCopyOption.ATOMIC_MOVE);
            fixture.await("recovered", () -> !fixture.all(EngineEvent.Recovered.class).isEmpty());
            fixture.sync();

            fixture.assertRestorable();
        }
    }

    @Test
    void publishesNothingOfADatabaseThatIsOverwrittenWithGarbage() throws Exception {
        try (EngineFixture fixture = replicating()) {
            Path kept = directory.resolve("kept.db");
            Sqlite3.run(fixture.database, "PRAGMA wal_checkpoint(TRUNCATE)");
            fixture.sync();
            Sqlite3.run("cp", fixture.database.toString(), kept.toString());
            Path garbage = Files.write(directory.resolve("garbage"), new byte[8192]);

            Sqlite3.run("cp", garbage.toString(), fixture.database.toString());
            fixture.await("degraded", () -> !fixture.all(EngineEvent.Degraded.class).isEmpty());
            fixture.restore(
                    new io.litestream.replica.RestoreTarget.Latest(), directory.resolve("then.db"));
            assertThat(EngineFixture.content(directory.resolve("then.db")))
                    .isEqualTo(EngineFixture.content(kept));

            Sqlite3.run("cp", kept.toString(), fixture.database.toString());
            fixture.await("recovered", () -> !fixture.all(EngineEvent.Recovered.class).isEmpty());
            fixture.sync();
            fixture.assertRestorable();
        }
    }

    private EngineFixture replicating() throws Exception {
        EngineSettings defaults = EngineSettings.DEFAULT;
        EngineSettings settings =
                new EngineSettings(
                        defaults.shutdownSyncTimeout(),
                        Duration.ofMinutes(5),
                        Duration.ofMinutes(5),
                        Duration.ofMinutes(5),
                        defaults.restBytes(),
                        defaults.spoolBytes(),
                        defaults.workers(),
                        defaults.uploads());
        EngineFixture fixture = new EngineFixture(directory, settings);
        Sqlite3.run(
                fixture.database,
                "PRAGMA journal_mode=WAL",
                "CREATE TABLE t(v)",
                INSERT.formatted("before"));
        fixture.start();
        fixture.sync();
        return fixture;
    }

    private static void awaitChange(EngineFixture fixture, String words) throws Exception {
        fixture.await(
                words,
                () ->
                        fixture.all(EngineEvent.FileChanged.class).stream()
                                .anyMatch(event -> event.what().contains(words)));
    }
}
