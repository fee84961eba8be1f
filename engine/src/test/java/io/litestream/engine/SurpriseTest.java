package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.replica.RestoreTarget;
import io.litestream.replica.state.StateDirectory;
import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.Operation;
import io.litestream.time.Clock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/// What people and programs do around a database and its replica that nobody expects of them.
final class SurpriseTest {

    private static final String FILL =
            "INSERT INTO t(v) SELECT randomblob(700) FROM generate_series(1, 20)";

    @TempDir Path directory;

    @Test
    void goesOnWhenAnOldCopyComesBackWhileItRuns() throws Exception {
        try (EngineFixture fixture = EngineFixture.replicating(directory, FILL)) {
            Path copy = directory.resolve("copy.db");
            Sqlite3.run(fixture.database, "VACUUM INTO '%s'".formatted(copy));
            Sqlite3.run(copy, "PRAGMA journal_mode=WAL");
            Sqlite3.run(fixture.database, FILL);
            Txid head = fixture.sync();
            List<String> newer = EngineFixture.content(fixture.database);

            Files.move(
                    copy,
                    fixture.database,
                    StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.ATOMIC_MOVE);
            fixture.await(
                    "the change", () -> fixture.event(EngineEvent.FileChanged.class).isPresent());
            Txid after = fixture.sync();

            assertThat(after).isGreaterThan(head);
            fixture.assertRestorable();
            Path atHead = directory.resolve("at-head.db");
            fixture.restore(new RestoreTarget.AtTxid(head), atHead);
            assertThat(EngineFixture.content(atHead)).isEqualTo(newer);
        }
    }

    @Test
    void leavesADatabaseToTheProcessThatReplicatesItAlready() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            Sqlite3.run(
                    fixture.database,
                    "PRAGMA journal_mode=WAL",
                    "CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
            Process other = EngineProgram.start(fixture.database, directory.resolve("replica"));
            try {
                fixture.await(
                        "the other",
                        () ->
                                Files.exists(
                                        fixture.stateDirectory()
                                                .resolve(
                                                        "ltx/0/0000000000000002-0000000000000002.ltx")));
                fixture.start();
                fixture.await(
                        "refusal", () -> fixture.event(EngineEvent.Degraded.class).isPresent());

                assertThat(fixture.event(EngineEvent.Degraded.class).orElseThrow().reason())
                        .contains(Long.toString(other.pid()));
            } finally {
                other.destroyForcibly().waitFor();
            }
            Sqlite3.run(fixture.database, FILL);
            fixture.sync();

            fixture.assertRestorable();
            assertThat(fixture.all(EngineEvent.DestinationStopped.class)).isEmpty();
        }
    }

    @Test
    void stopsADestinationThatAnotherDatabaseIsReplicatedTo() throws Exception {
        Path otherDirectory = Files.createDirectory(directory.resolve("other"));
        try (EngineFixture fixture = EngineFixture.replicating(directory, FILL);
                EngineFixture other = new EngineFixture(otherDirectory)) {
            Sqlite3.run(other.database, "PRAGMA journal_mode=WAL", "CREATE TABLE u(v)");
            Sqlite3.run(other.database, "INSERT INTO u VALUES ('another')");
            List<EngineEvent> events = new CopyOnWriteArrayList<>();
            DatabaseSettings settings =
                    DatabaseSettings.of(
                            other.database,
                            StateDirectory.defaultPath(other.database),
                            fixture.defaults().destinations());
            try (Engine second =
                    new Engine(
                            EngineSettings.DEFAULT, Clock.system(), new Random(1), events::add)) {
                second.start(List.of(settings), Duration.ofMillis(10));
                for (int i = 0; i < 20; i++) {
                    Sqlite3.run(fixture.database, FILL);
                    Sqlite3.run(other.database, "INSERT INTO u VALUES (%d)".formatted(i));
                }
                fixture.await(
                        "one of them stops", () -> stopped(events) || stopped(fixture.events));

                assertThat(stopped(events) && stopped(fixture.events)).isFalse();
            }
            if (!stopped(fixture.events)) {
                fixture.sync();
                fixture.assertRestorable();
            }
        }
    }

    private static boolean stopped(List<EngineEvent> events) {
        return events.stream().anyMatch(EngineEvent.DestinationStopped.class::isInstance);
    }

    @Test
    void goesOnWithDatabaseAndStateThatWereCopiedFromElsewhere() throws Exception {
        try (EngineFixture fixture = EngineFixture.replicating(directory, FILL)) {
            Sqlite3.run(fixture.database, FILL);
            Txid head = fixture.sync();
            fixture.stop();
            Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
            for (Path from : List.of(fixture.database, fixture.stateDirectory())) {
                Sqlite3.run("cp", "-r", from.toString(), elsewhere.toString());
            }
            try (EngineFixture moved = new EngineFixture(elsewhere)) {
                Sqlite3.run(
                        "cp", "-r", directory.resolve("replica").toString(), elsewhere.toString());
                Sqlite3.run(moved.database, "DELETE FROM t WHERE id % 3 = 0", FILL);
                moved.start();

                assertThat(moved.sync()).isEqualTo(head.next());
                moved.assertRestorable();
            }
        }
    }

    @Test
    void goesOnWithTheStateOfAnotherDatabase() throws Exception {
        Path otherDirectory = Files.createDirectory(directory.resolve("other"));
        try (EngineFixture fixture = EngineFixture.replicating(directory, FILL);
                EngineFixture other = EngineFixture.replicating(otherDirectory, FILL)) {
            Sqlite3.run(other.database, FILL);
            other.sync();
            other.stop();
            Txid head = fixture.sync();
            fixture.stop();
            Sqlite3.run("rm", "-r", fixture.stateDirectory().toString());
            Sqlite3.run(
                    "cp",
                    "-r",
                    other.stateDirectory().toString(),
                    fixture.stateDirectory().toString());
            List<String> before = EngineFixture.content(fixture.database);

            fixture.start();
            fixture.await(
                    "an end, good or bad", () -> stopped(fixture.events) || isPast(fixture, head));

            if (!stopped(fixture.events)) {
                fixture.sync();
                fixture.assertRestorable();
            }
            Path atHead = directory.resolve("at-head.db");
            fixture.restore(new RestoreTarget.AtTxid(head), atHead);
            assertThat(EngineFixture.content(atHead)).isEqualTo(before);
        }
    }

    private static boolean isPast(EngineFixture fixture, Txid head) {
        return fixture.all(EngineEvent.Durable.class).stream()
                .anyMatch(durable -> durable.txid().isAfter(head));
    }

    @Test
    void keepsReplicatingWhileAnApplicationTriesToLeaveWalMode() throws Exception {
        try (EngineFixture fixture = EngineFixture.replicating(directory, FILL);
                Sqlite3 app = Sqlite3.start(fixture.database)) {
            assertThat(app.ask("PRAGMA journal_mode=DELETE")).contains("locked");
            app.tell(FILL);
            fixture.sync();

            assertThat(app.ask("PRAGMA journal_mode")).isEqualTo("wal");
            fixture.assertRestorable();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PASSIVE", "FULL", "RESTART", "TRUNCATE"})
    void losesNothingThatIsCheckpointedWhileItIsStopped(String mode) throws Exception {
        try (EngineFixture fixture = EngineFixture.replicating(directory, FILL);
                Sqlite3 app = Sqlite3.start(fixture.database)) {
            app.tell(FILL);
            Txid head = fixture.sync();
            fixture.stop();
            app.tell("UPDATE t SET v = randomblob(300) WHERE id % 2");
            app.ask("PRAGMA wal_checkpoint(%s)".formatted(mode));
            app.tell("DELETE FROM t WHERE id % 5 = 0");

            fixture.start();

            assertThat(fixture.sync()).isGreaterThan(head);
            fixture.assertRestorable();
        }
    }

    @Test
    void goesOnWhenAnAnswerIsDamagedOnItsWay() throws Exception {
        try (EngineFixture fixture = EngineFixture.replicating(directory, FILL)) {
            Sqlite3.run(fixture.database, FILL);
            fixture.sync();
            fixture.stop();
            var damage =
                    fixture.store.inject(
                            Operation.OPEN,
                            key -> key.value().startsWith("ltx/0/"),
                            Fault.corruptReads(40),
                            2); // for the page size, and to see whose it is

            fixture.start();
            Sqlite3.run(fixture.database, FILL);
            fixture.sync();

            assertThat(damage.hits()).isEqualTo(2);
            fixture.stop();
            assertThat(fixture.all(EngineEvent.DestinationStopped.class)).isEmpty();
        }
    }
}
