package io.litestream.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;

import io.litestream.ltx.Txid;
import io.litestream.sqlite.FileStat;
import io.litestream.sqlite.SqliteException;
import io.litestream.storage.file.SystemReason;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// One database: its state, and the step that a worker takes whenever there is something to do.
///
/// The sweep calls [#look], which does nothing but `stat` and wakes the database if its files
/// changed. Workers run [#step], one at a time for each database; a wake during a step is answered
/// by one more. Any thread may wake it, ask how it stands, and wait.
final class Database {

    private static final Duration FIRST_RETRY = Duration.ofMillis(500);
    private static final Duration LAST_RETRY = Duration.ofSeconds(30);
    private static final Duration BUSY_RETRY = Duration.ofMillis(10);

    private final DatabaseSettings settings;
    private final Context context;
    private final List<Destination> destinations;
    private final List<Upkeep> upkeeps;
    private final LiveReadings readings;
    private final Opening opening;
    private final Backoff retry;
    private final BusySpell busy;
    private final Progress progress;
    private final Watch watch;

    private volatile DatabaseState state = DatabaseState.OPENING;
    private volatile boolean closing;

    private @Nullable Replication replication; // confined to the step
    private int failures; // confined to the step
    private @Nullable String reported; // confined to the step: why it is degraded or waits

    @GuardedBy("this")
    private boolean scheduled;

    @GuardedBy("this")
    private boolean again;

    Database(DatabaseSettings settings, Context context) throws IOException {
        this.settings = settings;
        this.context = context;
        this.destinations =
                settings.destinations().stream()
                        .map(d -> new Destination(d, settings.database(), context, this::wake))
                        .toList();
        this.readings = new LiveReadings(context.clock());
        this.opening = new Opening(settings, context, destinations, readings);
        this.upkeeps =
                destinations.stream()
                        .flatMap(d ->
                                new Chores(settings, d, context)
                                        .upkeeps(opening::spool, readings, this::wake))
                        .toList();
        this.progress = new Progress(destinations, context.clock());
        this.watch = new Watch(settings.database(), opening.findWal(), context.clock());
        this.busy = new BusySpell(settings.busyTimeout(), context.clock());
        this.retry = new Backoff(FIRST_RETRY, LAST_RETRY, context.backoff().random());
    }

    Path path() {
        return settings.database();
    }

    DatabaseState state() {
        return state;
    }

    /// Says whether it has connections, so that its steps depend on looks.
    boolean isLive() {
        return state == DatabaseState.LIVE;
    }

    List<Destination> destinations() {
        return destinations;
    }

    List<Upkeep> upkeeps() {
        return upkeeps;
    }

    /// Returns the newest transaction of the line; empty if it has not begun.
    Optional<Txid> head() {
        return progress.head();
    }

    /// Lists what the destinations have. Returns at once.
    void start() {
        destinations.forEach(destination -> destination.start(Optional.empty()));
    }

    /// Wakes the database if its files changed, or if its time has come.
    void look() {
        try {
            if (watch.isStepDue()) {
                wake();
            }
        } catch (IOException | RuntimeException | Error e) {
            wake(); // the step finds out, and reports it; the next look comes in any case
        }
    }

    /// Begins what is due for the destinations beside the uploads, once the line is known.
    void tick() {
        progress.head().ifPresent(head -> upkeeps.forEach(upkeep -> upkeep.tick(head)));
    }

    /// Runs a step soon.
    void wake() {
        progress.changed();
        synchronized (this) {
            if (scheduled) {
                again = true;
                return;
            }
            scheduled = true;
        }
        context.scheduler().work(this::runStep);
    }

    /// Asks that everything that is committed now be captured; [#progress] tells when it is.
    long request() {
        long request = progress.request();
        wake();
        return request;
    }

    /// Makes a snapshot go to each destination, though none is due.
    void requestSnapshots() {
        destinations.forEach(Destination::needsBase);
        wake();
    }

    /// What was asked for, and how far it is.
    Progress progress() {
        return progress;
    }

    /// Ends replication: streams are given up, connections closed. What was captured stays in the
    /// state directory. Returns at once.
    void close() {
        closing = true;
        upkeeps.forEach(Upkeep::close);
        readings.close();
        watch.forget();
        wake();
    }

    private void runStep() {
        try {
            step();
        } catch (RuntimeException | Error e) {
            degrade("unexpected failure: " + e);
            System.getLogger(Database.class.getName())
                    .log(System.Logger.Level.ERROR, "step of " + path() + " failed", e);
        } finally {
            finished();
        }
    }

    private void finished() {
        progress.changed();
        synchronized (this) {
            if (!again) {
                scheduled = false;
                return;
            }
            again = false;
        }
        context.scheduler().work(this::runStep);
    }

    private void step() {
        if (closing) {
            shut();
            return;
        }
        long asked = progress.asked();
        try {
            if (state == DatabaseState.RESTING && watch.isUnchanged() && !isNeeded()) {
                progress.answer(asked);
                return;
            }
            Replication live = replication;
            if (live == null) {
                live = open(asked);
            }
            if (live != null) {
                drive(live, asked);
            }
            busy.ended();
        } catch (SqliteException.Busy e) {
            if (!isPatient()) {
                progress.refuse(asked);
                degrade(busy.reason(e));
            }
        } catch (IOException e) {
            progress.refuse(asked);
            degrade(SystemReason.withPath(e));
        }
    }

    /// Others may keep the database for as long as the settings say, before that is an error. Says
    /// whether they may still; then it is tried again soon.
    private boolean isPatient() {
        boolean patient = !busy.isTooLong() && state != DatabaseState.DEGRADED;
        if (patient) {
            watch.retryIn(BUSY_RETRY);
        }
        return patient;
    }

    /// Says whether a destination needs something that is not in the local state.
    private boolean isNeeded() {
        Optional<Txid> head = progress.head();
        boolean lacking =
                head.isPresent()
                        && destinations.stream()
                                .anyMatch(d ->
                                        d.spool().isPresent()
                                                && d.needsDatabase(d.spool().get(), head.get()));
        return lacking || readings.isAsked();
    }

    private @Nullable Replication open(long asked) throws IOException {
        watch.walIsAt(opening.findWal());
        Look look = watch.look();
        watch.await(look);
        if (!look.database().exists() || look.database().size() == 0) {
            awaitFile(look.database());
            progress.answer(asked);
            return null;
        }
        if (state == DatabaseState.RESTING) {
            state = DatabaseState.OPENING; // the files were seen, but not what was written to them
        }
        watch.retryIn(FIRST_RETRY); // or when it is called earlier
        if (!opening.prepare() || !context.places().take(this, this::wake)) {
            return null;
        }
        return openInPlace();
    }

    private @Nullable Replication openInPlace() throws IOException {
        Optional<Replication> opened = Optional.empty();
        try {
            opened = opening.open();
        } finally {
            if (opened.isEmpty()) {
                context.places().leave();
            }
        }
        if (opened.isPresent()) {
            replication = opened.get();
            entered(DatabaseState.LIVE);
        }
        return replication;
    }

    /// Notes that the connections are closed.
    private void left() {
        replication = null;
        context.places().leave();
    }

    private void awaitFile(FileStat file) {
        String reason = file.exists() ? "the file is empty" : "there is no file";
        if (!reason.equals(reported)) {
            reported = reason;
            context.events().accept(new EngineEvent.Waiting(path(), reason));
        }
        if (state != DatabaseState.DEGRADED) { // else it has to recover first, which is reported
            state = DatabaseState.OPENING;
        }
        progress.absent();
    }

    private void drive(Replication live, long asked) throws IOException {
        Optional<Path> elsewhere = opening.elsewhere();
        Replication.Next next = live.step(elsewhere.isPresent() || progress.isOpen(asked));
        progress.reached(live.head());
        if (elsewhere.isPresent() && next.allCaptured()) {
            leaveFor(elsewhere.get(), live);
            return;
        }
        if (next.allCaptured()) {
            progress.answer(asked);
        }
        switch (next.then()) {
            case STAY -> watch.follow(next);
            case REST -> rest(live);
            case REOPEN -> reopen();
        }
        failures = 0;
        next.wakeIn().ifPresent(delay -> context.scheduler().after(delay, this::wake));
    }

    private void reopen() {
        left();
        watch.forget();
        wake();
    }

    /// Goes on with another file, to which the path leads by now. The old one stays as it is.
    private void leaveFor(Path now, Replication live) {
        live.close(OpenDatabase.Ending.LEAVE_WAL);
        String what = "the path leads to another file by now, " + now;
        context.events().accept(new EngineEvent.FileChanged(path(), what));
        reopen();
    }

    private void rest(Replication live) throws IOException {
        Look before = live.close(OpenDatabase.Ending.FOLD_WAL);
        left();
        Look after = watch.look();
        boolean quiet =
                after.database().equals(before.database())
                        && (after.walBytes() == 0 || after.wal().equals(before.wal()));
        watch.await(after);
        if (!quiet) {
            watch.forget();
        }
        state = DatabaseState.RESTING;
        context.events().accept(new EngineEvent.Rested(path()));
    }

    private void entered(DatabaseState now) {
        boolean recovered = state == DatabaseState.DEGRADED;
        state = now;
        reported = null;
        if (recovered) {
            context.events().accept(new EngineEvent.Recovered(path()));
        }
    }

    private void degrade(String reason) {
        failures++;
        Replication live = replication;
        if (live != null) {
            live.close(OpenDatabase.Ending.LEAVE_WAL);
            left();
        }
        state = DatabaseState.DEGRADED;
        if (!reason.equals(reported)) {
            reported = reason;
            context.events().accept(new EngineEvent.Degraded(path(), reason));
        }
        watch.retryIn(retry.delay(failures));
    }

    private void shut() {
        if (state == DatabaseState.CLOSED) {
            return;
        }
        destinations.forEach(Destination::close);
        Replication live = replication;
        if (live != null) {
            live.close(OpenDatabase.Ending.FOLD_WAL);
            left();
        }
        context.places().forget(this);
        opening.close();
        state = DatabaseState.CLOSED;
        progress.close();
        context.events().accept(new EngineEvent.Closed(path()));
    }
}
