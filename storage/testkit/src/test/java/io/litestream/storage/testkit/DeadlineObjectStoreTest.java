package io.litestream.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.storage.DeadlineObjectStore;
import io.litestream.storage.ObjectContent;
import io.litestream.storage.ObjectStore;
import io.litestream.storage.StorageException;
import io.litestream.time.Clock;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

final class DeadlineObjectStoreTest extends ObjectStoreContract {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(50);

    private final MemoryObjectStore memory = new MemoryObjectStore();
    private final FaultyObjectStore faulty = new FaultyObjectStore(memory);
    private final ObjectStore store = limited(LONG, Clock.system());
    private final Gate gate = new Gate();

    @Override
    protected ObjectStore store() {
        return store;
    }

    @AfterEach
    void open() {
        gate.open();
    }

    @Test
    void givesUpWhatIsNotAnswered() throws Exception {
        create("db/0001", "content");
        for (Operation operation : Operation.values()) {
            faulty.inject(operation, _ -> true, Fault.hang(gate));
        }
        ObjectStore hasty = limited(SHORT, Clock.system());

        assertGivenUp(() -> hasty.create(key("db/0002"), CREATED, bytes("b")));
        assertGivenUp(() -> hasty.replace(key("db/0001"), CREATED, bytes("b")));
        assertGivenUp(() -> hasty.open(key("db/0001")).close());
        assertGivenUp(() -> hasty.find(key("db/0001")));
        assertGivenUp(() -> hasty.list(key("db"), "", 1));
        assertGivenUp(() -> hasty.delete(key("db/0001")));
    }

    @Test
    void givesNoContentToACreationThatWasGivenUp() throws Exception {
        faulty.inject(Operation.CREATE, _ -> true, Fault.hang(gate), 1);
        AtomicReference<Throwable> late = new AtomicReference<>();
        ObjectContent content =
                out -> {
                    try {
                        out.write(1);
                    } catch (IOException e) {
                        late.set(e);
                        throw e;
                    }
                };

        assertGivenUp(
                () -> limited(SHORT, Clock.system()).create(key("db/0001"), CREATED, content));
        gate.open();

        await(() -> late.get() != null);
        assertThat(late.get()).hasMessageContaining("creation of db/0001 was given up");
        assertThat(memory.keys()).isEmpty();
    }

    @Test
    void settlesACreationWhoseAnswerIsLostByRepeatingIt() throws Exception {
        faulty.inject(Operation.CREATE, _ -> true, Fault.hangAfter(gate), 1);
        ObjectStore hasty = limited(SHORT, Clock.system());

        assertGivenUp(() -> hasty.create(key("db/0001"), CREATED, bytes("content")));
        assertThat(read("db/0001")).isEqualTo("content");
        hasty.create(key("db/0001"), CREATED, bytes("content"));
    }

    @Test
    void takesContentThatMovesForASignOfLife() throws Exception {
        SteppedClock clock = new SteppedClock();
        ObjectStore patient = limited(Duration.ofSeconds(10), clock);

        patient.create(
                key("db/0001"),
                CREATED,
                out -> {
                    for (int i = 0; i < 10; i++) {
                        out.write(i);
                        clock.advance(Duration.ofSeconds(8));
                    }
                });

        assertThat(memory.keys()).containsExactly(key("db/0001"));
    }

    @Test
    void closesAStreamThatComesTooLate() throws Exception {
        create("db/0001", "content");
        faulty.inject(Operation.OPEN, _ -> true, Fault.hang(gate), 1);

        assertGivenUp(() -> limited(SHORT, Clock.system()).open(key("db/0001")).close());
        gate.open();

        await(() -> memory.calls(Operation.OPEN) == 1 && memory.openStreams() == 0);
    }

    @Test
    void givesUpAReadThatHangsAndClosesTheStreamWhenItComesBack() throws Exception {
        create("db/0001", "content");
        faulty.inject(Operation.OPEN, _ -> true, Fault.hangReads(gate), 1);

        try (InputStream in = limited(SHORT, Clock.system()).open(key("db/0001"))) {
            assertGivenUp(in::read);
            assertThatThrownBy(in::read).isInstanceOf(IOException.class);
        }
        assertThat(memory.openStreams()).isEqualTo(1);
        gate.open();

        await(() -> memory.openStreams() == 0);
    }

    @Test
    void givesUpEverythingOnceItIsToldTo() throws Exception {
        faulty.inject(Operation.FIND, _ -> true, Fault.hang(gate));
        DeadlineObjectStore patient = limited(LONG, Clock.system());
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread caller =
                Thread.startVirtualThread(() -> {
                    try {
                        patient.find(key("db/0001"));
                    } catch (StorageException e) {
                        failure.set(e);
                    }
                });
        gate.awaitArrival();

        patient.giveUpAfter(Duration.ZERO);
        caller.join();

        assertThat(failure.get()).isInstanceOf(StorageException.Unavailable.class);
        assertGivenUp(() -> patient.find(key("db/0001")));
    }

    private DeadlineObjectStore limited(Duration limit, Clock clock) {
        return new DeadlineObjectStore(
                faulty, new DeadlineObjectStore.Limits(limit, limit, 1 << 20), clock);
    }

    private static void assertGivenUp(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(StorageException.Unavailable.class)
                .hasMessageContaining("was given up");
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.sleep(2);
        }
    }

    /// A clock that goes when it is told to.
    private static final class SteppedClock implements Clock {

        private final AtomicLong nanos = new AtomicLong();

        void advance(Duration by) {
            nanos.addAndGet(by.toNanos());
        }

        @Override
        public Instant instant() {
            return Instant.EPOCH.plusNanos(nanos.get());
        }

        @Override
        public long nanoTime() {
            return nanos.get();
        }

        @Override
        public void sleep(Duration duration) {
            advance(duration);
        }
    }
}
