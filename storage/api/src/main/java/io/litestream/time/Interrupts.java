package io.litestream.time;

/// What is done with an interrupt that reaches a thread which may not end because of it.
public final class Interrupts {

    private Interrupts() {}

    /// Leaves the interrupt to whoever owns the calling thread: its next wait ends at once.
    public static void keep() {
        Thread.currentThread().interrupt();
    }
}
