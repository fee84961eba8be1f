package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.replica.Compactor;
import io.litestream.replica.Level;
import io.litestream.replica.RestoreTarget;
import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.FaultyObjectStore;
import io.litestream.storage.testkit.Gate;
import io.litestream.storage.testkit.Operation;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Snapshots on schedule, while an application writes or does not.
final class SnapshotTest {

    private static final UpkeepSettings EACH_SECOND =
            new UpkeepSettings(
                    List.of(),
                    Duration.ofSeconds(1),
                    Optional.empty(),
                    Compactor.Verification.NONE);

    private static final EngineSettings SOON_AT_REST =
            new EngineSettings(
                    Duration.ofSeconds(5),
                    Duration.ofMillis(100),
                    Duration.ofMillis(200),
                    Duration.ofMillis(300),
                    1L << 30,
                    1L << 30,
                    2,
                    4);

    private static final EngineSettings NEVER_TRUNCATED =
            new EngineSettings(
                    Duration.ofSeconds(5),
                    Duration.ofHours(1),
                    Duration.ofMillis(50),
                    Duration.ofHours(1),
                    1L << 30,
                    100_000,
                    2,
                    4);

    @TempDir Path directory;

    @Test
    void comeWhileAnApplicationWrites() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory);
                Connection app = fixture.connect()) {
            EngineFixture.execute(app, "PRAGMA journal_mode=WAL", "CREATE TABLE t(v)");
            fixture.start(fixture.defaults().withUpkeep(EACH_SECOND));
            while (snapshots(fixture).size() < 3) {
                EngineFixture.execute(app, "INSERT INTO t VALUES(randomblob(2000))");
                Thread.sleep(10);
            }
            fixture.sync();
            fixture.stop();

            for (Txid point : snapshots(fixture)) {
                Path output = directory.resolve("at-%s.db".formatted(point));
                fixture.restore(new RestoreTarget.AtTxid(point), output);
            }
            fixture.assertRestorable();
        }
    }

    @Test
    void aDatabaseAtRestIsWokenForOneAndRestsAgain() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory, SOON_AT_REST)) {
            fixture.application("PRAGMA journal_mode=WAL", "CREATE TABLE t(v)");
            fixture.start(fixture.defaults().withUpkeep(EACH_SECOND));
            fixture.application("INSERT INTO t VALUES(1)");
            fixture.sync();
            fixture.application("INSERT INTO t VALUES(2)");
            Txid head = fixture.sync();

            fixture.await("a snapshot of the end", () -> snapshots(fixture).contains(head));
            fixture.await(
                    "rest",
                    () ->
                            fixture.engine()
                                    .state(fixture.database)
                                    .equals(Optional.of(DatabaseState.RESTING)));
            int before = snapshots(fixture).size();
            Thread.sleep(2500);

            assertThat(snapshots(fixture)).hasSize(before);
            assertThat(fixture.engine().state(fixture.database)).contains(DatabaseState.RESTING);
            fixture.assertRestorable();
        }
    }

    @Test
    void goesOnBesideAWalWhoseFileWasLargeOnce() throws Exception {
        Gate gate = new Gate();
        try (EngineFixture fixture = new EngineFixture(directory, NEVER_TRUNCATED);
                Connection app = fixture.connect()) {
            EngineFixture.execute(
                    app,
                    "PRAGMA journal_mode=WAL",
                    "PRAGMA wal_autocheckpoint=0",
                    "CREATE TABLE t(v)");
            fixture.start();
            EngineFixture.execute(app, "INSERT INTO t VALUES(1)");
            fixture.sync();
            growWal(fixture, app);
            FaultyObjectStore.Injection snapshots =
                    fixture.store.inject(
                            Operation.CREATE,
                            key -> key.value().startsWith("ltx/9"),
                            Fault.hang(gate));
            fixture.engine().requestSnapshots();
            gate.awaitArrival();

            EngineFixture.execute(app, "UPDATE t SET v=2");
            Txid head = report(fixture).head().orElseThrow();
            fixture.await("a step", () -> report(fixture).durable().orElseThrow().isAfter(head));
            gate.open();
            fixture.sync();

            assertThat(snapshots.hits()).isEqualTo(1);
            fixture.assertRestorable();
        }
    }

    /// Leaves a WAL whose file is larger than a spool may be, with little in it.
    private static void growWal(EngineFixture fixture, Connection app) throws Exception {
        EngineFixture.execute(app, "BEGIN", "SELECT * FROM t");
        for (int i = 0; i < 200; i++) {
            fixture.application("UPDATE t SET v=randomblob(3000)");
        }
        EngineFixture.execute(app, "COMMIT");
        fixture.sync();
        fixture.await(
                "a WAL that begins anew",
                () -> {
                    try {
                        EngineFixture.execute(app, "UPDATE t SET v=random()");
                        Thread.sleep(100);
                        return fixture.validFrames() < 10;
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                });
        fixture.sync();
        assertThat(Files.size(fixture.wal())).isGreaterThan(NEVER_TRUNCATED.spoolBytes());
    }

    private static DestinationReport report(EngineFixture fixture) {
        return fixture.engine().destinations().getFirst();
    }

    private static List<Txid> snapshots(EngineFixture fixture) {
        return fixture.all(EngineEvent.ImageStored.class).stream()
                .filter(event -> event.level().equals(Level.SNAPSHOT))
                .map(EngineEvent.ImageStored::txid)
                .toList();
    }
}
