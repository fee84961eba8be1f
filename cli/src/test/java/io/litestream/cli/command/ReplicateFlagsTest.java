package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.cli.config.DatabaseConfiguration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

class ReplicateFlagsTest {

    @TempDir Path dir;

    @Test
    void theSnapshotIntervalOfTheCommandLineGoesBeforeTheConfiguration() throws Exception {
        Files.writeString(
                dir.resolve("c.yml"),
                "dbs: [{path: a.db, snapshot: {interval: 1h}, replica: {path: r}}]");

        assertThat(databases("-config", "c.yml").getFirst().upkeep().snapshotInterval())
                .isEqualTo(Duration.ofHours(1));
        assertThat(
                        databases("-snapshot-interval", "30m", "-config", "c.yml")
                                .getFirst()
                                .upkeep()
                                .snapshotInterval())
                .isEqualTo(Duration.ofMinutes(30));
        assertThat(
                        databases("-snapshot-interval", "48h", "a.db", "r")
                                .getFirst()
                                .upkeep()
                                .snapshotInterval())
                .isEqualTo(Duration.ofHours(48));
    }

    private List<DatabaseConfiguration> databases(String... words) throws Exception {
        return ReplicateFlags.configuration(
                        ReplicateFlags.ALL.parse(List.of(words)), new TestShell(dir).shell())
                .databases();
    }
}
