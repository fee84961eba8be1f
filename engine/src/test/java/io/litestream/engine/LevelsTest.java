package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.replica.Compactor;
import io.litestream.replica.Inventory;
import io.litestream.replica.Level;
import io.litestream.replica.Replica;
import io.litestream.replica.RestoreTarget;
import io.litestream.storage.file.FileObjectStore;
import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.FaultyObjectStore;
import io.litestream.storage.testkit.Operation;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Merging, while an application writes.
final class LevelsTest {

    private static final UpkeepSettings QUICK =
            new UpkeepSettings(
                    List.of(Duration.ofSeconds(1), Duration.ofSeconds(2)),
                    Duration.ofDays(1),
                    Optional.empty(),
                    Compactor.Verification.READ_BACK);

    @TempDir Path directory;

    @Test
    void everyPointComesBackAsItWas() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory);
                Connection app = fixture.connect()) {
            FaultyObjectStore second =
                    new FaultyObjectStore(new FileObjectStore(directory.resolve("second")));
            fixture.destination(second);
            EngineFixture.execute(
                    app, "PRAGMA journal_mode=WAL", "CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
            fixture.start(fixture.defaults().withUpkeep(QUICK));
            second.inject(
                    Operation.CREATE,
                    key -> key.value().startsWith("ltx/1/"),
                    Fault.failBefore(),
                    1);
            Map<Txid, List<String>> recorded = new TreeMap<>();
            for (int i = 0; i < 40; i++) {
                EngineFixture.execute(
                        app,
                        "INSERT INTO t(v) VALUES(randomblob(3000))",
                        "DELETE FROM t WHERE id % 7 = " + i % 7 + " AND id < " + i / 2);
                recorded.put(fixture.sync(), EngineFixture.content(fixture.database));
                Thread.sleep(50);
            }
            fixture.await(
                    "level 2 at both",
                    () ->
                            fixture.all(EngineEvent.Compacted.class).stream()
                                            .filter(e -> e.file().level().equals(new Level(2)))
                                            .map(EngineEvent.Compacted::destination)
                                            .distinct()
                                            .count()
                                    == 2);
            fixture.stop();

            assertThat(fixture.all(EngineEvent.UpkeepFailed.class))
                    .extracting(EngineEvent.UpkeepFailed::destination)
                    .contains("replica1")
                    .doesNotContain("replica0");
            for (Replica replica : fixture.replicas()) {
                assertEachPoint(fixture, replica, recorded);
            }
            fixture.assertRestorable();
        }
    }

    private void assertEachPoint(
            EngineFixture fixture, Replica replica, Map<Txid, List<String>> recorded)
            throws Exception {
        int i = 0;
        for (Map.Entry<Txid, List<String>> point : recorded.entrySet()) {
            if (i++ % 4 == 0) {
                Path output = directory.resolve("%s-%d.db".formatted(replica.name(), i));
                fixture.restore(replica, new RestoreTarget.AtTxid(point.getKey()), output);
                assertThat(EngineFixture.content(output)).isEqualTo(point.getValue());
            }
        }
    }

    @Test
    void withoutLevelZeroTheMergedFilesAreEnough() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory);
                Connection app = fixture.connect()) {
            EngineFixture.execute(app, "PRAGMA journal_mode=WAL", "CREATE TABLE t(v)");
            fixture.start(fixture.defaults().withUpkeep(QUICK));
            for (int i = 0; i < 20; i++) {
                EngineFixture.execute(app, "INSERT INTO t VALUES(randomblob(2000))");
                fixture.sync();
            }
            Txid head = fixture.sync();
            fixture.await(
                    "all of it merged",
                    () -> inventory(fixture).head(new Level(2)).filter(head::equals).isPresent());
            fixture.stop();

            for (int level : new int[] {0, 1}) {
                for (var file : inventory(fixture).files(new Level(level))) {
                    fixture.replica().delete(file);
                }
            }
            fixture.assertRestorable();
        }
    }

    @Test
    void aNewPageSizeSplits() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            fixture.application(
                    "PRAGMA journal_mode=WAL", "CREATE TABLE t(v)", "INSERT INTO t VALUES(1)");
            fixture.start(fixture.defaults().withUpkeep(QUICK));
            Txid before = fixture.sync();
            fixture.stop();
            fixture.application(
                    "PRAGMA journal_mode=DELETE",
                    "PRAGMA page_size=8192",
                    "VACUUM",
                    "INSERT INTO t VALUES(2)");
            fixture.start(fixture.defaults().withUpkeep(QUICK));
            fixture.application("INSERT INTO t VALUES(3)");
            Txid head = fixture.sync();
            fixture.await(
                    "all of it merged",
                    () -> inventory(fixture).head(new Level(2)).filter(head::equals).isPresent());
            fixture.stop();

            assertThat(inventory(fixture).files(new Level(1)))
                    .anySatisfy(file -> assertThat(file.range().last()).isEqualTo(before));
            assertThat(fixture.all(EngineEvent.UpkeepFailed.class)).isEmpty();
            fixture.assertRestorable();
        }
    }

    private static Inventory inventory(EngineFixture fixture) {
        try {
            return fixture.replica().inventory();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
