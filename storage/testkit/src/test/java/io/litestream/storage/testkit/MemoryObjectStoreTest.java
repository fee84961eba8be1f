package io.litestream.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.storage.ObjectStore;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.InputStream;

final class MemoryObjectStoreTest extends ObjectStoreContract {

    private final MemoryObjectStore store = new MemoryObjectStore();

    @Override
    protected ObjectStore store() {
        return store;
    }

    @AfterEach
    void everyStreamIsClosed() {
        assertThat(store.openStreams()).isZero();
    }

    @Test
    void countsCallsAndBytes() throws Exception {
        create("db/0001", "0123456789");
        store.resetCounts();

        create("db/0002", "abc");
        try (InputStream in = store.open(key("db/0001"), 2, 5)) {
            in.readAllBytes();
        }
        keys("db");
        keys("db");

        assertThat(store.calls(Operation.CREATE)).isEqualTo(1);
        assertThat(store.calls(Operation.OPEN)).isEqualTo(1);
        assertThat(store.calls(Operation.LIST)).isEqualTo(2);
        assertThat(store.calls(Operation.DELETE)).isZero();
        assertThat(store.calls()).isEqualTo(4);
        assertThat(store.bytesRead()).isEqualTo(5);
        assertThat(store.bytesWritten()).isEqualTo(3);
    }

    @Test
    void tellsOfStreamsThatAreNotClosed() throws Exception {
        create("db/0001", "content");

        InputStream in = store.open(key("db/0001"));
        assertThat(store.openStreams()).isEqualTo(1);
        in.close();
        in.close();

        assertThat(store.openStreams()).isZero();
    }

    @Test
    void refusesCallsAfterItsClose() {
        store.close();

        assertThatThrownBy(() -> create("db/0001", "content"))
                .isInstanceOf(IllegalStateException.class);
    }
}
