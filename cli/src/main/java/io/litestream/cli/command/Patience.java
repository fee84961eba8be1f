package io.litestream.cli.command;

import io.litestream.engine.DatabaseState;
import io.litestream.engine.DestinationReport;
import io.litestream.engine.ShutdownReport;
import io.litestream.time.Clock;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Says whether waiting for destinations may still help. What fails is given time, counted from the
/// first failure since the last success; what only a person can end is given none.
final class Patience {

    private final Duration limit;
    private final Clock clock;
    private final Map<DestinationName, Trouble> failing = new HashMap<>();
    private final Map<Path, Long> degraded = new HashMap<>(); // since when, on the steady count

    private record DestinationName(Path database, String destination) {}

    /// Failures without a success between them.
    ///
    /// @param since as the engine tells it
    /// @param noted when that was first seen, on the clock's steady count
    private record Trouble(Instant since, long noted) {}

    /// @param limit how long something may fail
    Patience(Duration limit, Clock clock) {
        this.limit = limit;
        this.clock = clock;
    }

    /// Says whether a destination may still get what it lacks.
    ///
    /// @param states the state of each database; empty if it is not replicated
    boolean hasHope(ShutdownReport report, Function<Path, Optional<DatabaseState>> states) {
        boolean hope = false;
        for (DestinationReport destination : report.destinations()) {
            Path database = destination.database();
            boolean captured = !report.notCaptured().contains(database);
            boolean lasts = lasts(database, states.apply(database));
            boolean waits = !captured || !destination.isComplete();
            hope |= waits && lasts && mayRecover(destination);
        }
        return hope;
    }

    /// Says whether a database can be read, or could be lately.
    private boolean lasts(Path database, Optional<DatabaseState> state) {
        if (state.isPresent() && state.get() == DatabaseState.DEGRADED) {
            return isRecent(degraded.computeIfAbsent(database, _ -> clock.nanoTime()));
        }
        degraded.remove(database);
        return true;
    }

    private boolean mayRecover(DestinationReport destination) {
        return switch (destination.state()) {
            case STARTING, READY, FAILING ->
                    destination.failingSince().isEmpty()
                            || isRecent(noted(destination, destination.failingSince().get()));
            case REFUSED, STOPPED, CLOSED -> false;
        };
    }

    private long noted(DestinationReport destination, Instant since) {
        return failing.compute(
                        new DestinationName(destination.database(), destination.destination()),
                        (_, known) ->
                                known != null && known.since().equals(since)
                                        ? known
                                        : new Trouble(since, clock.nanoTime()))
                .noted();
    }

    private boolean isRecent(long since) {
        return clock.nanoTime() - since < limit.toNanos();
    }
}
