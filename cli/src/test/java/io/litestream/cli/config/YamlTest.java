package io.litestream.cli.config;

import static io.litestream.cli.config.ConfigurationTexts.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;

class YamlTest {

    @ParameterizedTest
    @CsvSource({
        "adr,addr",
        "db,dbs",
        "shutdown_sync_timeout,shutdown-sync-timeout",
        "logger,logging"
    })
    void namesTheNearestKeyForAnUnknownOne(String key, String nearest) {
        assertThatThrownBy(() -> read("\n" + key + ": x"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "f.yml:2:1: unknown key \"%s\"; did you mean \"%s\"?"
                                .formatted(key, nearest));
    }

    @Test
    void namesTheNearestKeyOfTheSameMap() {
        assertThatThrownBy(() -> read("dbs:\n  - pth: /db"))
                .hasMessage("f.yml:2:5: unknown key \"dbs[0].pth\"; did you mean \"path\"?");
        assertThatThrownBy(() -> read("dbs:\n  - path: /db\n    replica:\n      ulr: /r"))
                .hasMessage("f.yml:4:7: unknown key \"dbs[0].replica.ulr\"; did you mean \"url\"?");
        assertThatThrownBy(() -> read("logging:\n  levle: info"))
                .hasMessage("f.yml:2:3: unknown key \"logging.levle\"; did you mean \"level\"?");
    }

    @Test
    void refusesAKeyThatIsGivenTwice() {
        assertThatThrownBy(() -> read("exec: a\ndbs: []\nexec: b"))
                .hasMessage("f.yml:3:1: key \"exec\" is given twice, first in line 1; remove one");
    }

    @Test
    void mergesMapsThatAnAnchorNames() throws Exception {
        Configuration configuration =
                read(
                        """
                        dbs:
                          - &first
                            path: /a
                            checkpoint-interval: 5s
                            monitor-interval: 2s
                            replica: {path: /ra}
                          - <<: *first
                            path: /b
                            checkpoint-interval: 7s
                            replica: {path: /rb}
                        """);

        DatabaseConfiguration second = configuration.databases().get(1);
        assertThat(second.monitorInterval()).isEqualTo(Duration.ofSeconds(2));
        assertThat(second.checkpointInterval()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void prefersTheFirstOfSeveralMergedMaps() throws Exception {
        Configuration configuration =
                read(
                        """
                        dbs:
                          - &a {path: /a, checkpoint-interval: 1s, replica: {path: /ra}}
                          - &b {path: /b, checkpoint-interval: 2s, replica: {path: /rb}}
                          - {<<: [*b, *a], path: /c, replica: {path: /rc}}
                        """);

        assertThat(configuration.databases().get(2).checkpointInterval())
                .isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void refusesAMergeOfWhatIsNoMap() {
        assertThatThrownBy(() -> read("<<: x"))
                .hasMessage("f.yml:1:5: << expects a map or a list of maps");
        assertThatThrownBy(() -> read("<<: [x]"))
                .hasMessage("f.yml:1:6: << expects a map or a list of maps");
        assertThatThrownBy(() -> read("&a\n<<: *a"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageEndingWith("a map merges itself with <<");
    }

    @ParameterizedTest
    @CsvSource({
        "true,true",
        "yes,true",
        "on,true",
        "True,true",
        "false,false",
        "no,false",
        "OFF,false"
    })
    void readsTheBooleansOfYaml11(String written, boolean truth) throws Exception {
        assertThat(read("logging: {source: %s}".formatted(written)).logging().source())
                .isEqualTo(
                        truth
                                ? LoggingConfiguration.Source.SHOWN
                                : LoggingConfiguration.Source.HIDDEN);
    }

    @ParameterizedTest
    @CsvSource({"10,10", "010,8", "0x10,16", "0b11,3", "1_000,1000", "+5,5", "'1:30',90"})
    void readsTheIntegersOfYaml11(String written, int number) throws Exception {
        assertThat(
                        ConfigurationTexts.database("min-checkpoint-page-count: " + written)
                                .minCheckpointPages())
                .isEqualTo(number);
    }

    @Test
    void takesABareIntegerForNanoseconds() throws Exception {
        assertThat(read("shutdown-sync-timeout: 1500000").shutdownSyncTimeout())
                .isEqualTo(Duration.ofNanos(1500000));
    }

    @Test
    void tellsWhereTheFileIsNoYaml() {
        assertThatThrownBy(() -> read("dbs:\n  - path: [a\n"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("f.yml:3:1: not YAML: ");
        assertThatThrownBy(() -> read("- a"))
                .hasMessage("f.yml:1:1: expected a map of keys, such as dbs");
        assertThatThrownBy(() -> read("[a]: b"))
                .hasMessage("f.yml:1:1: expected a key, found a map or a list");
    }

    @Test
    void refusesASecondDocument() {
        assertThatThrownBy(() -> read("exec: a\n---\nexec: b"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("f.yml:2:1: not YAML: ");
    }

    @ParameterizedTest
    @CsvSource({
        "'validation: {interval: 30}', validation.interval",
        "'levels: [{interval: 30}]', levels[0].interval",
        "'snapshot: {retention: 24}', snapshot.retention",
        "'sync-interval: 10', sync-interval",
        "'l0-retention-check-interval: 1us', l0-retention-check-interval"
    })
    void refusesADurationThatWasMeantToHaveAUnit(String text, String key) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(key + ": a duration is 0, or 1ms or more (got ")
                .hasMessageContaining("write 30s for seconds");
    }

    @Test
    void letsAnyNumberOfDatabasesShareAnAnchor() throws Exception {
        StringBuilder text = new StringBuilder("dbs:\n");
        text.append("  - {path: /0, replica: &shared {sync-interval: 3s, path: /r0}}\n");
        for (int i = 1; i < 300; i++) {
            text.append("  - {path: /%d, replica: {<<: *shared, path: /r%d}}\n".formatted(i, i));
        }

        Configuration configuration = read(text.toString());

        assertThat(configuration.databases())
                .hasSize(300)
                .allSatisfy(database ->
                        assertThat(database.replicas().getFirst().syncInterval())
                                .isEqualTo(Duration.ofSeconds(3)));
    }
}
