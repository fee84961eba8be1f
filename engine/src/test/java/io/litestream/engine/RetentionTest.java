package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.replica.Compactor;
import io.litestream.replica.KeyLayout;
import io.litestream.replica.Level;
import io.litestream.replica.Replica;
import io.litestream.replica.retention.RetentionPolicy;
import io.litestream.replica.retention.Tiers;
import io.litestream.servers.S3Server;
import io.litestream.storage.ObjectStore;
import io.litestream.storage.Secret;
import io.litestream.storage.file.FileObjectStore;
import io.litestream.storage.s3.S3Credentials;
import io.litestream.storage.s3.S3ObjectStore;
import io.litestream.storage.s3.S3Settings;
import io.litestream.time.Clock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/// Hours of a database with short intervals: what was promised can be restored, and is what was
/// committed; what was to be deleted is gone.
final class RetentionTest {

    private static final Instant START = Instant.parse("2026-05-06T09:45:00Z");

    private static final UpkeepSettings UPKEEP =
            new UpkeepSettings(
                    List.of(RecordedLife.FINEST, Duration.ofSeconds(20), Duration.ofMinutes(2)),
                    Duration.ofMinutes(15),
                    Optional.empty(),
                    Compactor.Verification.NONE);

    private static final RetentionSettings RETENTION =
            new RetentionSettings(
                    RetentionPolicy.DEFAULT
                            .withCaptured(Optional.of(RecordedLife.CAPTURED))
                            .withMerged(Optional.of(RecordedLife.MERGED))
                            .withGrace(RecordedLife.GRACE)
                            .withTiers(new Tiers(RecordedLife.HOURS, 0, 0, 0)),
                    RecordedLife.CHECKS);

    @TempDir Path directory;

    private final long seed = System.nanoTime();

    @Test
    void inADirectoryWhatWasPromisedIsThereAndNothingElse() throws Exception {
        ObjectStore store = new FileObjectStore(directory.resolve("replica"));

        live(store, 4, Duration.ofMinutes(20));
    }

    @Test
    void inABucketWhatWasPromisedIsThereAndNothingElse() throws Exception {
        try (S3Server server = S3Server.start(Files.createDirectory(directory.resolve("server")))) {
            server.createBucket("retained");
            S3Settings settings =
                    S3Settings.of("retained")
                            .endpoint(server.endpoint())
                            .credentials(
                                    S3Credentials.of(
                                            S3Server.ACCESS_KEY, Secret.of(S3Server.SECRET_KEY)))
                            .build();
            try (ObjectStore store =
                    S3ObjectStore.open(settings, Map.of(), Clock.system()).below("app")) {
                live(store, 1, Duration.ofMinutes(12));
            }
        }
    }

    /// Lives a few times that long, and checks after each.
    private void live(ObjectStore store, int times, Duration length) throws Exception {
        Replica replica = new Replica("replica", store, KeyLayout.PLAIN);
        try (SteppedEngine engine =
                new SteppedEngine(
                        directory, START, "CREATE TABLE t(id INTEGER PRIMARY KEY, v BLOB)")) {
            engine.start(replica, RETENTION, UPKEEP);
            RecordedLife life = new RecordedLife(engine, new Random(seed));
            for (int i = 0; i < times; i++) {
                life.live(length);
                life.check(replica, directory, i + 1 == times ? 1 : 5);
                life.checkOld(replica.inventory());
            }
            assertThat(engine.events)
                    .as("seed %d", seed)
                    .noneMatch(EngineEvent.UpkeepFailed.class::isInstance)
                    .noneMatch(EngineEvent.FilesMissing.class::isInstance)
                    .noneMatch(EngineEvent.RetentionImpossible.class::isInstance);
            assertThat(replica.inventory().files(Level.SNAPSHOT)).as("seed %d", seed).isNotEmpty();
        }
    }
}
