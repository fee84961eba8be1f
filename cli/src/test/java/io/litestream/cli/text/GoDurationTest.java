package io.litestream.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.Random;

class GoDurationTest {

    @ParameterizedTest
    @CsvSource({
        "0,0",
        "0s,0",
        "1ns,1",
        "1us,1000",
        "1µs,1000",
        "1μs,1000",
        "1.5ms,1500000",
        "-2s,-2000000000",
        "+2s,2000000000",
        ".5s,500000000",
        "5.s,5000000000",
        "1m30s,90000000000",
        "1h,3600000000000",
        "24h,86400000000000",
        "1d,86400000000000",
        "1w2d,777600000000000",
        "1h1m1s1ms1us1ns,3661001001001"
    })
    void readsWhatGoReadsAndDaysAndWeeks(String text, long nanos) {
        assertThat(GoDuration.parse(text)).isEqualTo(Duration.ofNanos(nanos));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "s", "-", "1x", "1s2", "1 s", "1..5s", ".s", "1S", "x1s"})
    void refusesWhatIsNoDuration(String text) {
        assertThatThrownBy(() -> GoDuration.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "\"%s\" is no duration, such as 500ms, 1s, 1m30s, 24h or 7d"
                                .formatted(text));
    }

    @Test
    void refusesADurationLongerThanNanosecondsCount() {
        assertThatThrownBy(() -> GoDuration.parse("20000w"))
                .hasMessage("duration \"20000w\" is too long");
    }

    @ParameterizedTest
    @CsvSource({
        "0,0s",
        "1,1ns",
        "1500,1.5µs",
        "500000000,500ms",
        "1000000000,1s",
        "1500000000,1.5s",
        "60000000000,1m0s",
        "3600000000000,1h0m0s",
        "86400000000000,24h0m0s",
        "-1000000000,-1s"
    })
    void writesAsGoDoes(long nanos, String text) {
        assertThat(GoDuration.format(Duration.ofNanos(nanos))).isEqualTo(text);
    }

    @Test
    void readsWhatItWrites() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 1_000; i++) {
            Duration duration = Duration.ofNanos(random.nextLong() >> random.nextInt(63));
            assertThat(GoDuration.parse(GoDuration.format(duration)))
                    .as("seed %d", seed)
                    .isEqualTo(duration);
        }
    }
}
