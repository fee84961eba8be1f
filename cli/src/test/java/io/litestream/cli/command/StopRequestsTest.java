package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.time.Clock;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;

class StopRequestsTest {

    private final SetClock clock = new SetClock();
    private final StopRequests stops = new StopRequests(clock);

    /// As `timeout` and many shells send it: to the process, and to its group.
    @Test
    void takesSignalsThatComeTogetherForOne() {
        stops.signalled("TERM");
        clock.sleep(Duration.ofMillis(30));
        stops.signalled("TERM");
        stops.signalled("INT");

        assertThat(stops.poll()).contains(new StopRequests.Signalled("TERM"));
        assertThat(stops.poll()).isEmpty();
    }

    @Test
    void countsASignalThatComesLater() {
        stops.signalled("INT");
        clock.sleep(Duration.ofMillis(200));
        stops.signalled("INT");

        assertThat(stops.poll()).isPresent();
        assertThat(stops.poll()).contains(new StopRequests.Signalled("INT"));
    }

    private static final class SetClock implements Clock {

        private long nanos = Long.MAX_VALUE;

        @Override
        public Instant instant() {
            return Instant.EPOCH;
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
