package io.litestream.engine;

import io.litestream.time.Interrupts;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Hands events to a listener on a thread of its own, in order. A listener that is slow loses
/// events, and never holds up the engine; how many it lost is counted.
final class EventDispatcher implements Consumer<EngineEvent>, AutoCloseable {

    private static final System.Logger logger = System.getLogger(EventDispatcher.class.getName());
    private static final int CAPACITY = 16_384;
    private static final long POLL_MILLIS = 200;

    private final BlockingQueue<EngineEvent> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final AtomicLong lost = new AtomicLong();
    private final Consumer<EngineEvent> listener;
    private final Thread thread;
    private volatile boolean closing;

    EventDispatcher(Consumer<EngineEvent> listener) {
        this.listener = listener;
        this.thread = Thread.ofPlatform().name("litestream-events").daemon().start(this::run);
    }

    @Override
    public void accept(EngineEvent event) {
        if (!queue.offer(event)) {
            lost.incrementAndGet();
        }
    }

    long lost() {
        return lost.get();
    }

    /// Delivers what has been accepted, and ends.
    @Override
    public void close() {
        closing = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Interrupts.keep();
        }
    }

    private void run() {
        while (true) {
            boolean last = closing; // asked first: what was accepted before a close is delivered
            EngineEvent event = poll();
            if (event != null) {
                deliver(event);
            } else if (last) {
                return;
            }
        }
    }

    private @org.jspecify.annotations.Nullable EngineEvent poll() {
        try {
            return closing ? queue.poll() : queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return queue.poll();
        }
    }

    private void deliver(EngineEvent event) {
        try {
            listener.accept(event);
        } catch (RuntimeException e) {
            logger.log(System.Logger.Level.ERROR, "listener failed on " + event, e);
        }
    }
}
