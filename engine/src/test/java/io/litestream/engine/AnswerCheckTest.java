package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.ltx.Txid;
import io.litestream.replica.KeyLayout;
import io.litestream.replica.Replica;
import io.litestream.storage.StorageException;
import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.FaultyObjectStore;
import io.litestream.storage.testkit.Gate;
import io.litestream.storage.testkit.MemoryObjectStore;
import io.litestream.storage.testkit.Operation;
import io.litestream.time.Clock;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;

final class AnswerCheckTest {

    private static final Txid SLOT = new Txid(7);
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final Duration LONG = Duration.ofSeconds(30);

    private final FaultyObjectStore store = new FaultyObjectStore(new MemoryObjectStore());
    private final AnswerCheck check =
            new AnswerCheck(new Replica("memory", store, KeyLayout.PLAIN), Clock.system());
    private final Gate gate = new Gate();

    @AfterEach
    void open() {
        gate.open();
    }

    @Test
    void takesARefusalForAnAnswer() {
        store.inject(
                Operation.FIND,
                _ -> true,
                Fault.failBefore(() -> new StorageException.Denied("no right", null)));

        assertThatCode(() -> check.ask(SLOT, LONG)).doesNotThrowAnyException();
    }

    @Test
    void failsAtOnceIfTheStoreRefusesForNow() {
        store.inject(Operation.FIND, _ -> true, Fault.failBefore());

        assertThatThrownBy(() -> check.ask(SLOT, LONG))
                .isInstanceOf(StorageException.Unavailable.class)
                .hasMessageContaining("injected");
    }

    @Test
    void doesNotWaitForAQuestionThatWasLost() {
        store.inject(Operation.FIND, _ -> true, Fault.hang(gate), 1);

        assertThatThrownBy(() -> check.ask(SLOT, SHORT))
                .isInstanceOf(StorageException.Unavailable.class)
                .hasMessageContaining("did not answer");
        assertThatCode(() -> check.ask(SLOT, LONG)).doesNotThrowAnyException();
    }

    @Test
    void takesAnAnswerThatComesLate() {
        store.inject(Operation.FIND, _ -> true, Fault.hang(gate), 2);

        assertThatThrownBy(() -> check.ask(SLOT, SHORT))
                .isInstanceOf(StorageException.Unavailable.class);
        gate.open();

        assertThatCode(() -> check.ask(SLOT, LONG)).doesNotThrowAnyException();
    }
}
