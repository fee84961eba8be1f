package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.cli.config.Configuration;
import io.litestream.cli.config.ConfigurationFile;
import io.litestream.cli.config.UserPaths;
import io.litestream.engine.DatabaseSettings;
import io.litestream.engine.DestinationSettings;
import io.litestream.storage.ThrottledObjectStore;
import io.litestream.time.Clock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

class ReplicationTest {

    @TempDir Path dir;

    @Test
    void tellsTheEngineWhatTheConfigurationSays() throws Exception {
        DatabaseSettings settings =
                settings(
                        """
                        dbs:
                          - path: a.db
                            meta-path: meta
                            monitor-interval: 2s
                            checkpoint-interval: 3s
                            min-checkpoint-page-count: 4
                            truncate-page-n: 5
                            max-sync-wal-bytes: 6
                            replicas:
                              - {path: r1, sync-interval: 7s}
                              - {path: r2, name: other}
                        """);

        assertThat(settings.database()).isEqualTo(dir.resolve("a.db"));
        assertThat(settings.stateDirectory()).isEqualTo(dir.resolve("meta"));
        assertThat(settings.monitorInterval()).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.checkpointInterval()).isEqualTo(Duration.ofSeconds(3));
        assertThat(settings.minCheckpointPages()).isEqualTo(4);
        assertThat(settings.truncatePages()).isEqualTo(5);
        assertThat(settings.maxSyncWalBytes()).isEqualTo(6);
        assertThat(settings.destinations())
                .extracting(DestinationSettings::name)
                .containsExactly("file", "other");
        assertThat(settings.destinations().getFirst().syncInterval())
                .isEqualTo(Duration.ofSeconds(7));
        assertThat(settings.destinations().getFirst().replica().store())
                .hasToString(dir.resolve("r1").toString());
    }

    @Test
    void hasTheDefaultsOfTheEngine() throws Exception {
        DatabaseSettings settings = settings("dbs: [{path: a.db, replica: {path: r}}]");

        assertThat(settings)
                .isEqualTo(
                        DatabaseSettings.of(
                                dir.resolve("a.db"),
                                dir.resolve(".a.db-litestream"),
                                settings.destinations()));
        assertThat(settings.destinations().getFirst().syncInterval())
                .isEqualTo(DestinationSettings.DEFAULT_SYNC_INTERVAL);
    }

    @Test
    void throttlesADestinationWithABandwidth() throws Exception {
        DatabaseSettings settings =
                settings(
                        "dbs: [{path: a.db, replicas: [{path: r1, bandwidth: 1MB/s}, {path:"
                                + " r2}]}]");

        assertThat(settings.destinations())
                .extracting(destination ->
                        destination.replica().store() instanceof ThrottledObjectStore)
                .containsExactly(true, false);
    }

    @Test
    void throttlesEveryDestinationIfTheWholeHasABandwidth() throws Exception {
        DatabaseSettings settings =
                settings(
                        """
                        bandwidth: 1MB/s
                        dbs: [{path: a.db, replicas: [{path: r1, bandwidth: 1MB/s}, {path: r2}]}]
                        """);

        assertThat(settings.destinations())
                .allSatisfy(destination ->
                        assertThat(destination.replica().store())
                                .isInstanceOf(ThrottledObjectStore.class));
    }

    private DatabaseSettings settings(String text) throws Exception {
        Files.writeString(dir.resolve("x.yml"), text);
        Configuration configuration =
                new ConfigurationFile(Map.of(), new UserPaths(dir, dir))
                        .load(Optional.of("x.yml"), ConfigurationFile.Expansion.ON);
        Replicas replicas = new Replicas(Map.of(), Clock.system());
        return Replication.settings(
                configuration.databases().getFirst(),
                replicas,
                replicas.bandwidth(configuration.bandwidth()));
    }
}
