package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.storage.StorageException;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;

final class CircuitTest {

    private static final Instant START = Instant.parse("2026-05-06T07:08:09Z");

    private final SetClock clock = new SetClock(START);
    private final Circuit circuit =
            new Circuit(
                    new Backoff(Duration.ofMillis(200), Duration.ofSeconds(2), new Random(1)),
                    clock);

    @Test
    void asksNothingButQuestionsAfterAFailureUntilOneIsAnswered() {
        assertThat(circuit.isOpen()).isFalse();
        fail(unavailable(Duration.ZERO));
        assertThat(circuit.isOpen()).isTrue();

        circuit.answered();
        assertThat(circuit.isOpen()).isFalse();
        assertThat(circuit.outage()).as("nothing was done yet").isPresent();
        assertThat(circuit.succeeded()).isEqualTo(1);
        assertThat(circuit.outage()).isEmpty();
    }

    @Test
    void waitsNoLongerThanTwoSecondsHoweverLongTheOutage() {
        for (int i = 0; i < 200; i++) {
            assertThat(fail(unavailable(Duration.ZERO)))
                    .isBetween(Duration.ofMillis(20), Duration.ofSeconds(2));
        }
        assertThat(circuit.outage().orElseThrow().since()).isEqualTo(START);
        assertThat(circuit.outage().orElseThrow().failures()).isEqualTo(200);
    }

    @Test
    void countsTheTimeThatAFailureTookAsWaited() {
        for (int i = 0; i < 50; i++) {
            assertThat(circuit.failed(unavailable(Duration.ZERO), Duration.ofSeconds(2)))
                    .isLessThanOrEqualTo(Duration.ZERO);
        }
    }

    @Test
    void waitsAsLongAsTheStoreAsksButNotMoreThanAMinute() {
        assertThat(fail(unavailable(Duration.ofSeconds(30)))).isEqualTo(Duration.ofSeconds(30));
        assertThat(fail(unavailable(Duration.ofHours(3)))).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void triesWorkLessOftenThatFailsThoughQuestionsAreAnswered() {
        Duration last = Duration.ZERO;
        for (int i = 0; i < 20; i++) {
            last = fail(unavailable(Duration.ZERO));
            circuit.answered();
        }
        assertThat(last).isEqualTo(Duration.ofSeconds(30));

        circuit.succeeded();
        assertThat(fail(unavailable(Duration.ZERO))).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void triesAnImageLessAndLessOftenThoughAllElseSucceeds() {
        Duration longest = Duration.ZERO;
        for (int i = 0; i < 20; i++) {
            Duration wait = circuit.imageFailed(new StorageException.Unavailable("full", null));
            longest = longest.compareTo(wait) > 0 ? longest : wait;
            circuit.answered();
            assertThat(circuit.succeeded()).as("told of as long as images fail").isZero();
            assertThat(circuit.isOpen()).isFalse();
            assertThat(circuit.isFailing()).as("all but images").isFalse();
            assertThat(circuit.outage().orElseThrow().since()).isEqualTo(START);
            assertThat(circuit.outage().orElseThrow().failures()).isEqualTo(i + 1);
        }
        assertThat(longest).isBetween(Duration.ofMinutes(2), Duration.ofMinutes(5));

        circuit.imageSucceeded();
        assertThat(circuit.succeeded()).isEqualTo(20);
        assertThat(circuit.outage()).isEmpty();
    }

    @Test
    void triesWhatIsRefusedAfterSecondsAndThenAboutOnceAMinute() {
        assertThat(fail(new StorageException.Rejected("bad key", null)))
                .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(6));
        assertThat(circuit.outage().orElseThrow().trouble()).isEqualTo(Circuit.Trouble.REFUSED);
        assertThat(circuit.isOpen()).as("there is nothing to ask").isFalse();

        for (int i = 0; i < 5; i++) {
            fail(new StorageException.Rejected("bad key", null));
        }
        assertThat(fail(new StorageException.Rejected("bad key", null)))
                .isBetween(Duration.ofSeconds(30), Duration.ofSeconds(90));
    }

    private Duration fail(IOException failure) {
        return circuit.failed(failure, Duration.ZERO);
    }

    private static StorageException unavailable(Duration retryAfter) {
        return new StorageException.Unavailable("away", null, retryAfter);
    }
}
