package io.litestream.cli.config;

import static io.litestream.cli.config.ConfigurationTexts.database;
import static io.litestream.cli.config.ConfigurationTexts.read;
import static io.litestream.cli.config.ConfigurationTexts.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.replica.Level;
import io.litestream.replica.retention.RetentionPolicy;
import io.litestream.replica.retention.Tiers;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;

class RetentionReaderTest {

    @Test
    void hasTheseDefaults() throws Exception {
        RetentionConfiguration standard = replica("").retention();

        assertThat(standard).isEqualTo(RetentionConfiguration.STANDARD);
        assertThat(standard.enforcement()).isEqualTo(RetentionConfiguration.Enforcement.ON);
        assertThat(standard.checkInterval()).isEqualTo(Duration.ofSeconds(15));
        assertThat(standard.policy().merged()).contains(Duration.ofHours(24));
        assertThat(standard.policy().captured()).contains(Duration.ofMinutes(5));
        assertThat(standard.policy().tiers()).isEqualTo(Tiers.NONE);
    }

    @Test
    void readsSnapshotRetentionFromTheTopLevelAndTheDatabase() throws Exception {
        assertThat(policy("snapshot: {retention: 72h}", "", "").merged())
                .contains(Duration.ofHours(72));
        assertThat(policy("snapshot: {retention: 72h}", "snapshot: {retention: 2w}", "").merged())
                .contains(Duration.ofDays(14));
        refuses(
                "snapshot: {retention: 0}",
                "1:23: snapshot.retention: snapshot retention must be greater than 0 (got 0s)");
    }

    @Test
    void readsTheRetentionOfAReplica() throws Exception {
        assertThat(policy("", "", "retention: 30d").merged()).contains(Duration.ofDays(30));
        assertThat(policy("snapshot: {retention: 48h}", "", "retention: 8w").merged())
                .contains(Duration.ofDays(56));
        assertThat(replica("retention: 0").retention().policy().merged()).as("for ever").isEmpty();
        assertThatThrownBy(() -> replica("retention: -1h"))
                .hasMessage(
                        "f.yml:5:18: dbs[0].replica.retention: retention must not be negative (got"
                                + " -1h0m0s)");
        assertThatThrownBy(() -> replica("retention: long"))
                .hasMessageContaining("expected a duration");
    }

    @Test
    void readsL0RetentionAndL0RetentionCheckInterval() throws Exception {
        assertThat(policy("l0-retention: 1h", "", "").captured()).contains(Duration.ofHours(1));
        assertThat(policy("l0-retention: 0", "", "").captured()).as("for ever").isEmpty();
        refuses(
                "l0-retention: -1s",
                "1:15: l0-retention: l0 retention must not be negative (got -1s)");
        assertThat(retention("l0-retention-check-interval: 1m", "", "").checkInterval())
                .isEqualTo(Duration.ofMinutes(1));
        refuses(
                "l0-retention-check-interval: 0",
                "1:30: l0-retention-check-interval: l0 retention check interval must be greater"
                        + " than 0 (got 0s)");
    }

    @Test
    void readsRetentionEnabled() throws Exception {
        assertThat(retention("retention: {enabled: false}", "", "").enforcement())
                .isEqualTo(RetentionConfiguration.Enforcement.OFF);
        assertThat(retention("retention: {enabled: true}", "", "").enforcement())
                .isEqualTo(RetentionConfiguration.Enforcement.ON);
        assertThat(retention("retention: {}", "", "").enforcement())
                .isEqualTo(RetentionConfiguration.Enforcement.ON);
    }

    @Test
    void readsKeepOfAReplicaAndOfADatabase() throws Exception {
        String all = "keep: {hourly: 24, daily: 7, weekly: 5, monthly: 12}";

        assertThat(replica(all).retention().policy().tiers()).isEqualTo(new Tiers(24, 7, 5, 12));
        assertThat(policy("", all, "").tiers()).isEqualTo(new Tiers(24, 7, 5, 12));
        assertThat(policy("", all, "keep: {weekly: 9}").tiers()).isEqualTo(new Tiers(0, 0, 9, 0));
        assertThatThrownBy(() -> database("keep: {daily: -1}"))
                .hasMessage(
                        "f.yml:3:19: dbs[0].keep.daily: daily points to keep are 0 to 1000000 (got"
                                + " -1)");
        assertThatThrownBy(() -> database("keep: {yearly: 1}"))
                .hasMessageContaining("unknown key \"dbs[0].keep.yearly\"");
    }

    @ParameterizedTest
    @CsvSource({
        "'keep: {}',keep: keeps nothing: say how many",
        "'keep: {daily: 0}',keep: keeps nothing: say how many",
        "'keep: {hourly: 24}',keep: keeps nothing more: it goes back 24h0m0s at most",
    })
    void refusesTiersThatKeepNothing(String keep, String reason) {
        assertThatThrownBy(() -> database(keep))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("f.yml:3:11: dbs[0]." + reason);
    }

    @Test
    void readsHowLongTheFilesOfALevelAreKept() throws Exception {
        RetentionPolicy policy =
                policy(
                        "levels: [{interval: 5m, retention: 2h}, {interval: 1h, retention: 0}]",
                        "levels: [{interval: 1h, retention: 24h}, {interval: 24h, retention: 7d}]",
                        "retention: 72h");

        assertThat(policy.kept(new Level(1))).contains(Duration.ofHours(24));
        assertThat(policy.kept(new Level(2))).contains(Duration.ofDays(7));
        assertThat(policy.kept(Level.SNAPSHOT)).contains(Duration.ofDays(7));
        assertThat(policy("levels: [{interval: 1h, retention: 0}]", "", "").kept(new Level(1)))
                .as("for ever")
                .isEmpty();
    }

    @Test
    void knowsTheHighestOfTheLevels() throws Exception {
        assertThat(policy("", "", "").highest()).isEqualTo(new Level(3));
        assertThat(policy("levels: [{interval: 1m}]", "", "").highest()).isEqualTo(new Level(1));
        assertThat(
                        policy(
                                        "levels: [{interval: 1m}]",
                                        "levels: [{interval: 1m}, {interval: 1h}]",
                                        "")
                                .highest())
                .isEqualTo(new Level(2));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "levels: [{interval: 1h, retention: 30m}]|1:36: levels[0].retention: 30m0s is"
                        + " shorter than the interval of this level, which is 1h0m0s",
                "levels: [{interval: 1s}, {interval: 1m, retention: 2h}]|1:52: levels[1].retention:"
                    + " what is merged further has to be kept as long as that of the level before,"
                    + " which is 24h0m0s",
                "levels: [{interval: 1s, retention: 0}, {interval: 1m, retention: 2h}]|1:66:"
                    + " levels[1].retention: what is merged further has to be kept as long as that"
                    + " of the level before, which is for ever",
                "levels: [{interval: 1s, retention: -1h}]|1:36: levels[0].retention: retention must"
                        + " not be negative (got -1h0m0s)"
            })
    void refusesRetentionsOfLevelsThatCannotBe(String levels, String reason) {
        refuses(levels + "\ndbs: [{path: /db, replica: {path: /r}}]", reason);
    }

    @Test
    void keepsTiersThatGoFurtherBackThanTheFirstLevel() throws Exception {
        String levels = "levels: [{interval: 1m, retention: 1h}]";

        assertThat(policy(levels, "keep: {hourly: 24}", "").tiers())
                .isEqualTo(new Tiers(24, 0, 0, 0));
    }

    @Test
    void refusesTiersBesideARetentionForEver() {
        assertThatThrownBy(() -> replica("retention: 0\nkeep: {daily: 7}"))
                .hasMessage(
                        "f.yml:6:13: dbs[0].replica.keep: keeps nothing more, since retention: 0"
                                + " keeps all for ever");
    }

    @Test
    void refusesARetentionThatIsShorterThanTheSnapshotInterval() {
        String rest =
                " is shorter than snapshot.interval, which is 24h0m0s: set one of them so that a"
                        + " snapshot is kept until the next one is there";
        String interval = "snapshot: {interval: 24h}\n";

        refuses(
                interval + "dbs: [{path: /db, replica: {path: /r, retention: 12h}}]",
                "2:50: dbs[0].replica.retention: 12h0m0s" + rest);
        refuses(
                "snapshot: {interval: 24h, retention: 1h}\ndbs: [{path: /db, replica: {path: /r}}]",
                "1:38: snapshot.retention: 1h0m0s" + rest);
        assertThatThrownBy(() -> database("snapshot: {retention: 1h, interval: 24h}"))
                .hasMessage("f.yml:3:27: dbs[0].snapshot.retention: 1h0m0s" + rest);
    }

    @Test
    void readsRetentionForAllReplicas() throws Exception {
        assertThat(policy("retention: 168h", "", "").merged()).contains(Duration.ofDays(7));
        assertThat(policy("retention: 168h", "", "retention: 720h").merged())
                .contains(Duration.ofDays(30));
        assertThat(policy("retention: 168h", "snapshot: {retention: 48h}", "").merged())
                .contains(Duration.ofDays(2));
        assertThat(policy("retention: 0", "", "").merged()).as("for ever").isEmpty();
        assertThat(retention("retention: 168h", "", "").enforcement())
                .isEqualTo(RetentionConfiguration.Enforcement.ON);
        assertThat(policy("retention: 48h\nsnapshot: {retention: 2d}", "", "").merged())
                .contains(Duration.ofDays(2));
        refuses(
                "retention: 48h\nsnapshot: {retention: 3d}\n"
                        + "dbs: [{path: /db, replica: {path: /r}}]",
                "1:12: retention: snapshot.retention says something else; remove one of the two");
        refuses("retention: -1h", "1:12: retention: retention must not be negative (got -1h0m0s)");
        refuses(
                "retention: long",
                "1:12: retention: expected a map of keys, or a duration such as 24h (got long)");
    }

    @Test
    void looksAtLeastAsOftenAsRetentionCheckIntervalSays() throws Exception {
        assertThat(retention("", "", "retention-check-interval: 1h").checkInterval())
                .isEqualTo(Duration.ofSeconds(15));
        assertThat(retention("", "", "retention-check-interval: 5s").checkInterval())
                .isEqualTo(Duration.ofSeconds(5));
        assertThat(retention("retention-check-interval: 5s", "", "").checkInterval())
                .isEqualTo(Duration.ofSeconds(5));
        assertThatThrownBy(() -> replica("retention-check-interval: 0"))
                .hasMessageContaining("retention check interval must be greater than 0");
    }

    private static RetentionPolicy policy(String root, String database, String replica)
            throws ConfigurationException {
        return retention(root, database, replica).policy();
    }

    private static RetentionConfiguration retention(String root, String database, String replica)
            throws ConfigurationException {
        return ConfigurationTexts.database(root, database, replica)
                .replicas()
                .getFirst()
                .retention();
    }

    private static void refuses(String text, String message) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("f.yml:" + message);
    }
}
