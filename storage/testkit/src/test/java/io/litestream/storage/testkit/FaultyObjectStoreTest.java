package io.litestream.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.storage.ObjectStore;
import io.litestream.storage.StorageException;
import io.litestream.time.Clock;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;

final class FaultyObjectStoreTest extends ObjectStoreContract {

    private final MemoryObjectStore memory = new MemoryObjectStore();
    private final FaultyObjectStore store = new FaultyObjectStore(memory);

    @Override
    protected ObjectStore store() {
        return store;
    }

    @AfterEach
    void everyStreamIsClosed() {
        assertThat(memory.openStreams()).isZero();
    }

    @Test
    void failsBeforeAnythingIsDone() {
        store.inject(Operation.CREATE, _ -> true, Fault.failBefore());

        assertThatThrownBy(() -> create("db/0001", "content"))
                .isInstanceOf(StorageException.Unavailable.class);

        assertThat(memory.keys()).isEmpty();
    }

    @Test
    void failsAfterEverythingIsDone() throws Exception {
        store.inject(Operation.CREATE, _ -> true, Fault.failAfter(), 1);

        assertThatThrownBy(() -> create("db/0001", "content"))
                .isInstanceOf(StorageException.Unavailable.class);

        assertThat(memory.keys()).containsExactly(key("db/0001"));
        create("db/0001", "content");
    }

    @Test
    void failsAsItIsTold() {
        store.injectEverywhere(
                Fault.failBefore(() -> new StorageException.Rejected("no credentials", null)));

        assertThatThrownBy(() -> keys("db"))
                .isInstanceOf(StorageException.Rejected.class)
                .hasMessage("no credentials");
        assertThatThrownBy(() -> read("db/0001")).isInstanceOf(StorageException.Rejected.class);
        assertThat(memory.calls()).isZero();
    }

    @Test
    void sparesOtherOperationsAndKeys() throws Exception {
        var injection =
                store.inject(
                        Operation.DELETE, key -> key.name().equals("0001"), Fault.failBefore());
        create("db/0001", "a");
        create("db/0002", "b");

        store.delete(key("db/0002"));
        assertThatThrownBy(() -> store.delete(key("db/0001"))).isInstanceOf(IOException.class);

        assertThat(injection.hits()).isEqualTo(1);
        assertThat(keys("db")).containsExactly("db/0001");
    }

    @Test
    void befallsAsManyCallsAsWanted() throws Exception {
        var injection = store.inject(Operation.LIST, _ -> true, Fault.failBefore(), 2);

        assertThatThrownBy(() -> keys("db")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> keys("db")).isInstanceOf(IOException.class);

        assertThat(keys("db")).isEmpty();
        assertThat(injection.hits()).isEqualTo(2);
    }

    @Test
    void isWholeAgainAfterHealing() throws Exception {
        store.injectEverywhere(Fault.failBefore()).remove();
        create("db/0001", "content");

        store.injectEverywhere(Fault.failBefore());
        assertThatThrownBy(() -> keys("db")).isInstanceOf(IOException.class);
        store.heal();

        assertThat(keys("db")).containsExactly("db/0001");
    }

    @Test
    void hangsUntilTheGateOpens() throws Exception {
        Gate gate = new Gate();
        store.inject(Operation.CREATE, _ -> true, Fault.hang(gate));

        Thread caller = Thread.startVirtualThread(() -> createUnchecked("db/0001"));
        gate.awaitArrival();

        assertThat(memory.keys()).isEmpty();
        gate.open();
        caller.join();
        assertThat(memory.keys()).containsExactly(key("db/0001"));
        create("db/0002", "passes an open gate");
    }

    @Test
    void truncatesBreaksAndCorruptsWhatIsRead() throws Exception {
        create("db/0001", "0123456789");

        store.inject(Operation.OPEN, _ -> true, Fault.truncateReads(4), 1);
        assertThat(read("db/0001")).isEqualTo("0123");

        store.inject(Operation.OPEN, _ -> true, Fault.breakReads(4), 1);
        try (InputStream in = store.open(key("db/0001"), 2, 8)) {
            assertThat(new String(in.readNBytes(4), StandardCharsets.UTF_8)).isEqualTo("2345");
            assertThatThrownBy(in::read).isInstanceOf(IOException.class);
        }

        store.inject(Operation.OPEN, _ -> true, Fault.corruptReads(4), 2);
        assertThat(read("db/0001")).isEqualTo("0123556789");
        try (InputStream in = store.open(key("db/0001"), 3, 4)) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("3556");
        }
        assertThat(read("db/0001")).isEqualTo("0123456789");
    }

    @Test
    void takesLonger() throws Exception {
        RecordingClock clock = new RecordingClock();
        store.inject(Operation.LIST, _ -> true, Fault.slow(Duration.ofHours(1), clock));

        keys("db");

        assertThat(clock.slept).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void refusesFaultsThatCannotBefallACall() {
        assertThatThrownBy(() -> store.inject(Operation.CREATE, _ -> true, Fault.truncateReads(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void repeatsItsRandomFaultsFromTheSeed() {
        String first = outcomes(42);

        assertThat(outcomes(42)).isEqualTo(first).contains("x").contains(".");
        assertThat(outcomes(43)).isNotEqualTo(first);
    }

    private static String outcomes(long seed) {
        FaultyObjectStore store = new FaultyObjectStore(new MemoryObjectStore());
        store.injectRandomly(
                new Random(seed),
                0.3,
                List.of(Fault.failBefore(), Fault.failAfter(), Fault.corruptReads(0)));
        StringBuilder outcomes = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            try {
                store.create(key("db/" + i), CREATED, out -> out.write(1));
                outcomes.append('.');
            } catch (IOException _) {
                outcomes.append('x');
            }
        }
        return outcomes.toString();
    }

    private void createUnchecked(String key) {
        try {
            create(key, "content");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class RecordingClock implements Clock {

        private Duration slept = Duration.ZERO;

        @Override
        public Instant instant() {
            return CREATED;
        }

        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public void sleep(Duration duration) {
            slept = slept.plus(duration);
        }
    }
}
