package io.litestream.engine;

import io.litestream.ltx.Txid;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// What is done in each step of a database that is open: look, capture if somebody needs it, send,
/// rest. How depends on the journal mode. Confined to the step of its database.
sealed interface Replication permits WalReplication, RollbackReplication {

    /// What comes after a step.
    enum Then {
        STAY,
        /// Nothing to do: close it until it changes.
        REST,
        /// The connections are closed, since the file is another one, or has another journal mode.
        REOPEN
    }

    /// How a step ended.
    ///
    /// @param seen what the files looked like
    /// @param allCaptured whether everything that was committed before the step is captured
    /// @param notBefore when a change of the files is reason for a step, on the clock's steady
    ///   count
    /// @param at when the next step is due on that count, if nothing changes
    /// @param wakeIn how long until something is due that cannot wait for the next sweep
    record Next(
            Then then,
            Look seen,
            boolean allCaptured,
            long notBefore,
            long at,
            Optional<Duration> wakeIn) {}

    /// Returns the newest transaction of the line.
    Txid head();

    /// @param requested whether somebody waits for everything to be captured
    Next step(boolean requested) throws IOException;

    /// Gives up what is being streamed, and closes the database; returns what its files looked like
    /// before.
    Look close(OpenDatabase.Ending ending);
}
