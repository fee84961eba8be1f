package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.engine.EngineEvent;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;

final class HeapReturnTest {

    private static final long LARGE = HeapReturn.WORTH_BYTES * 3;

    private final FakeHeap heap = new FakeHeap();
    private final HeapReturn watch = new HeapReturn(heap);

    @Test
    void collectsOnceAfterABurst() {
        heap.bytes = LARGE;
        burst();
        watch.look();
        assertThat(heap.collections).as("while much happens").isZero();

        lookOften();

        assertThat(heap.collections).isEqualTo(1);
    }

    @Test
    void collectsAgainWhenTheHeapHasGrownAgain() {
        heap.bytes = LARGE;
        lookOften();
        heap.bytes = LARGE;
        lookOften();

        assertThat(heap.collections).isEqualTo(2);
    }

    @Test
    void leavesASmallHeapAlone() {
        heap.bytes = HeapReturn.WORTH_BYTES - 1;
        lookOften();

        assertThat(heap.collections).isZero();
    }

    @Test
    void leavesAHeapAloneThatIsNeeded() {
        heap.bytes = LARGE;
        heap.needed = LARGE - 1;
        lookOften();

        assertThat(heap.collections).isEqualTo(1);
    }

    @Test
    void collectsThoughAFewDatabasesGoOn() {
        heap.bytes = LARGE;
        watch.accept(new EngineEvent.Rested(Path.of("db")));
        watch.look();

        assertThat(heap.collections).isEqualTo(1);
    }

    private void burst() {
        for (int i = 0; i <= HeapReturn.FEW_EVENTS; i++) {
            watch.accept(new EngineEvent.Rested(Path.of("db")));
        }
    }

    private void lookOften() {
        for (int i = 0; i < 20; i++) {
            watch.look();
        }
    }

    private static final class FakeHeap implements HeapReturn.Heap {

        private long bytes;
        private long needed = 10 << 20;
        private int collections;

        @Override
        public long bytes() {
            return bytes;
        }

        @Override
        public void collect() {
            collections++;
            bytes = needed;
        }
    }
}
