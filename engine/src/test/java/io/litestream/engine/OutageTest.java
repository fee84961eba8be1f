package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.replica.Level;
import io.litestream.replica.ReplicaFile;
import io.litestream.storage.StorageException;
import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.FaultyObjectStore;
import io.litestream.storage.testkit.Gate;
import io.litestream.storage.testkit.MemoryObjectStore;
import io.litestream.storage.testkit.Operation;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/// A store that is away for a while, in the different ways in which stores are.
final class OutageTest {

    @TempDir Path directory;

    private final Gate gate = new Gate();

    @AfterEach
    void letGo() {
        gate.open();
    }

    @Test
    void sendsWhatWaitedInFewUploads() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            startWithATable(fixture);
            int before = slots(fixture).size();
            fail(fixture.store, Fault.failBefore());
            commitManyChunks(fixture, 30);
            long waiting = report(fixture, 0).waitingFiles();
            assertThat(waiting).isGreaterThan(20);

            fixture.store.heal();
            Txid head = fixture.sync();

            assertThat(slots(fixture).size() - before).isLessThanOrEqualTo(6);
            assertThat(slots(fixture).getLast().range().last()).isEqualTo(head);
            assertThat(fixture.replica().inventory().files(new Level(1))).isNotEmpty();
            fixture.await(
                    "the recovery",
                    () -> fixture.event(EngineEvent.DestinationRecovered.class).isPresent());
            fixture.assertRestorable();
        }
    }

    @Test
    void mergesWhatWasSentBeforeTheOutageWithWhatWaited() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            startWithATable(fixture);
            for (int i = 0; i < 5; i++) {
                fixture.application("INSERT INTO t(v) VALUES(" + i + ")");
                fixture.sync();
            }
            fail(fixture.store, Fault.failBefore());
            commitManyChunks(fixture, 10);
            fixture.store.heal();
            fixture.sync();

            assertThat(fixture.replica().inventory().files(new Level(1)).getFirst().range().first())
                    .as("nothing of level 0 is left out")
                    .isEqualTo(new Txid(2));
            fixture.assertRestorable();
        }
    }

    @Test
    void doesNotMakeAFileOfEachCommitWhileNothingIsReady() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            startWithATable(fixture, fixture.defaults());
            fail(fixture.store, Fault.failBefore());
            awaitFailure(fixture, 0);
            long captured = fixture.all(EngineEvent.Captured.class).size();
            for (int i = 0; i < 100; i++) {
                fixture.application("INSERT INTO t(v) VALUES(" + i + ")");
            }
            assertThat(fixture.all(EngineEvent.Captured.class).size() - captured).isLessThan(5);
            assertThat(report(fixture, 0).oldestWaiting()).isPresent();
            fixture.store.heal();
            fixture.sync();

            assertThat(report(fixture, 0).oldestWaiting()).isEmpty();
            fixture.assertRestorable();
        }
    }

    /// As of a destination that has no room for the whole database.
    @Test
    void readsTheDatabaseLessAndLessOftenForABaseThatIsNotTaken() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            fixture.store.inject(
                    Operation.CREATE, key -> key.value().contains("ltx/9/"), Fault.failBefore());
            fixture.application("PRAGMA journal_mode=WAL", "CREATE TABLE t(v)");
            fixture.start();
            fixture.await(
                    "failures", () -> fixture.all(EngineEvent.DestinationFailed.class).size() >= 5);

            assertThat(fixture.all(EngineEvent.DestinationFailed.class).get(4).retryIn())
                    .isGreaterThan(Engine.FIRST_BACKOFF);
            assertThat(fixture.all(EngineEvent.DestinationRecovered.class)).isEmpty();
            assertThat(slots(fixture)).as("the line goes on meanwhile").isNotEmpty();

            fixture.store.heal();
            fixture.sync();
            fixture.assertRestorable();
            assertThat(fixture.all(EngineEvent.DestinationRecovered.class)).hasSize(1);
        }
    }

    @Test
    void goesOnWhenAnswersAreLost() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            startWithATable(fixture);
            fixture.store.inject(Operation.CREATE, _ -> true, Fault.failAfter(), 3);
            commitManyChunks(fixture, 4);
            fixture.sync();
            fixture.store.inject(Operation.CREATE, _ -> true, Fault.failAfter(), 1);
            fixture.application("INSERT INTO t(v) VALUES('last')");
            fixture.sync();

            fixture.assertRestorable();
            assertThat(fixture.all(EngineEvent.DestinationStopped.class)).isEmpty();
        }
    }

    @Test
    void takesALateDuplicateOfAnOldRequestForWhatItIs() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            startWithATable(fixture);
            fixture.store.inject(Operation.CREATE, _ -> true, Fault.hang(gate), 1);
            fixture.application("INSERT INTO t(v) VALUES('held')");
            fixture.sync();
            fixture.application("INSERT INTO t(v) VALUES('after')");
            fixture.sync();

            gate.open();
            fixture.application("INSERT INTO t(v) VALUES('at last')");
            fixture.sync();

            fixture.assertRestorable();
        }
    }

    @Test
    void doesNotLetADestinationThatHangsHoldUpTheOther() throws Exception {
        FaultyObjectStore other = new FaultyObjectStore(new MemoryObjectStore());
        try (EngineFixture fixture = new EngineFixture(directory).destination(other)) {
            startWithATable(fixture);
            fail(fixture.store, Fault.hang(gate));
            for (int i = 0; i < 10; i++) {
                commitManyChunks(fixture, 1);
                fixture.await(
                        "the other destination",
                        () -> {
                            DestinationReport second = report(fixture, 1);
                            return second.notUploaded() == 0 && second.oldestWaiting().isEmpty();
                        });
            }
            assertThat(report(fixture, 0).notUploaded()).isPositive();

            fixture.store.heal();
            gate.open();
            fixture.sync();
            fixture.assertRestorable();
        }
    }

    @Test
    void endsInTimeWhileAStoreHangsAndTellsWhatIsMissing() throws Exception {
        EngineSettings settings =
                EngineSettings.DEFAULT.withShutdownSyncTimeout(Duration.ofMillis(500));
        try (EngineFixture fixture = new EngineFixture(directory, settings)) {
            startWithATable(fixture);
            fail(fixture.store, Fault.hang(gate));
            fixture.application("INSERT INTO t(v) VALUES('not there')");

            long began = System.nanoTime();
            ShutdownReport report = fixture.stop();

            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .as("half a second to sync, and two for calls on their way")
                    .isLessThan(Duration.ofSeconds(20));
            assertThat(report.isComplete()).isFalse();
            assertThat(report.destinations().getFirst().notUploaded()).isEqualTo(1);
            assertThat(report.destinations().getFirst().waitingFiles()).isEqualTo(1);

            fixture.store.heal();
            gate.open();
            fixture.start();
            fixture.sync();
            fixture.assertRestorable();
        }
    }

    @Test
    void leavesAStoreAloneAsLongAsItAsks() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            startWithATable(fixture);
            fail(fixture.store, Fault.retryAfter(Duration.ofSeconds(40)));
            fixture.application("INSERT INTO t(v) VALUES(1)");
            fixture.await(
                    "a failure",
                    () -> fixture.event(EngineEvent.DestinationFailed.class).isPresent());

            assertThat(fixture.event(EngineEvent.DestinationFailed.class).orElseThrow().retryIn())
                    .isGreaterThan(Duration.ofSeconds(35));
        }
    }

    @Test
    void saysThatAPersonMustActWhenItIsRefused() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            startWithATable(fixture);
            fail(
                    fixture.store,
                    Fault.failBefore(() -> new StorageException.Rejected("bad key", null)));
            fixture.application("INSERT INTO t(v) VALUES(1)");
            fixture.await(
                    "a refusal",
                    () -> fixture.event(EngineEvent.DestinationRefused.class).isPresent());

            EngineEvent.DestinationRefused refused =
                    fixture.event(EngineEvent.DestinationRefused.class).orElseThrow();
            assertThat(refused.reason()).contains("bad key");
            assertThat(refused.retryIn()).isGreaterThan(Duration.ofSeconds(1));
            assertThat(report(fixture, 0).state()).isEqualTo(DestinationState.REFUSED);
            assertThat(report(fixture, 0).failingSince()).isPresent();
        }
    }

    @Test
    void triesAgainSoonWhatWasRefusedIfSomebodyWaitsForIt() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            startWithATable(fixture);
            FaultyObjectStore.Injection refusals =
                    fixture.store.inject(
                            Operation.CREATE,
                            _ -> true,
                            Fault.failBefore(() -> new StorageException.Rejected("no", null)));
            fixture.application("INSERT INTO t(v) VALUES(1)");
            for (int i = 0; i < 120 && refusals.hits() < 5; i++) {
                fixture.engine().sync(Duration.ofMillis(100));
            }
            assertThat(refusals.hits()).as("three at most by itself").isGreaterThanOrEqualTo(5);

            refusals.remove();
            fixture.sync();

            fixture.assertRestorable();
        }
    }

    private static void startWithATable(EngineFixture fixture) throws Exception {
        startWithATable(fixture, EngineFixture.with(fixture.defaults(), 20, 64 << 10));
    }

    private static void startWithATable(EngineFixture fixture, DatabaseSettings settings)
            throws Exception {
        fixture.application("PRAGMA journal_mode=WAL", "CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
        fixture.start(settings);
        fixture.sync();
        fixture.assertRestorable();
        fixture.events.clear();
    }

    /// Makes the engine capture at least so many files, by commits that fill one each.
    private static void commitManyChunks(EngineFixture fixture, int files)
            throws SQLException, InterruptedException {
        try (Connection app = fixture.connect()) {
            for (int i = 0; i < files; i++) {
                long before = fixture.all(EngineEvent.Captured.class).size();
                EngineFixture.execute(app, "INSERT INTO t(v) VALUES(randomblob(150000))");
                fixture.await(
                        "a capture", () -> fixture.all(EngineEvent.Captured.class).size() > before);
            }
        }
    }

    private static void fail(FaultyObjectStore store, Fault fault) {
        for (Operation operation : Operation.values()) {
            store.inject(operation, _ -> true, fault);
        }
    }

    private static void awaitFailure(EngineFixture fixture, int destination) throws Exception {
        fixture.application("INSERT INTO t(v) VALUES('fails')");
        fixture.await("a failure", () -> report(fixture, destination).failure().isPresent());
    }

    private static DestinationReport report(EngineFixture fixture, int destination) {
        return fixture.engine().destinations().get(destination);
    }

    private static List<ReplicaFile> slots(EngineFixture fixture) throws Exception {
        return fixture.replica().inventory().files(Level.CAPTURED);
    }
}
