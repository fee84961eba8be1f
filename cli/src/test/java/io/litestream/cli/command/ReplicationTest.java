package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.litestream.cli.config.Configuration;
import io.litestream.cli.config.ConfigurationFile;
import io.litestream.cli.config.UserPaths;
import io.litestream.engine.DatabaseSettings;
import io.litestream.engine.DestinationSettings;
import io.litestream.engine.JournalMode;
import io.litestream.replica.Compactor;
import io.litestream.storage.ObjectKey;
import io.litestream.time.Clock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

class ReplicationTest {

    @TempDir Path dir;

    private final Clock clock = new SleptClock();

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
                            journal-mode: keep
                            min-checkpoint-page-count: 4
                            truncate-page-n: 5
                            max-sync-wal-bytes: 6
                            verify-compaction: true
                            replicas:
                              - {path: r1, sync-interval: 7s}
                              - {path: r2, name: other}
                        """);

        assertThat(settings.database()).isEqualTo(dir.resolve("a.db"));
        assertThat(settings.stateDirectory()).isEqualTo(dir.resolve("meta"));
        assertThat(settings.monitorInterval()).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.checkpointInterval()).isEqualTo(Duration.ofSeconds(3));
        assertThat(settings.journalMode()).isEqualTo(JournalMode.KEEP);
        assertThat(settings.minCheckpointPages()).isEqualTo(4);
        assertThat(settings.truncatePages()).isEqualTo(5);
        assertThat(settings.maxSyncWalBytes()).isEqualTo(6);
        assertThat(settings.upkeep().verification()).isEqualTo(Compactor.Verification.READ_BACK);
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

        assertThat(secondsForTwoMegabytes(settings, 0)).isCloseTo(2, within(0.1));
        assertThat(secondsForTwoMegabytes(settings, 1)).isZero();
    }

    @Test
    void throttlesAllDestinationsTogetherIfTheWholeHasABandwidth() throws Exception {
        DatabaseSettings settings =
                settings(
                        """
                        bandwidth: 1MB/s
                        dbs: [{path: a.db, replicas: [{path: r1, bandwidth: 500kB/s}, {path: r2}]}]
                        """);

        assertThat(secondsForTwoMegabytes(settings, 0)).isCloseTo(4, within(0.1));
        assertThat(secondsForTwoMegabytes(settings, 1)).isCloseTo(2, within(0.1));
    }

    private double secondsForTwoMegabytes(DatabaseSettings settings, int destination)
            throws Exception {
        long before = clock.nanoTime();
        settings.destinations()
                .get(destination)
                .replica()
                .store()
                .replace(
                        ObjectKey.of("object"),
                        clock.instant(),
                        out -> out.write(new byte[2_000_000]));
        return (clock.nanoTime() - before) / 1e9;
    }

    @Test
    void tellsTheEngineHowOftenToVerify() throws Exception {
        String database = "dbs: [{path: a.db, replica: {path: r}}]\n";

        assertThat(
                        Replication.settings(
                                        configuration(database + "validation: {interval: 90m}"))
                                .validationInterval())
                .isEqualTo(Duration.ofMinutes(90));
        assertThat(Replication.settings(configuration(database)).validationInterval()).isZero();
    }

    @Test
    void readsValidationIntervalForAllAndForAReplica() throws Exception {
        String all =
                """
                validation-interval: 6h
                dbs:
                  - path: a.db
                    replicas:
                      - {path: r}
                      - {path: s, validation-interval: 1h}
                      - {path: t, validation-interval: 0}
                """;

        assertThat(Replication.settings(configuration(all)).validationInterval())
                .isEqualTo(Duration.ofHours(6));
        assertThat(settings(all).destinations())
                .extracting(DestinationSettings::validationInterval)
                .containsExactly(
                        Optional.empty(),
                        Optional.of(Duration.ofHours(1)),
                        Optional.of(Duration.ZERO));
        assertThatThrownBy(() -> configuration("validation: {interval: 1h}\n" + all))
                .hasMessageContaining("validation.interval says something else; remove one");
    }

    private Configuration configuration(String text) throws Exception {
        Files.writeString(dir.resolve("x.yml"), text);
        return new ConfigurationFile(Map.of(), new UserPaths(dir, dir))
                .load(Optional.of("x.yml"), ConfigurationFile.Expansion.ON);
    }

    private DatabaseSettings settings(String text) throws Exception {
        Configuration configuration = configuration(text);
        Replicas replicas = new Replicas(Map.of(), clock);
        return Replication.settings(
                configuration.databases().getFirst(),
                replicas,
                replicas.bandwidth(configuration.bandwidth()));
    }

    /// Stands still, but for sleeps, which take no time.
    private static final class SleptClock implements Clock {

        private long nanos;

        @Override
        public Instant instant() {
            return Instant.EPOCH.plusNanos(nanos);
        }

        @Override
        public long nanoTime() {
            return nanos;
        }

        @Override
        public void sleep(Duration duration) {
            nanos += duration.toNanos();
        }
    }
}
