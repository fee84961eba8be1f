package io.litestream.engine;

import io.litestream.ltx.Txid;
import io.litestream.time.Clock;
import io.litestream.time.Interrupts;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// Replicates many databases, each to any number of destinations, from one process.
///
/// Any thread may call. Nothing is ever written to a database.
public final class Engine implements AutoCloseable {

    private static final System.Logger logger = System.getLogger(Engine.class.getName());
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(60);
    static final Duration FIRST_BACKOFF = Duration.ofMillis(200);
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final int OPEN_AT_ONCE = 200;
    private static final Duration LAST_BACKOFF = Duration.ofSeconds(2);

    private final Collection<Database> databases = new CopyOnWriteArrayList<>();
    private final EventDispatcher events;
    private final Context context;
    private volatile @Nullable Sweep sweep;
    private volatile boolean closed;

    /// Starts nothing yet but the threads.
    ///
    /// @param listener called on a thread of its own; if it is slow it misses events
    public Engine(
            EngineSettings settings,
            Clock clock,
            RandomGenerator random,
            Consumer<EngineEvent> listener) {
        this(settings, clock, random, listener, OPEN_AT_ONCE);
    }

    /// @param openAtOnce how many databases are open at once, where they come to rest
    Engine(
            EngineSettings settings,
            Clock clock,
            RandomGenerator random,
            Consumer<EngineEvent> listener,
            int openAtOnce) {
        this.events = new EventDispatcher(listener);
        Scheduler scheduler = new Scheduler(settings.workers());
        this.context =
                new Context(
                        settings,
                        scheduler,
                        new UploadPermits(settings.uploads(), scheduler),
                        new OpenPlaces(openAtOnce, scheduler),
                        new MergePermits(),
                        new Backoff(FIRST_BACKOFF, LAST_BACKOFF, random),
                        clock,
                        events);
    }

    /// Begins to replicate databases. A database that does not exist yet is waited for.
    ///
    /// @param monitorInterval how often all of them are looked at
    /// @throws IOException if a path cannot be resolved
    public void start(List<DatabaseSettings> settings, Duration monitorInterval)
            throws IOException {
        List<Database> added = new ArrayList<>();
        for (DatabaseSettings each : settings) {
            added.add(new Database(each, context));
        }
        databases.addAll(added);
        added.forEach(Database::start);
        sweep = new Sweep(databases, monitorInterval, context.scheduler());
        sweep.start();
        context.scheduler().after(TICK, this::tickAndGoOn);
    }

    private void tickAndGoOn() {
        try {
            tick();
        } finally {
            context.scheduler().after(TICK, this::tickAndGoOn);
        }
    }

    /// Begins what is due for all destinations beside the uploads. Called each second.
    void tick() {
        for (Database database : databases) {
            try {
                database.tick();
            } catch (RuntimeException | Error e) {
                logger.log(
                        System.Logger.Level.ERROR, "what was due failed for " + database.path(), e);
            }
        }
    }

    /// Captures what is committed now in all databases, and waits until all destinations have it.
    /// What is committed meanwhile does not count.
    ///
    /// @return how far each destination is; not all may have everything if the time did not suffice
    public ShutdownReport sync(Duration timeout) throws InterruptedException {
        long deadline = context.clock().nanoTime() + timeout.toNanos();
        List<Long> requests = databases.stream().map(Database::request).toList();
        databases.forEach(database -> database.destinations().forEach(Destination::hurry));
        Map<Database, Optional<Txid>> ends = new LinkedHashMap<>();
        List<Path> notCaptured = new ArrayList<>();
        int i = 0;
        for (Database database : databases) {
            boolean captured = database.progress().awaitCaptured(requests.get(i++), deadline);
            Optional<Txid> end = database.head();
            ends.put(database, end);
            if (!captured) {
                notCaptured.add(database.path());
            } else {
                database.progress().awaitDurable(end, deadline);
            }
        }
        return new ShutdownReport(
                ends.entrySet().stream()
                        .flatMap(entry -> reports(entry.getKey(), entry.getValue()))
                        .toList(),
                notCaptured);
    }

    private static Stream<DestinationReport> reports(Database database, Optional<Txid> end) {
        return database.destinations().stream()
                .map(destination -> destination.report(database.head()))
                .map(report -> end.map(report::upTo).orElse(report));
    }

    /// Makes a snapshot of each database go to each destination, though none is due; [#sync] waits
    /// for them.
    public void requestSnapshots() {
        databases.forEach(Database::requestSnapshots);
    }

    /// Returns how far each destination is with each database, as it is known now.
    public List<DestinationReport> destinations() {
        return databases.stream().flatMap(database -> reports(database, Optional.empty())).toList();
    }

    /// Returns the state of a database; empty if it is not replicated here.
    public Optional<DatabaseState> state(Path database) {
        return databases.stream()
                .filter(d -> d.path().equals(database))
                .map(Database::state)
                .findFirst();
    }

    /// Syncs to the end within the time that the settings give, and ends.
    public ShutdownReport shutdown() throws InterruptedException {
        ShutdownReport report = sync(context.settings().shutdownSyncTimeout());
        close();
        return report;
    }

    /// Ends without a last sync. What was captured stays in the state directories, and goes on at
    /// the next start.
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        Sweep running = sweep;
        if (running != null) {
            running.stop();
        }
        databases.forEach(Database::close);
        awaitClosed();
        context.scheduler().close();
        events.close();
    }

    private void awaitClosed() {
        long deadline = context.clock().nanoTime() + CLOSE_LIMIT.toNanos();
        try {
            for (Database database : databases) {
                if (!database.progress().awaitClosed(deadline)) {
                    logger.log(
                            System.Logger.Level.ERROR,
                            database.path() + " is not closed after " + CLOSE_LIMIT);
                }
            }
            awaitIdle(deadline);
        } catch (InterruptedException e) {
            Interrupts.keep();
        }
    }

    /// Waits until nothing is sent to a destination, and nothing runs of what [#tick] began, until
    /// the deadline on the clock's steady count.
    void awaitIdle(long deadline) throws InterruptedException {
        for (Database database : databases) {
            for (Destination destination : database.destinations()) {
                destination.awaitIdle(deadline);
            }
            for (Upkeep upkeep : database.upkeeps()) {
                upkeep.awaitIdle(deadline);
            }
        }
    }
}
