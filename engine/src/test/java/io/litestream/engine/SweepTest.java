package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;

final class SweepTest {

    private static final Duration INTERVAL = Duration.ofMillis(25);
    private static final Duration LOOK = Duration.ofNanos(10_000);

    @Test
    void looksAtAFewDatabasesAtTheirInterval() {
        assertThat(Sweep.pauseOfAll(1, INTERVAL)).isEqualTo(INTERVAL);
        assertThat(Sweep.pauseOfLive(25, INTERVAL)).isEqualTo(INTERVAL);
    }

    @Test
    void looksAtAThousandOnceASecond() {
        assertThat(Sweep.pauseOfAll(334, INTERVAL)).isEqualTo(Duration.ofSeconds(1));
        assertThat(Sweep.pauseOfAll(1000, INTERVAL)).isEqualTo(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 100, 1000, 5000, 100_000})
    void takesAtMostAHundredthOfACore(int databases) {
        Duration looks = LOOK.multipliedBy(databases).multipliedBy(100);

        assertThat(Sweep.pauseOfAll(databases, INTERVAL)).isGreaterThanOrEqualTo(looks);
        assertThat(Sweep.pauseOfLive(databases, INTERVAL)).isGreaterThanOrEqualTo(looks);
    }

    @Test
    void looksAtOpenDatabasesOfAFleetOften() {
        assertThat(Sweep.pauseOfLive(3, INTERVAL)).isEqualTo(INTERVAL);
    }
}
