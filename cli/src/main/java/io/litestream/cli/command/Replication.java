package io.litestream.cli.command;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.litestream.cli.config.Configuration;
import io.litestream.cli.config.DatabaseConfiguration;
import io.litestream.cli.config.ReplicaConfiguration;
import io.litestream.cli.config.RetentionConfiguration;
import io.litestream.engine.DatabaseSettings;
import io.litestream.engine.DatabaseState;
import io.litestream.engine.DestinationReport;
import io.litestream.engine.DestinationSettings;
import io.litestream.engine.DestinationState;
import io.litestream.engine.Engine;
import io.litestream.engine.EngineSettings;
import io.litestream.engine.RetentionSettings;
import io.litestream.engine.ShutdownReport;
import io.litestream.replica.Replica;
import io.litestream.storage.Bandwidth;
import io.litestream.time.Clock;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// A running engine, made from the configuration, and how it ends.
final class Replication implements AutoCloseable {

    private static final System.Logger LOGGER = System.getLogger(Replication.class.getName());

    private static final String NO_BASE =
            ", but it cannot be restored: the whole database is not there";

    private final Engine engine;
    private final Configuration configuration;
    private final Clock clock;
    private final HeapReturn heap;

    private Replication(Engine engine, Configuration configuration, Clock clock, HeapReturn heap) {
        this.engine = engine;
        this.configuration = configuration;
        this.clock = clock;
        this.heap = heap;
    }

    /// Starts to replicate the databases of a configuration.
    ///
    /// @throws IOException if a path cannot be resolved; nothing runs then
    static Replication start(Configuration configuration, Shell shell) throws IOException {
        Clock clock = shell.clock();
        Replicas replicas = Replicas.of(shell);
        Optional<Bandwidth> ofAll = replicas.bandwidth(configuration.bandwidth());
        HeapReturn heap = HeapReturn.start();
        Engine engine =
                new Engine(
                        settings(configuration),
                        clock,
                        RandomGenerator.getDefault(),
                        new EventLog(clock).andThen(heap));
        try {
            engine.start(
                    configuration.databases().stream()
                            .map(database -> settings(database, replicas, ofAll))
                            .toList(),
                    monitorInterval(configuration));
            return new Replication(engine, configuration, clock, heap);
        } catch (IOException | RuntimeException e) {
            engine.close();
            heap.close();
            throw e;
        }
    }

    /// Returns what the engine is told of all databases together.
    static EngineSettings settings(Configuration configuration) {
        return EngineSettings.DEFAULT
                .withShutdownSyncTimeout(configuration.shutdownSyncTimeout())
                .withValidationInterval(configuration.validationInterval());
    }

    /// Returns what the engine is told of a database.
    static DatabaseSettings settings(
            DatabaseConfiguration database, Replicas replicas, Optional<Bandwidth> ofAll) {
        return new DatabaseSettings(
                database.path(),
                database.metaPath(),
                database.monitorInterval(),
                database.checkpointInterval(),
                database.busyTimeout(),
                database.journalMode(),
                database.minCheckpointPages(),
                database.truncatePages(),
                database.maxSyncWalBytes(),
                database.upkeep(),
                database.replicas().stream()
                        .map(replica -> settings(replica, replicas.open(replica, ofAll)))
                        .toList());
    }

    private static DestinationSettings settings(ReplicaConfiguration configured, Replica replica) {
        DestinationSettings standard =
                new DestinationSettings(configured.name(), replica, configured.syncInterval());
        DestinationSettings settings =
                configured
                        .validationInterval()
                        .map(standard::withValidationInterval)
                        .orElse(standard);
        RetentionConfiguration retention = configured.retention();
        return switch (retention.enforcement()) {
            case ON ->
                    settings.with(
                            new RetentionSettings(retention.policy(), retention.checkInterval()));
            case OFF -> settings;
        };
    }

    /// The engine looks at all databases in one sweep: as often as the most demanding of them asks.
    private static Duration monitorInterval(Configuration configuration) {
        return configuration.databases().stream()
                .map(DatabaseConfiguration::monitorInterval)
                .min(Comparator.naturalOrder())
                .orElse(DatabaseSettings.DEFAULT_MONITOR_INTERVAL);
    }

    Configuration configuration() {
        return configuration;
    }

    /// Makes a snapshot of every database due.
    void requestSnapshots() {
        engine.requestSnapshots();
    }

    /// Waits until all that is committed now is at every destination, but only for so long.
    ShutdownReport sync(Duration limit) throws InterruptedException {
        return engine.sync(limit);
    }

    /// Returns the state of a database; empty if it is not replicated here.
    Optional<DatabaseState> state(Path database) {
        return engine.state(database);
    }

    Clock clock() {
        return clock;
    }

    /// Tells whether every commit is at every destination. A database that does not exist, or that
    /// nobody has written to yet, has none.
    static boolean isComplete(ShutdownReport report) {
        return report.notCaptured().stream().allMatch(Replication::hasNoData)
                && report.destinations().stream().allMatch(DestinationReport::isComplete);
    }

    /// Says whether nobody has written to a database yet.
    static boolean hasNoData(Path database) {
        try {
            return Files.size(database) == 0;
        } catch (NoSuchFileException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /// Syncs for the last time: again and again until everything is at every destination, the time
    /// is over, or another signal comes. Then ends the engine, and tells how far each is.
    ExitCode stop(StopRequests stops) throws InterruptedException {
        return end(lastSync(stops));
    }

    /// Ends the engine without another sync, and tells how far each destination was.
    ExitCode end(ShutdownReport last) {
        close();
        return tell(last);
    }

    private ShutdownReport lastSync(StopRequests stops) throws InterruptedException {
        Duration timeout = configuration.shutdownSyncTimeout();
        Duration interval = configuration.shutdownSyncInterval();
        long start = clock.nanoTime();
        ShutdownReport report = engine.sync(interval);
        if (isFinal(report)) {
            return report;
        }
        LOGGER.log(
                WARNING,
                "shutdown sync failed, retrying (press Ctrl+C again to skip)",
                "timeout",
                timeout);
        while (!isFinal(report)) {
            Duration left = timeout.minusNanos(clock.nanoTime() - start);
            if (!left.isPositive()) {
                LOGGER.log(ERROR, "shutdown sync failed after timeout", "timeout", timeout);
                return report;
            }
            if (stops.poll().isPresent()) {
                LOGGER.log(WARNING, "shutdown sync skipped by user interrupt");
                return report;
            }
            report = engine.sync(left.compareTo(interval) < 0 ? left : interval);
        }
        if (isComplete(report)) {
            LOGGER.log(INFO, "shutdown sync succeeded after retry");
        }
        return report;
    }

    /// Tells whether another sync would change nothing: all is done but what is for those
    /// destinations to which nothing is sent any more.
    private static boolean isFinal(ShutdownReport report) {
        return report.notCaptured().stream().allMatch(Replication::hasNoData)
                && report.destinations().stream()
                        .allMatch(each ->
                                each.isComplete() || each.state() == DestinationState.STOPPED);
    }

    /// Tells how far each destination is.
    private static ExitCode tell(ShutdownReport report) {
        report.destinations().forEach(Replication::tell);
        for (Path database : report.notCaptured()) {
            if (!hasNoData(database)) {
                LOGGER.log(
                        ERROR,
                        "last commits not captured, the next start does it",
                        "path",
                        database);
            }
        }
        LOGGER.log(INFO, "litestream shut down");
        return isComplete(report) ? ExitCode.SUCCESS : ExitCode.FAILURE;
    }

    private static void tell(DestinationReport destination) {
        long missing = destination.notUploaded();
        boolean useless = destination.durable().isPresent() && !destination.restorable();
        String message =
                "%s; %d transactions not uploaded%s"
                        .formatted(
                                destination
                                        .durable()
                                        .map(txid -> "durable through " + txid)
                                        .orElse("nothing durable"),
                                missing,
                                useless ? NO_BASE : "");
        String name = String.valueOf(destination.database().getFileName());
        if (missing == 0 && !useless) {
            LOGGER.log(INFO, message, "db", name, "replica", destination.destination());
        } else {
            LOGGER.log(
                    ERROR,
                    message,
                    "db",
                    name,
                    "replica",
                    destination.destination(),
                    "error",
                    destination.failure().orElse("not tried since"));
        }
    }

    /// Ends the engine, without a last sync if there was none.
    @Override
    public void close() {
        engine.close();
        heap.close();
    }
}
