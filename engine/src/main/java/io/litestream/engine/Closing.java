package io.litestream.engine;

import io.litestream.storage.file.SystemReason;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/// One of several things that are closed one after the other, whatever fails.
///
/// @param what names it for people
record Closing(String what, Action action) {

    /// Closes something.
    @FunctionalInterface
    interface Action {
        void run() throws IOException;
    }

    /// Closes all in order, and reports those that fail.
    static void all(Path database, Consumer<EngineEvent> events, Closing... all) {
        for (Closing each : all) {
            try {
                each.action.run();
            } catch (IOException e) {
                String reason =
                        "cannot close %s: %s".formatted(each.what, SystemReason.withPath(e));
                events.accept(new EngineEvent.Degraded(database, reason));
            }
        }
    }
}
