package io.litestream.cli.config;

import static io.litestream.cli.config.ConfigurationTexts.database;
import static io.litestream.cli.config.ConfigurationTexts.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.engine.UpkeepSettings;
import io.litestream.replica.Compactor;

import org.junit.jupiter.api.Test;

import java.time.Duration;

class UpkeepReaderTest {

    @Test
    void hasTheDefaultsOfTheEngine() throws Exception {
        assertThat(upkeep("", "")).isEqualTo(UpkeepSettings.DEFAULT);
        assertThat(UpkeepSettings.DEFAULT.levels())
                .containsExactly(
                        Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofHours(1));
        assertThat(UpkeepSettings.DEFAULT.snapshotInterval()).isEqualTo(Duration.ofHours(24));
    }

    @Test
    void readsLevelsFromTheTopLevelAndTheDatabase() throws Exception {
        String top = "levels: [{interval: 10s}, {interval: 1m}]";

        assertThat(upkeep(top, "").levels())
                .containsExactly(Duration.ofSeconds(10), Duration.ofMinutes(1));
        assertThat(upkeep(top, "levels: [{interval: 2h}]").levels())
                .containsExactly(Duration.ofHours(2));
        assertThat(upkeep("levels: []", "").levels()).isEmpty();
    }

    @Test
    void refusesLevelsThatCannotBe() {
        refuses(
                "levels:\n  - interval: 0",
                "2:15: levels[0].interval: compaction interval must be greater than 0 (got 0s)");
        refuses(
                "levels:\n  - {}",
                "2:5: levels[0].interval: compaction interval must be greater than 0");
        refuses(
                "levels: [" + "{interval: 1s}, ".repeat(8) + "{interval: 1s}]",
                "1:9: levels: expected at most 8 levels (got 9)");
    }

    @Test
    void readsTheSnapshotIntervalFromTheTopLevelAndTheDatabase() throws Exception {
        assertThat(upkeep("snapshot: {interval: 12h}", "").snapshotInterval())
                .isEqualTo(Duration.ofHours(12));
        assertThat(
                        upkeep("snapshot: {interval: 12h}", "snapshot: {interval: 6h}")
                                .snapshotInterval())
                .isEqualTo(Duration.ofHours(6));
        refuses(
                "snapshot: {interval: 0}",
                "1:22: snapshot.interval: snapshot interval must be greater than 0 (got 0s)");
    }

    @Test
    void readsRefreshAfter() throws Exception {
        assertThat(upkeep("", "").refreshAfter()).isEmpty();
        assertThat(upkeep("snapshot: {refresh-after: 20d}", "").refreshAfter())
                .contains(Duration.ofDays(20));
        assertThat(
                        upkeep(
                                        "snapshot: {refresh-after: 20d, interval: 1h}",
                                        "snapshot: {refresh-after: 240h}")
                                .refreshAfter())
                .contains(Duration.ofDays(10));
        refuses(
                "snapshot: {refresh-after: 0}",
                "1:27: snapshot.refresh-after: snapshot refresh-after must be greater than 0 (got"
                        + " 0s)");
    }

    @Test
    void readsVerifyCompaction() throws Exception {
        assertThat(upkeep("verify-compaction: true", "").verification())
                .isEqualTo(Compactor.Verification.READ_BACK);
        assertThat(upkeep("verify-compaction: true", "verify-compaction: false").verification())
                .isEqualTo(Compactor.Verification.NONE);
    }

    @Test
    void anotherSnapshotIntervalKeepsAtLeastOneSnapshot() throws Exception {
        DatabaseConfiguration database = database("");

        DatabaseConfiguration other = database.withSnapshotInterval(Duration.ofDays(3));

        assertThat(other.upkeep().snapshotInterval()).isEqualTo(Duration.ofDays(3));
        assertThat(other.replicas().getFirst().retention().policy().merged())
                .contains(Duration.ofDays(3));
        assertThat(database.withSnapshotInterval(Duration.ofHours(1)).replicas())
                .isEqualTo(database.replicas());
    }

    private static UpkeepSettings upkeep(String top, String ofDatabase) throws Exception {
        return read(top
                        + "\ndbs:\n  - path: /db\n"
                        + ofDatabase.indent(4)
                        + "    replica: {path: /r}\n")
                .databases()
                .getFirst()
                .upkeep();
    }

    private static void refuses(String text, String message) {
        assertThatThrownBy(() -> read(text + "\ndbs: [{path: /db, replica: {path: /r}}]"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("f.yml:" + message);
    }
}
