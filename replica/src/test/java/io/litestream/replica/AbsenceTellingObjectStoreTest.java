package io.litestream.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.storage.ObjectStore;
import io.litestream.storage.StorageException;
import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.FaultyObjectStore;
import io.litestream.storage.testkit.MemoryObjectStore;
import io.litestream.storage.testkit.ObjectStoreContract;
import io.litestream.storage.testkit.Operation;
import io.litestream.storage.testkit.RestrictedObjectStore;
import io.litestream.storage.testkit.Right;

import org.junit.jupiter.api.Test;

import java.util.Set;

final class AbsenceTellingObjectStoreTest extends ObjectStoreContract {

    private final MemoryObjectStore memory = new MemoryObjectStore();
    private final FaultyObjectStore faulty = new FaultyObjectStore(memory);
    private final AbsenceTellingObjectStore store = new AbsenceTellingObjectStore(faulty);

    @Override
    protected ObjectStore store() {
        return store;
    }

    @Test
    void saysWhatIsAbsentWithoutTheRightToList() throws Exception {
        AbsenceTellingObjectStore unlisted =
                new AbsenceTellingObjectStore(
                        new RestrictedObjectStore(memory, Set.of(Right.READ)));
        create("db/0001", "content");

        assertThat(unlisted.find(key("db/0001"))).isPresent();
        assertThat(unlisted.isGuessing()).isFalse();
        assertThat(unlisted.find(key("db/0002"))).isEmpty();
        assertThatThrownBy(() -> unlisted.open(key("db/0002")))
                .isInstanceOf(StorageException.NotFound.class);
        assertThat(unlisted.isGuessing()).isTrue();
        assertThatThrownBy(() -> unlisted.list(key("db"), "", 1))
                .isInstanceOf(StorageException.Denied.class);
    }

    @Test
    void passesADenialOnWhereAbsenceIsTold() throws Exception {
        create("db/secret", "content");
        for (Operation operation : Set.of(Operation.FIND, Operation.OPEN)) {
            faulty.inject(
                    operation,
                    key("db/secret")::equals,
                    Fault.failBefore(() -> new StorageException.Denied("secret", null)));
        }

        assertThatThrownBy(() -> store.find(key("db/secret")))
                .isInstanceOf(StorageException.Denied.class);
        assertThatThrownBy(() -> store.open(key("db/secret")))
                .isInstanceOf(StorageException.Denied.class);
        assertThat(store.find(key("db/none"))).isEmpty();
        assertThat(store.isGuessing()).isFalse();
    }

    @Test
    void asksAgainIfItGotNoAnswer() throws Exception {
        faulty.inject(
                Operation.FIND,
                key("db/0001")::equals,
                Fault.failBefore(() -> new StorageException.Denied("absent?", null)));
        faulty.inject(
                Operation.FIND,
                AbsenceTellingObjectStore.IMPOSSIBLE::equals,
                Fault.failBefore(),
                1);

        assertThatThrownBy(() -> store.find(key("db/0001")))
                .isInstanceOf(StorageException.Unavailable.class);
        assertThatThrownBy(() -> store.find(key("db/0001")))
                .isInstanceOf(StorageException.Denied.class);
    }
}
