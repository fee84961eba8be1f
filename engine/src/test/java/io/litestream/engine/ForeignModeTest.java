package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;

/// An application that sets modes which replication cannot go with.
final class ForeignModeTest {

    @TempDir Path directory;

    @Test
    void switchesBackToWalAndSaysSo() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            Sqlite3.run(fixture.database, "PRAGMA journal_mode=WAL", "CREATE TABLE t(v)");
            fixture.start();
            fixture.sync();
            fixture.stop();
            fixture.events.clear();
            Sqlite3.run(
                    fixture.database,
                    "PRAGMA journal_mode=DELETE",
                    "INSERT INTO t VALUES('while in mode delete')");

            fixture.start();
            fixture.sync();

            assertThat(Sqlite3.run(fixture.database, "PRAGMA journal_mode")).isEqualTo("wal");
            fixture.assertRestorable();
            fixture.stop();
            assertThat(fixture.all(EngineEvent.WalSwitchedOn.class))
                    .singleElement()
                    .satisfies(event -> assertThat(event.before()).isEqualTo("delete"));
        }
    }

    @Test
    void saysWhyItCannotSwitchBackAndDoesItLater() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            Sqlite3.run(fixture.database, "CREATE TABLE t(v)");
            try (Sqlite3 app = Sqlite3.start(fixture.database)) {
                app.tell("BEGIN", "INSERT INTO t VALUES('in mode delete')");
                fixture.start();
                fixture.await("degraded", () -> !fixture.all(EngineEvent.Degraded.class).isEmpty());
                app.tell("COMMIT");
            }

            fixture.sync();

            fixture.assertRestorable();
        }
    }

    @Test
    void saysThatTheApplicationKeepsTheDatabaseForItself() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            Sqlite3.run(fixture.database, "PRAGMA journal_mode=WAL", "CREATE TABLE t(v)");
            try (Sqlite3 app = Sqlite3.start(fixture.database)) {
                app.ask("PRAGMA locking_mode=EXCLUSIVE");
                app.tell("INSERT INTO t VALUES('exclusive')");
                fixture.start();

                fixture.await("degraded", () -> !fixture.all(EngineEvent.Degraded.class).isEmpty());

                assertThat(fixture.event(EngineEvent.Degraded.class).orElseThrow().reason())
                        .contains("locking_mode=EXCLUSIVE");
                app.tell("INSERT INTO t VALUES('still works')");
            }
            fixture.sync();

            fixture.assertRestorable();
            fixture.stop();
            assertThat(fixture.all(EngineEvent.Recovered.class)).hasSize(1);
        }
    }

    @Test
    void waitsQuietlyForAnApplicationThatKeepsTheDatabaseForAWhile() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            Sqlite3.run(fixture.database, "PRAGMA journal_mode=WAL", "CREATE TABLE t(v)");
            try (Sqlite3 app = Sqlite3.start(fixture.database)) {
                app.ask("PRAGMA locking_mode=EXCLUSIVE");
                app.tell("INSERT INTO t VALUES('exclusive')");
                Engine engine =
                        fixture.start(
                                EngineFixture.withBusyTimeout(
                                        fixture.defaults(), EngineFixture.LIMIT));

                ShutdownReport report = engine.sync(Duration.ofMillis(300));

                assertThat(report.isComplete()).isFalse();
            }
            fixture.sync();

            fixture.assertRestorable();
            fixture.stop();
            assertThat(fixture.all(EngineEvent.Degraded.class)).isEmpty();
        }
    }
}
