package io.litestream.cli.config;

import static io.litestream.cli.config.ConfigurationTexts.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;

/// How often a database is stored whole, in the words of several versions.
class SnapshotReaderTest {

    @ParameterizedTest
    @CsvSource({
        "'','','',PT24H",
        "snapshot-interval: 6h,'','',PT6H",
        "'','',snapshot-interval: 1h,PT1H",
        "snapshot-interval: 6h,'',snapshot-interval: 1h,PT1H",
        "'snapshot: {interval: 6h}','',snapshot-interval: 1h,PT1H",
        "snapshot-interval: 6h,'snapshot: {interval: 3h}','',PT3H",
        "'','snapshot: {interval: 3h}',snapshot-interval: 1h,PT1H"
    })
    void takesWhatIsSaidNearestToTheReplica(
            String root, String database, String replica, Duration interval) throws Exception {
        assertThat(interval(root, database, replica)).isEqualTo(interval);
    }

    @ParameterizedTest
    @CsvSource({
        "retention: 4h,'','',PT4H",
        "'snapshot: {retention: 1h}','','',PT1H",
        "'','snapshot: {retention: 2h}','',PT2H",
        "'','',retention: 4h,PT4H",
        "'','',retention: 72h,PT24H",
        "'','',retention: 0,PT24H",
        "'snapshot: {interval: 30m}','',retention: 4h,PT30M"
    })
    void isAsShortAsTheRetentionNeedsItIfNothingElseIsSaid(
            String root, String database, String replica, Duration interval) throws Exception {
        assertThat(interval(root, database, replica)).isEqualTo(interval);
    }

    @Test
    void refusesWhatContradictsItself() {
        assertThatThrownBy(
                        () -> interval("snapshot-interval: 6h\nsnapshot: {interval: 3h}", "", ""))
                .hasMessage(
                        "f.yml:1:20: snapshot-interval: snapshot.interval says something else;"
                                + " remove one of the two");
        assertThatThrownBy(() ->
                        read(
                                """
                                dbs:
                                  - path: /db
                                    replicas:
                                      - {path: /r, snapshot-interval: 1h}
                                      - {path: /s, snapshot-interval: 2h}
                                """))
                .hasMessage(
                        "f.yml:5:39: dbs[0].replicas[1].snapshot-interval: the replicas of a"
                                + " database have one snapshot interval, and another one says"
                                + " 1h0m0s");
        assertThatThrownBy(() -> interval("", "", "snapshot-interval: 0"))
                .hasMessageContaining("snapshot interval must be greater than 0 (got 0s)");
    }

    private static Duration interval(String root, String database, String replica)
            throws ConfigurationException {
        return ConfigurationTexts.database(root, database, replica).upkeep().snapshotInterval();
    }
}
