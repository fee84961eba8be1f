package io.litestream.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.litestream.storage.Bandwidth;
import io.litestream.storage.ObjectStore;
import io.litestream.storage.ThrottledObjectStore;
import io.litestream.time.Clock;

import org.junit.jupiter.api.Test;

import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

final class ThrottledObjectStoreTest extends ObjectStoreContract {

    private final SleptClock clock = new SleptClock();
    private final MemoryObjectStore memory = new MemoryObjectStore();
    private final ObjectStore store = throttled(1_000_000_000);

    @Override
    protected ObjectStore store() {
        return store;
    }

    @Test
    void writesNoFasterThanTheLimit() throws Exception {
        ObjectStore slow = throttled(1_000_000);

        slow.create(key("a"), CREATED, out -> out.write(new byte[3_000_000]));
        slow.replace(key("b"), CREATED, out -> out.write(new byte[2_000_000]));

        assertThat(clock.seconds()).isCloseTo(5, within(0.2));
        assertThat(memory.find(key("a")).orElseThrow().size()).isEqualTo(3_000_000);
    }

    @Test
    void readsNoFasterThanTheLimit() throws Exception {
        memory.create(key("a"), CREATED, out -> out.write(new byte[3_000_000]));
        try (InputStream in = throttled(1_000_000).open(key("a"))) {
            in.skipNBytes(1_000_000);
            assertThat(in.readAllBytes()).hasSize(2_000_000);
        }

        assertThat(clock.seconds()).isCloseTo(3, within(0.2));
    }

    @Test
    void passesSingleBytesAtTheLimitToo() throws Exception {
        throttled(10)
                .create(
                        key("a"),
                        CREATED,
                        out -> {
                            for (int i = 0; i < 50; i++) {
                                out.write(i);
                            }
                        });
        try (InputStream in = throttled(10).open(key("a"))) {
            for (int i = 0; i < 50; i++) {
                assertThat(in.read()).isEqualTo(i);
            }
            assertThat(in.read()).isEqualTo(-1);
        }

        assertThat(clock.seconds()).isCloseTo(10, within(0.5));
    }

    @Test
    void sharesALimitWithOtherStoresAndKeepsItsOwn() throws Exception {
        Bandwidth shared = new Bandwidth(1_000_000, clock);
        ObjectStore one = new ThrottledObjectStore(memory.below("1"), List.of(shared));
        ObjectStore other =
                new ThrottledObjectStore(
                        memory.below("2"), List.of(new Bandwidth(500_000, clock), shared));

        one.create(key("a"), CREATED, out -> out.write(new byte[1_000_000]));
        assertThat(clock.seconds()).isCloseTo(1, within(0.1));
        other.create(key("a"), CREATED, out -> out.write(new byte[1_000_000]));
        assertThat(clock.seconds()).isCloseTo(3, within(0.2));
    }

    @Test
    void doesNotSaveUpWhatWasNotUsed() throws Exception {
        ObjectStore slow = throttled(1_000_000);
        clock.sleep(Duration.ofHours(1));

        slow.create(key("a"), CREATED, out -> out.write(new byte[2_000_000]));

        assertThat(clock.seconds() - 3600).isCloseTo(2, within(0.1));
    }

    @Test
    void letsASmallObjectThroughBetweenThePiecesOfALargeOne() throws Exception {
        Bandwidth shared = new Bandwidth(1_000_000, clock);
        ObjectStore both = new ThrottledObjectStore(memory, List.of(shared));
        List<Double> waits = new ArrayList<>();
        clock.onFirstSleep =
                () -> {
                    double before = clock.seconds();
                    both.create(key("small"), CREATED, out -> out.write(new byte[1000]));
                    waits.add(clock.seconds() - before);
                };

        both.create(key("large"), CREATED, out -> out.write(new byte[10_000_000]));

        assertThat(waits).singleElement().satisfies(wait -> assertThat(wait).isLessThan(0.1));
    }

    @Test
    void givesUpIfTheThreadIsInterrupted() throws Exception {
        ObjectStore slow =
                new ThrottledObjectStore(memory, List.of(new Bandwidth(10, Clock.system())));
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> slow.create(key("a"), CREATED, out -> out.write(new byte[1000])))
                .isInstanceOf(InterruptedIOException.class);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(memory.keys()).isEmpty();
    }

    @Test
    void refusesALimitOfNothing() {
        assertThatThrownBy(() -> new Bandwidth(0, clock)).hasMessage("bandwidth is 0 B/s");
        assertThatThrownBy(() -> new ThrottledObjectStore(memory, List.of()))
                .hasMessage("no limit");
    }

    private ThrottledObjectStore throttled(long bytesPerSecond) {
        return new ThrottledObjectStore(memory, List.of(new Bandwidth(bytesPerSecond, clock)));
    }

    /// Stands still, but for sleeps, which take no time.
    private static final class SleptClock implements Clock {

        private interface Action {
            void run() throws Exception;
        }

        private long nanos;
        private Action onFirstSleep = () -> {};

        double seconds() {
            return nanoTime() / 1e9;
        }

        @Override
        public Instant instant() {
            return CREATED.plusNanos(nanoTime());
        }

        @Override
        public synchronized long nanoTime() {
            return nanos;
        }

        @Override
        public void sleep(Duration duration) {
            Action action = onFirstSleep;
            onFirstSleep = () -> {};
            try {
                action.run();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            synchronized (this) {
                nanos += duration.toNanos();
            }
        }
    }
}
