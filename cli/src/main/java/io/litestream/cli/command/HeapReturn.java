package io.litestream.cli.command;

import io.litestream.engine.EngineEvent;
import io.litestream.time.Interrupts;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Gives memory back to the system once a burst of work is over: a start, a snapshot, or many
/// databases that were written at once.
///
/// The collector keeps what the heap has grown to until a full collection, and nothing calls for
/// one while little is allocated. So one is made when events have become few, if the heap is much
/// larger than what the last one left. With the heap at most 128 MiB, it takes some 50 ms.
final class HeapReturn implements Consumer<EngineEvent>, AutoCloseable {

    static final long WORTH_BYTES = 32L << 20;
    static final int FEW_EVENTS = 50;

    private static final Duration PERIOD = Duration.ofSeconds(10);
    private static final int PERIODS_BETWEEN = 6;

    private final Heap heap;
    private final AtomicLong events = new AtomicLong();
    private final Semaphore ending = new Semaphore(0);
    private long left; // confined to who looks: the heap after the last collection
    private int periods = PERIODS_BETWEEN; // confined to who looks: since then

    /// @param heap what is looked at
    HeapReturn(Heap heap) {
        this.heap = heap;
    }

    /// The heap of a JVM.
    interface Heap {

        /// What the heap takes of the system's memory, used or not.
        long bytes();

        /// Collects all garbage, and gives back what is not needed.
        void collect();
    }

    /// Looks at the heap of this process from now on, until it is closed.
    static HeapReturn start() {
        HeapReturn started = new HeapReturn(new OwnHeap());
        Thread.ofVirtual().name("litestream-heap").start(started::run);
        return started;
    }

    @Override
    public void accept(EngineEvent event) {
        events.incrementAndGet();
    }

    /// Called once in each period.
    void look() {
        boolean quiet = events.getAndSet(0) <= FEW_EVENTS;
        periods++;
        long now = heap.bytes();
        boolean worth = now >= WORTH_BYTES && now >= left + left / 2;
        if (quiet && worth && periods >= PERIODS_BETWEEN) {
            heap.collect();
            left = heap.bytes();
            periods = 0;
        }
    }

    private void run() {
        try {
            while (!ending.tryAcquire(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Interrupts.keep(); // nobody does
        }
    }

    @Override
    public void close() {
        ending.release();
    }

    private static final class OwnHeap implements Heap {

        @Override
        public long bytes() {
            return Runtime.getRuntime().totalMemory();
        }

        @Override
        public void collect() {
            System.gc();
        }
    }
}
