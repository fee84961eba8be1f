package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.Gate;
import io.litestream.storage.testkit.Operation;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;

/// Checkpoints that the application makes by itself, in every mode, while the database is
/// replicated. Each writer is a process of its own, which chooses both salts of a WAL afresh where
/// the one before had emptied it.
final class ForeignCheckpointTest {

    private static final String INSERT =
            "INSERT INTO t SELECT randomblob(3000) FROM generate_series(1, 5)";

    @TempDir Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"RESTART", "TRUNCATE"})
    void losesNothingIfTheWalRestartsWhileThePinIsOnTheDatabaseFileAlone(String mode)
            throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory);
                Sqlite3 reader = Sqlite3.start(fixture.database)) {
            reader.ask("PRAGMA journal_mode=WAL");
            reader.tell("CREATE TABLE t(v)", INSERT);
            reader.ask("PRAGMA wal_checkpoint(PASSIVE)");
            fixture.start();
            fixture.sync();
            int before = RawWal.read(fixture.wal()).salt1();

            String answer =
                    Sqlite3.run(fixture.database, "PRAGMA wal_checkpoint(%s)".formatted(mode));
            Sqlite3.run(fixture.database, INSERT);
            fixture.sync();

            assertThat(answer).as("not held back by the pin").startsWith("0|");
            int after = RawWal.read(fixture.wal()).salt1();
            boolean usual = after == before + 1; // a naive rule would ask for it
            assertThat(usual).isEqualTo(mode.equals("RESTART"));
            fixture.assertNothingCompared();
            fixture.assertRestorable();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PASSIVE", "FULL", "RESTART", "TRUNCATE"})
    void losesNothingIfTheApplicationCheckpointsAgainAndAgain(String mode) throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            Sqlite3.run(fixture.database, "PRAGMA journal_mode=WAL", "CREATE TABLE t(v)");
            fixture.start(EngineFixture.with(fixture.defaults(), 1, 0));
            fixture.sync();

            for (int i = 0; i < 15; i++) {
                commitAndCheckpoint(fixture, mode);
                if (i % 3 == 0) {
                    fixture.sync();
                }
            }
            fixture.sync();

            fixture.assertNothingCompared();
            fixture.assertRestorable();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"RESTART", "TRUNCATE"})
    void losesNothingOfWhatIsCommittedWhileTheDestinationHangs(String mode) throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            Sqlite3.run(fixture.database, "PRAGMA journal_mode=WAL", "CREATE TABLE t(v)");
            fixture.start();
            fixture.sync();
            Gate gate = new Gate();
            fixture.store.inject(Operation.CREATE, _ -> true, Fault.hang(gate));
            Sqlite3.run(fixture.database, INSERT);
            gate.awaitArrival();

            for (int i = 0; i < 10; i++) {
                commitAndCheckpoint(fixture, mode);
            }
            gate.open();
            fixture.sync();

            fixture.assertNothingCompared();
            fixture.assertRestorable();
        }
    }

    @Test
    void doesNotTakeACheckpointForSomethingElseThatWritesToTheFile() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            Sqlite3.run(fixture.database, "PRAGMA journal_mode=WAL", "CREATE TABLE t(v)");
            fixture.start();
            fixture.sync();

            Sqlite3.run(fixture.database, INSERT, "PRAGMA wal_checkpoint(PASSIVE)");
            long deadline = System.nanoTime() + 1_500_000_000L; // longer than a suspicion lasts
            while (System.nanoTime() < deadline) {
                fixture.sync();
            }

            fixture.assertNothingCompared();
            assertThat(fixture.all(EngineEvent.FileChanged.class)).isEmpty();
            fixture.assertRestorable();
        }
    }

    private static void commitAndCheckpoint(EngineFixture fixture, String mode) throws Exception {
        Sqlite3.run(
                fixture.database,
                INSERT,
                "DELETE FROM t WHERE rowid % 7 = 0",
                "PRAGMA wal_checkpoint(%s)".formatted(mode));
    }
}
