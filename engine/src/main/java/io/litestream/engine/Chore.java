package io.litestream.engine;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/// One thing that is done for a destination over and over: merge a level, delete what is too old.
///
/// The chores of a destination run one at a time, in their order.
interface Chore {

    /// Returns what log lines call it, such as `compaction`.
    String name();

    /// Returns how often it is done: at the multiples of this on the wall clock, since 1970, and
    /// once at the start.
    Duration interval();

    /// Does what is due. It asks nothing of the store if, as far as is known here, there is nothing
    /// to do.
    ///
    /// @throws IOException if it could not be done; it is tried again, and nothing is lost
    void run(Turn turn) throws IOException;

    /// One run of a chore.
    ///
    /// @param now when it began
    /// @param ending says that the engine closes: what takes long is given up, with an exception
    record Turn(Instant now, BooleanSupplier ending) {}
}
