package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.sqlite.CheckpointMode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;

/// What the settings of checkpoints do while an application writes, whose own are off.
final class CheckpointSettingsTest {

    private static final int NEVER = 1_000_000;

    @TempDir Path directory;

    @Test
    void aCheckpointComesWithThePagesThatAreAskedFor() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory);
                Connection app = application(fixture)) {
            fixture.start(settings(fixture, 20, Duration.ZERO, 0));

            assertThat(writeUntil(fixture, app, CheckpointMode.PASSIVE)).isTrue();
            fixture.sync();
            fixture.assertRestorable();
        }
    }

    @Test
    void aCheckpointComesAfterTheTimeThatIsAskedFor() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory);
                Connection app = application(fixture)) {
            fixture.start(settings(fixture, NEVER, Duration.ofMillis(300), 0));

            assertThat(writeUntil(fixture, app, CheckpointMode.PASSIVE)).isTrue();
            fixture.sync();
            fixture.assertRestorable();
        }
    }

    @Test
    void theWalIsCutAtThePagesThatAreAskedFor() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory);
                Connection app = application(fixture)) {
            fixture.start(settings(fixture, NEVER, Duration.ZERO, 200));

            assertThat(writeUntil(fixture, app, CheckpointMode.TRUNCATE)).isTrue();
            fixture.await("a short wal", () -> fixture.wal().toFile().length() < 200L * 4096);
            fixture.sync();
            fixture.assertRestorable();
        }
    }

    @Test
    void noneComesIfNoneIsAskedFor() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory);
                Connection app = application(fixture)) {
            fixture.start(settings(fixture, NEVER, Duration.ZERO, 0));
            for (int i = 0; i < 50; i++) {
                EngineFixture.execute(app, "INSERT INTO t VALUES(randomblob(20000))");
                Thread.sleep(20);
            }

            assertThat(fixture.all(EngineEvent.Checkpointed.class)).isEmpty();
        }
    }

    private static Connection application(EngineFixture fixture) throws Exception {
        Connection app = fixture.connect();
        EngineFixture.execute(
                app, "PRAGMA journal_mode=WAL", "PRAGMA wal_autocheckpoint=0", "CREATE TABLE t(v)");
        return app;
    }

    private static DatabaseSettings settings(
            EngineFixture fixture, int minPages, Duration interval, long truncatePages) {
        DatabaseSettings of = fixture.defaults();
        return new DatabaseSettings(
                of.database(),
                of.stateDirectory(),
                of.monitorInterval(),
                interval,
                of.busyTimeout(),
                of.journalMode(),
                minPages,
                truncatePages,
                of.maxSyncWalBytes(),
                of.upkeep(),
                of.destinations());
    }

    /// Commits without a pause that is long enough to be one.
    private static boolean writeUntil(EngineFixture fixture, Connection app, CheckpointMode mode)
            throws Exception {
        for (int i = 0; i < 1000; i++) {
            EngineFixture.execute(app, "INSERT INTO t VALUES(randomblob(20000))");
            Thread.sleep(20);
            if (fixture.all(EngineEvent.Checkpointed.class).stream()
                    .anyMatch(event -> event.mode() == mode)) {
                return true;
            }
        }
        return false;
    }
}
