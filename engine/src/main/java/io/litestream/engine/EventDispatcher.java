package io.litestream.engine;

import io.litestream.time.Interrupts;

import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Hands events to a listener on a thread of its own, in order. A listener that is slow loses
/// events, and never holds up the engine; how many it lost is counted.
final class EventDispatcher implements Consumer<EngineEvent>, AutoCloseable {

    private static final System.Logger logger = System.getLogger(EventDispatcher.class.getName());
    private static final int CAPACITY = 16_384;

    /// Empty for the end: whoever waits for an event learns of it.
    private final BlockingQueue<Optional<EngineEvent>> queue = new ArrayBlockingQueue<>(CAPACITY);

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
        if (!queue.offer(Optional.of(event))) {
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
        queue.offer(Optional.empty()); // or it is full, and nobody waits
        try {
            thread.join();
        } catch (InterruptedException e) {
            Interrupts.keep();
        }
    }

    private void run() {
        while (true) {
            boolean last = closing; // asked first: what was accepted before a close is delivered
            Optional<EngineEvent> event = last ? queue.poll() : take();
            if (event == null) {
                return;
            }
            event.ifPresent(this::deliver);
        }
    }

    private Optional<EngineEvent> take() {
        try {
            return queue.take();
        } catch (InterruptedException e) {
            return Optional.empty(); // nobody does
        }
    }

    private void deliver(EngineEvent event) {
        try {
            listener.accept(event);
        } catch (RuntimeException | Error e) {
            logger.log(System.Logger.Level.ERROR, "listener failed on " + event, e);
        }
    }
}
