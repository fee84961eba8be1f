package io.litestream.cli.command;

import static java.lang.System.Logger.Level.INFO;

import io.litestream.cli.config.DatabaseConfiguration;
import io.litestream.engine.DestinationReport;
import io.litestream.engine.ShutdownReport;

import java.nio.file.Files;
import java.util.Optional;

/// A replication of what is there now.
final class OneShot {

    /// Whether snapshots are written.
    enum Snapshots {
        /// Where one is due, as for a destination that has none.
        WHEN_DUE,
        /// Of every database.
        NOW
    }

    private static final System.Logger LOGGER = System.getLogger(OneShot.class.getName());

    private final Replication replication;
    private final StopRequests stops;

    OneShot(Replication replication, StopRequests stops) {
        this.replication = replication;
        this.stops = stops;
    }

    /// Syncs every database to every destination, and ends.
    ///
    /// @throws CommandException if a database is missing, a destination fails, or a signal comes
    ExitCode run(Snapshots snapshots) throws CommandException, InterruptedException {
        for (DatabaseConfiguration database : replication.configuration().databases()) {
            if (!Files.exists(database.path())) {
                throw new CommandException(
                        "sync replica for %s: no position, waiting for data"
                                .formatted(database.path()));
            }
            LOGGER.log(INFO, "syncing database", "path", database.path());
        }
        syncToTheEnd();
        switch (snapshots) {
            case WHEN_DUE -> {}
            case NOW -> {
                for (DatabaseConfiguration database : replication.configuration().databases()) {
                    LOGGER.log(INFO, "taking snapshot", "path", database.path());
                }
                replication.requestSnapshots();
                syncToTheEnd();
            }
        }
        LOGGER.log(INFO, "one-shot replication complete");
        return replication.stop(stops);
    }

    private void syncToTheEnd() throws CommandException, InterruptedException {
        ShutdownReport report = sync();
        while (!Replication.isComplete(report)) {
            failIfHopeless(report);
            report = sync();
        }
    }

    private ShutdownReport sync() throws InterruptedException {
        return replication.sync(replication.configuration().shutdownSyncInterval());
    }

    private void failIfHopeless(ShutdownReport report) throws CommandException {
        Optional<StopRequests.Request> stop = stops.poll();
        if (stop.isPresent()) {
            throw new CommandException("one-shot replication stopped: " + stop.get());
        }
        for (DestinationReport destination : report.destinations()) {
            if (destination.failure().isPresent()) {
                throw new CommandException(
                        "sync replica for %s: %s: %s"
                                .formatted(
                                        destination.database(),
                                        destination.destination(),
                                        destination.failure().get()));
            }
        }
    }
}
