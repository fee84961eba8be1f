package io.litestream.engine;

import java.nio.file.Path;
import java.util.List;

/// How a sync ended, or an engine.
///
/// @param destinations how far each destination is with each database, as it was when the sync
///   began: what was committed later is not missing
/// @param notCaptured databases whose last commits may not even be in the local state
public record ShutdownReport(List<DestinationReport> destinations, List<Path> notCaptured) {

    public ShutdownReport {
        destinations = List.copyOf(destinations);
        notCaptured = List.copyOf(notCaptured);
    }

    /// Says whether every commit is at every destination.
    public boolean isComplete() {
        return notCaptured.isEmpty()
                && destinations.stream().allMatch(DestinationReport::isComplete);
    }
}
