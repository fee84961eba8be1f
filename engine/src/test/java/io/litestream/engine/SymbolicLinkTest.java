package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;

/// The path of a database may lead through symbolic links, which deployments make late and point
/// elsewhere: what counts is the file that the path leads to now, and the WAL beside it.
final class SymbolicLinkTest {

    private static final Duration REST_AFTER = Duration.ofMillis(300);

    @TempDir Path directory;

    @Test
    void seesEachCommitToAFileThatCameAfterTheLinkToIt() throws Exception {
        Path release = Files.createDirectory(directory.resolve("release"));
        try (EngineFixture fixture = fixture()) {
            Files.createSymbolicLink(fixture.database, release.resolve("app.db"));
            fixture.start();
            fixture.await("waiting", () -> !fixture.all(EngineEvent.Waiting.class).isEmpty());
            create(fixture.database);
            fixture.sync();
            fixture.events.clear();
            fixture.await("rest", () -> !fixture.all(EngineEvent.Rested.class).isEmpty());

            try (Sqlite3 app = Sqlite3.start(fixture.database)) {
                for (int i = 0; i < 3; i++) {
                    fixture.events.clear();
                    app.tell("INSERT INTO t VALUES('%d')".formatted(i));
                    awaitCapture(fixture); // nobody asks for it
                }
            }
            fixture.sync();
            fixture.assertRestorable();
        }
    }

    @Test
    void goesOnWithTheFileThatTheLinkLeadsToNow() throws Exception {
        Path first = create(Files.createDirectory(directory.resolve("1")).resolve("app.db"));
        Path second = create(Files.createDirectory(directory.resolve("2")).resolve("app.db"));
        Sqlite3.run(second, "INSERT INTO t VALUES('second')");
        try (EngineFixture fixture = new EngineFixture(directory);
                Sqlite3 old = Sqlite3.start(first)) {
            Files.createSymbolicLink(fixture.database, first);
            fixture.start();
            fixture.sync();
            old.tell("INSERT INTO t VALUES('old')");
            awaitLive(fixture);

            point(fixture.database, second);

            awaitComparison(fixture);
            fixture.sync();
            fixture.assertRestorable();
            Sqlite3.run(fixture.database, "INSERT INTO t VALUES('more')");
            fixture.sync();
            fixture.assertRestorable();
            assertThat(fixture.all(EngineEvent.FileChanged.class)).hasSize(1);
            assertThat(Sqlite3.run(first, "SELECT * FROM t")).isEqualTo("old");
        }
    }

    @Test
    void wakesWhenADirectoryOnTheWayIsAnotherOne() throws Exception {
        Path first = Files.createDirectory(directory.resolve("1"));
        Path second = Files.createDirectory(directory.resolve("2"));
        create(first.resolve("app.db"));
        Path there = create(second.resolve("app.db"));
        Sqlite3.run(there, "INSERT INTO t VALUES('second')");
        Path current = directory.resolve("current");
        Files.createSymbolicLink(current, first);
        try (EngineFixture fixture = fixture()) {
            DatabaseSettings plain = fixture.defaults();
            Path path = current.resolve("app.db");
            fixture.start(
                    DatabaseSettings.of(path, directory.resolve("state"), plain.destinations()));
            fixture.sync();
            fixture.await("rest", () -> !fixture.all(EngineEvent.Rested.class).isEmpty());

            point(current, second);

            awaitComparison(fixture);
            fixture.sync();
            Files.createSymbolicLink(fixture.database, there);
            fixture.assertRestorable();
        }
    }

    private static void awaitLive(EngineFixture fixture) throws Exception {
        fixture.sync();
        fixture.events.clear();
    }

    private static void awaitCapture(EngineFixture fixture) throws Exception {
        fixture.await("a capture", () -> !fixture.all(EngineEvent.Captured.class).isEmpty());
    }

    private static void awaitComparison(EngineFixture fixture) throws Exception {
        fixture.await("a comparison", () -> !fixture.all(EngineEvent.Compared.class).isEmpty());
    }

    private static Path create(Path database) throws Exception {
        Sqlite3.run(database, "PRAGMA journal_mode=WAL", "CREATE TABLE t(v)");
        return database;
    }

    private static void point(Path link, Path target) throws Exception {
        Path fresh = link.resolveSibling("fresh-link");
        Files.createSymbolicLink(fresh, target);
        Files.move(fresh, link, StandardCopyOption.ATOMIC_MOVE);
    }

    private EngineFixture fixture() {
        EngineSettings defaults = EngineSettings.DEFAULT;
        return new EngineFixture(
                directory,
                new EngineSettings(
                        defaults.shutdownSyncTimeout(),
                        REST_AFTER.dividedBy(2),
                        REST_AFTER.dividedBy(2),
                        REST_AFTER,
                        defaults.restBytes(),
                        defaults.spoolBytes(),
                        defaults.workers(),
                        defaults.uploads()));
    }
}
