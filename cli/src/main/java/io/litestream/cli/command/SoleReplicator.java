package io.litestream.cli.command;

import io.litestream.cli.config.DatabaseConfiguration;
import io.litestream.replica.state.StateDirectory;
import io.litestream.time.Clock;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Makes sure before a start that nobody else replicates the same databases. Who begins to later
/// finds a database locked, and waits.
final class SoleReplicator {

    /// How long somebody who is just ending may take: a killed process lives on for a moment.
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final Duration PAUSE = Duration.ofMillis(50);

    private final Clock clock;

    SoleReplicator(Clock clock) {
        this.clock = clock;
    }

    /// @throws CommandException if another process replicates one of the databases
    void require(List<DatabaseConfiguration> databases)
            throws CommandException, IOException, InterruptedException {
        long deadline = clock.nanoTime() + PATIENCE.toNanos();
        for (DatabaseConfiguration database : databases) {
            StateDirectory state = new StateDirectory(database.metaPath());
            while (isHeld(state)) {
                if (clock.nanoTime() - deadline >= 0) {
                    throw new CommandException(refusal(database.path(), state));
                }
                clock.sleep(PAUSE);
            }
        }
    }

    private static boolean isHeld(StateDirectory state) throws IOException {
        if (!Files.isDirectory(state.path()) || !Files.isWritable(state.path())) {
            return false; // what is wrong with it is said when it is used
        }
        Optional<StateDirectory.Lock> lock = state.tryLock();
        if (lock.isEmpty()) {
            return true;
        }
        lock.get().close();
        return false;
    }

    private static String refusal(Path database, StateDirectory state) throws IOException {
        OptionalLong owner = state.lockOwner();
        return "another process%s replicates %s already, and holds %s; stop it, or do not start a second one"
                .formatted(
                        owner.isPresent() ? " (" + owner.getAsLong() + ")" : "",
                        database,
                        state.path());
    }
}
