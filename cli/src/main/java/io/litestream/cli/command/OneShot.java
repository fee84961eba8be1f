package io.litestream.cli.command;

import static java.lang.System.Logger.Level.INFO;

import io.litestream.cli.config.Configuration;
import io.litestream.cli.config.DatabaseConfiguration;
import io.litestream.engine.ShutdownReport;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

    /// Between two looks, where a database refuses at once.
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final Replication replication;
    private final StopRequests stops;

    OneShot(Replication replication, StopRequests stops) {
        this.replication = replication;
        this.stops = stops;
    }

    /// Syncs every database to every destination, and ends. What fails is tried again, for the time
    /// that a last sync has; meanwhile, and afterwards, the others get all they lack.
    ///
    /// @throws CommandException if a database is missing, a destination fails for good, or a signal
    ///   comes
    ExitCode run(Snapshots snapshots) throws CommandException, InterruptedException {
        List<Path> missing = new ArrayList<>();
        for (DatabaseConfiguration database : replication.configuration().databases()) {
            LOGGER.log(INFO, "syncing database", "path", database.path());
            if (!Files.exists(database.path())) {
                missing.add(database.path());
            }
        }
        ShutdownReport report = syncToTheEnd();
        switch (snapshots) {
            case WHEN_DUE -> {}
            case NOW -> {
                for (DatabaseConfiguration database : replication.configuration().databases()) {
                    LOGGER.log(INFO, "taking snapshot", "path", database.path());
                }
                replication.requestSnapshots();
                report = syncToTheEnd();
            }
        }
        if (!missing.isEmpty() || !Replication.isComplete(report)) {
            replication.end(report);
            throw new CommandException(reasons(missing, report));
        }
        LOGGER.log(INFO, "one-shot replication complete");
        return replication.end(report);
    }

    /// Syncs until all destinations are done, or waiting for those that are not helps no more.
    private ShutdownReport syncToTheEnd() throws CommandException, InterruptedException {
        Configuration configuration = replication.configuration();
        Patience patience = new Patience(configuration.shutdownSyncTimeout(), replication.clock());
        ShutdownReport report = replication.sync(configuration.shutdownSyncInterval());
        while (!Replication.isComplete(report) && patience.hasHope(report, replication::state)) {
            Optional<StopRequests.Request> stop = stops.await(PAUSE);
            if (stop.isPresent()) {
                throw new CommandException("one-shot replication stopped: " + stop.get());
            }
            report = replication.sync(configuration.shutdownSyncInterval());
        }
        return report;
    }

    private static String reasons(List<Path> missing, ShutdownReport report) {
        Stream<String> absent =
                missing.stream()
                        .map("sync replica for %s: no position, waiting for data"::formatted);
        Stream<String> databases =
                report.notCaptured().stream()
                        .filter(path -> !Replication.hasNoData(path))
                        .map(path -> "sync %s: it cannot be read, see the log".formatted(path));
        Stream<String> destinations =
                report.destinations().stream()
                        .filter(each -> !each.isComplete())
                        .map(each ->
                                "sync replica for %s: %s: %s"
                                        .formatted(
                                                each.database(),
                                                each.destination(),
                                                each.failure().orElse("not all was uploaded")));
        return Stream.of(absent, databases, destinations)
                .flatMap(each -> each)
                .collect(Collectors.joining("; "));
    }
}
