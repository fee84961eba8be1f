package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

final class OpenPlacesTest {

    private static final Duration USUAL = Duration.ofSeconds(10);

    private final Scheduler scheduler = new Scheduler(1);
    private final OpenPlaces places = new OpenPlaces(1, scheduler);
    private final List<String> called = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        scheduler.close();
    }

    @Test
    void givesAPlaceThatIsLeftToTheFirstInLine() {
        assertThat(take("a")).isTrue();
        assertThat(take("b")).isFalse();
        assertThat(take("c")).isFalse();

        places.leave();

        assertThat(called).containsExactly("b");
        assertThat(take("d")).isFalse();
        assertThat(take("b")).isTrue();
    }

    @Test
    void lineUpOnceHoweverOftenTheyAsk() {
        take("a");
        take("b");
        take("b");

        places.leave();
        assertThat(take("b")).isTrue();
        places.leave();

        assertThat(called).containsExactly("b");
        assertThat(take("c")).isTrue();
    }

    @Test
    void closesDatabasesEarlyWhileSomebodyWaits() {
        take("a");
        assertThat(places.restAfter(USUAL)).isEqualTo(USUAL);

        take("b");
        assertThat(places.restAfter(USUAL)).isLessThan(Duration.ofSeconds(1));
        assertThat(places.restAfter(Duration.ZERO)).isZero();

        places.leave();
        assertThat(places.restAfter(USUAL)).isEqualTo(USUAL);
    }

    @Test
    void letsTheNextInWhereNobodyLeaves() throws InterruptedException {
        take("a");
        take("b");
        take("c");

        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (called.size() < 2) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.sleep(10);
        }

        assertThat(called).containsExactly("b", "c");
        assertThat(take("b")).isTrue();
        assertThat(take("c")).isTrue();
    }

    @Test
    void passesOnThePlaceOfOneThatNoLongerWantsIt() {
        take("a");
        take("b");
        take("c");
        places.leave();

        places.forget("b");

        assertThat(called).containsExactly("b", "c");
        assertThat(take("c")).isTrue();
    }

    private boolean take(String who) {
        return places.take(who, () -> called.add(who));
    }
}
