package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.time.Clock;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

class ProgressLineTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final SteppingClock clock = new SteppingClock();

    @Test
    void tellsBytesRateAndTimeLeft() {
        try (ProgressLine line = new ProgressLine(terminal(), clock)) {
            clock.nanos += 2_000_000_000L;
            line.read(20_000_000, 100_000_000);

            assertThat(text())
                    .isEqualTo("\r\033[Krestoring: 20 MB of 100 MB (20 %), 10 MB/s, 8s left");
        }
        assertThat(text()).endsWith(", 8s left\r\033[K");
    }

    @Test
    void showsItselfAFewTimesASecond() {
        try (ProgressLine line = new ProgressLine(terminal(), clock)) {
            for (int i = 1; i <= 1_000; i++) {
                clock.nanos += 1_000_000L;
                line.read(i, 1_000);
            }
        }

        assertThat(text().split("restoring", -1)).hasSize(5 + 1);
    }

    @Test
    void tellsNothingWithoutTerminal() {
        try (ProgressLine line = new ProgressLine(Optional.empty(), clock)) {
            clock.nanos += 2_000_000_000L;
            line.read(1, 2);
        }

        assertThat(text()).isEmpty();
    }

    private Optional<PrintStream> terminal() {
        return Optional.of(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    }

    private String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static final class SteppingClock implements Clock {

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
