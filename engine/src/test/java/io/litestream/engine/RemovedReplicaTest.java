package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.replica.KeyLayout;
import io.litestream.replica.Level;
import io.litestream.replica.Replica;
import io.litestream.replica.ReplicaFile;
import io.litestream.replica.Restore;
import io.litestream.replica.RestoreRequest;
import io.litestream.replica.RestoreTarget;
import io.litestream.storage.file.FileObjectStore;
import io.litestream.storage.testkit.MemoryObjectStore;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/// Somebody empties a destination while it is replicated to.
final class RemovedReplicaTest {

    @TempDir Path directory;

    private final Replica replica = new Replica("memory", new MemoryObjectStore(), KeyLayout.PLAIN);

    @Test
    void storesTheWholeDatabaseAgain() throws Exception {
        try (SteppedEngine engine = replicating(replica)) {
            empty();
            engine.pass(Duration.ofMinutes(2));

            engine.commit("INSERT INTO t(v) VALUES('after')");
            engine.pass(Duration.ofSeconds(1));
            engine.commit("INSERT INTO t(v) VALUES('later')");

            engine.event(EngineEvent.FilesMissing.class);
            assertRestorable(replica, engine);
        }
    }

    @Test
    void isNoticedThoughCommitsNeverPause() throws Exception {
        try (SteppedEngine engine = replicating(replica)) {
            empty();
            for (int i = 0; i < 25; i++) {
                engine.pass(Duration.ofSeconds(30));
                engine.commit("INSERT INTO t(v) VALUES('and on')");
            }

            engine.event(EngineEvent.FilesMissing.class);
            assertRestorable(replica, engine);
        }
    }

    @Test
    void missesOnlyWhatWasRemoved() throws Exception {
        FileObjectStore store = new FileObjectStore(directory.resolve("replica"));
        Replica files = new Replica("files", store, KeyLayout.PLAIN);
        try (SteppedEngine engine = replicating(files)) {
            files.delete(files.inventory().last(Level.CAPTURED).orElseThrow());
            engine.pass(Duration.ofMinutes(2));

            engine.commit("INSERT INTO t(v) VALUES('after')");
            engine.pass(Duration.ofSeconds(1));

            assertThat(engine.event(EngineEvent.FilesMissing.class).files()).isEqualTo(1);
            assertRestorable(files, engine);
        }
    }

    private SteppedEngine replicating(Replica to) throws Exception {
        SteppedEngine engine =
                new SteppedEngine(
                        directory,
                        Instant.parse("2026-05-07T00:10:00Z"),
                        "CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
        engine.start(to, RetentionSettings.DEFAULT, UpkeepSettings.DEFAULT);
        engine.commit("INSERT INTO t(v) VALUES('before')");
        return engine;
    }

    private void empty() throws Exception {
        for (ReplicaFile file : replica.inventory().files()) {
            replica.delete(file);
        }
    }

    private void assertRestorable(Replica from, SteppedEngine engine) throws Exception {
        Path output = directory.resolve("restored.db");
        new Restore(from, engine.clock).run(RestoreRequest.of(new RestoreTarget.Latest(), output));
        assertThat(EngineFixture.content(output)).isEqualTo(EngineFixture.content(engine.database));
    }
}
