package io.litestream.engine;

import io.litestream.ltx.Txid;
import io.litestream.sqlite.DatabaseFile;
import io.litestream.sqlite.FileStat;
import io.litestream.sqlite.WalPosition;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/// What is done in each step of a live database with a write-ahead log: look, capture if somebody
/// needs it, checkpoint, send, rest.
///
/// Capture is driven by need: by a destination that is ready for its next slot, a checkpoint that
/// is due, or a request. A slow destination thus makes larger files, not more of them. Confined to
/// the step of its database.
final class WalReplication implements Replication {

    private static final long AWAKE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long IDLE_STEP_NANOS = TimeUnit.SECONDS.toNanos(1);

    /// How often to look whether the writers pause.
    private static final long BUSY_STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /// How long a change may wait while nobody can be sent anything.
    private static final long WATCH_STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /// After how long without a commit a writer counts as pausing: a checkpoint takes less, as a
    /// rule. Commits that come at a pace leave no room for it, however short each is.
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /// For how long after a change the database is looked into at each sweep. SQLite counts a
    /// commit only after it has written its frames, and the files do not show when.
    private static final long ALERT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final DatabaseSettings settings;
    private final Context context;
    private final Destinations destinations;
    private final LiveDatabase live;
    private final OrphanedIndex orphaned;
    private final Claims claims;
    private final Images images;
    private Look last;
    private long changedAt;
    private long awakeUntil;

    WalReplication(
            DatabaseSettings settings,
            Context context,
            List<Destination> destinations,
            LiveDatabase live,
            OrphanedIndex orphaned)
            throws IOException {
        this.settings = settings;
        this.context = context;
        this.destinations = new Destinations(destinations);
        this.live = live;
        this.orphaned = orphaned;
        this.claims = new Claims(settings, destinations, context);
        this.images = new Images(context, destinations, claims);
        this.last = look();
        this.changedAt = context.clock().nanoTime();
        this.awakeUntil = changedAt + AWAKE_NANOS;
    }

    @Override
    public Txid head() {
        return live.line().head();
    }

    @Override
    public Next step(boolean requested) throws IOException {
        try {
            return stepOnce(requested);
        } catch (ContinuityLost e) {
            return reconcileAfter(e);
        }
    }

    private Next reconcileAfter(ContinuityLost lost) throws IOException {
        try {
            live.reconcile(lost.reason());
            return stay(look(), now(), Optional.of(Duration.ZERO));
        } catch (ContinuityLost again) {
            throw new IOException(
                    "the database changes while it is compared: " + again.reason(), again);
        }
    }

    private Next stepOnce(boolean requested) throws IOException, ContinuityLost {
        Look look = look();
        Optional<Next> otherFile = checkIdentity(look);
        if (otherFile.isPresent()) {
            return otherFile.get();
        }
        boolean changed = !look.sameFiles(last);
        last = look;
        if (changed) {
            noteChange();
        }
        Optional<LiveDatabase.Found> inspected = live.inspect();
        if (inspected.isEmpty()) {
            return stay(look, now(), Optional.empty());
        }
        Optional<Destination> ahead = destinations.ahead(head());
        if (ahead.isPresent()) {
            live.jumpPast(ahead.get());
            return stay(look, now(), Optional.of(Duration.ZERO));
        }
        if (images.wasContradicted()) {
            throw new ContinuityLost("a snapshot shows that the database is not what was captured");
        }
        LiveDatabase.Found found = inspected.get();
        if (found.file() == FileGuard.Finding.SUSPECTED) {
            return stay(look, now(), Optional.empty());
        }
        boolean pending = capture(found, changed, requested);
        if (requested) {
            images.hurry();
        }
        boolean tooLong = isTooLong(found.tail(), look);
        if (images.isEmpty()) {
            checkpoint(found, tooLong);
        }
        if (tooLong) {
            images.cancel(); // they are begun again when the WAL has ended
            live.readings().cancel();
        }
        live.answerReadings();
        send();
        return plan(found, pending);
    }

    /// What is in a WAL that is too long for an image goes to the database file before one begins.
    private void checkpoint(LiveDatabase.Found found, boolean tooLong)
            throws IOException, ContinuityLost {
        boolean pauses = now() - changedAt >= PAUSE_NANOS;
        if (tooLong && pauses && destinations.needDatabase(live.line())) {
            live.checkpointAll(found);
        } else {
            live.checkpoint(found, pauses);
        }
    }

    /// Says whether the WAL may not grow any more for those who read the whole database. If all of
    /// it is in the database file, it may begin anew with the next commit.
    private boolean isTooLong(WalTail tail, Look look) {
        return !tail.isBackfilled() && tail.bytes() > claims.limit(look.database().size());
    }

    /// Captures if somebody needs it; returns whether something is left.
    private boolean capture(LiveDatabase.Found found, boolean changed, boolean requested)
            throws IOException, ContinuityLost {
        boolean pending = found.pendingFrames() > 0;
        Spool spool = live.line().spool();
        if (pending) {
            noteChange();
            spool.noteUncaptured(context.clock().instant());
        } else {
            spool.noteCaptured();
        }
        boolean needed =
                pending
                        ? requested || destinations.isAnyReady(now()) || isFull(found)
                        : changed || requested;
        return needed ? !live.captureToEnd() : pending;
    }

    /// Says whether a file of the line is full with what is in the WAL: waiting would not make it
    /// larger.
    private boolean isFull(LiveDatabase.Found found) {
        long limit = settings.maxSyncWalBytes();
        return limit > 0 && found.pendingFrames() * live.line().position().pageSize() >= limit;
    }

    private void send() throws IOException, ContinuityLost {
        images.start(live.line(), live::image);
        if (destinations.needSlot(head())) {
            live.publishMark();
        }
        destinations.start(live.line().spool());
        claims.release(live.line(), last.database().size());
    }

    private Next plan(LiveDatabase.Found found, boolean pending)
            throws IOException, ContinuityLost {
        long now = now();
        long due = now + nextStep(found, now);
        if (pending) {
            return stay(last, due, wakeIn(now));
        }
        if (found.file() == FileGuard.Finding.IN_FLIGHT) {
            return stay(last, now, Optional.empty());
        }
        long quiet = now - changedAt;
        if (images.isEmpty()) {
            settle(found, quiet);
            if (quiet >= soon(context.settings().restAfter()) && mayRest(found)) {
                return new Next(Then.REST, last, true, now, Long.MAX_VALUE, Optional.empty());
            }
        }
        boolean alert = quiet < ALERT_NANOS || live.isCheckpointing();
        long awake = alert ? due : Math.max(due, now + BUSY_STEP_NANOS);
        long at = now - awakeUntil < 0 ? awake : idleStep(now, quiet);
        return new Next(Then.STAY, last, true, due, at, Optional.empty());
    }

    private static Next stay(Look seen, long due, Optional<Duration> wakeIn) {
        return new Next(Then.STAY, seen, false, due, due, wakeIn);
    }

    /// Returns how long nothing can be done about a change: until a destination is ready, or until
    /// the writers may have paused. Whoever becomes ready by an answer wakes the database, and so
    /// does a WAL that grows.
    private long nextStep(LiveDatabase.Found found, long now) {
        if (live.isCheckpointing()) {
            return 0;
        }
        long most = live.awaitsPause(found) ? BUSY_STEP_NANOS : WATCH_STEP_NANOS;
        return Math.clamp(destinations.readyIn(now).orElse(most), 0, most);
    }

    /// A database with an empty WAL that has been quiet is left to the sweep; any other is looked
    /// into once a second.
    private long idleStep(long now, long quiet) {
        boolean done = last.walBytes() == 0 && quiet > context.settings().restAfter().toNanos();
        boolean awaited = !images.isEmpty() || destinations.needDatabase(live.line());
        return done && !awaited ? Long.MAX_VALUE : now + IDLE_STEP_NANOS;
    }

    private Optional<Duration> wakeIn(long now) {
        OptionalLong earliest = destinations.readyIn(now);
        return earliest.isPresent()
                ? Optional.of(Duration.ofNanos(Math.max(0, earliest.getAsLong())))
                : Optional.empty();
    }

    private void settle(LiveDatabase.Found found, long quietNanos)
            throws IOException, ContinuityLost {
        EngineSettings times = context.settings();
        boolean acted = false;
        if (quietNanos >= soon(times.finishAfter()) && !found.tail().isBackfilled()) {
            live.checkpointAll(found);
            acted = true;
        } else if (quietNanos >= times.truncateAfter().toNanos() && last.walBytes() > 0) {
            acted = live.truncate(found);
        }
        if (acted) {
            last = look();
            awakeUntil = now() + AWAKE_NANOS;
        }
    }

    /// Returns a time in nanoseconds, or a shorter one if another database waits to be opened.
    private long soon(Duration usual) {
        return context.places().restAfter(usual).toNanos();
    }

    private boolean mayRest(LiveDatabase.Found found) throws IOException, ContinuityLost {
        return found.tail().isBackfilled()
                && !live.hasUncounted(found.tail())
                && !live.readings().isRunning()
                && !live.isCheckpointing()
                && last.database().size() <= context.settings().restBytes()
                && !destinations.needDatabase(live.line())
                && isAllCaptured();
    }

    /// Looks once more; what is found is sent, as nobody does that at rest.
    private boolean isAllCaptured() throws IOException, ContinuityLost {
        Txid before = head();
        boolean all = live.captureToEnd();
        if (head().equals(before)) {
            return all;
        }
        noteChange();
        destinations.start(live.line().spool());
        return false;
    }

    private Optional<Next> checkIdentity(Look look) throws IOException {
        FileStat opened = live.open().file().openedAs();
        if (!look.database().exists()) {
            report("the file was deleted; replication waits for a new one");
            return Optional.of(reopen());
        }
        if (!look.database().sameFile(opened)) {
            Optional<WalPosition> captured = live.line().position().wal();
            captureLast();
            report(replaced(captured).text());
            return Optional.of(reopen());
        }
        if (!live.open().holdsItsFiles(look.wal())) {
            orphaned.note(live.open().openedShm());
            Next next = reopen();
            report("the -wal or -shm file was deleted or replaced under the open database");
            return Optional.of(next);
        }
        return Optional.empty();
    }

    private Replacement replaced(Optional<WalPosition> captured) throws IOException {
        OpenDatabase old = live.open();
        try (DatabaseFile fresh = DatabaseFile.open(settings.database())) {
            return Replacement.of(fresh, old.openedWal(), captured);
        }
    }

    private void captureLast() {
        try {
            live.captureToEnd();
        } catch (IOException | ContinuityLost e) {
            report("the last commits to the old file could not be captured: " + e.getMessage());
        }
    }

    private Next reopen() throws IOException {
        close(OpenDatabase.Ending.LEAVE_WAL);
        return new Next(Then.REOPEN, last, false, now(), now(), Optional.empty());
    }

    private void report(String what) {
        context.events().accept(new EngineEvent.FileChanged(settings.database(), what));
    }

    @Override
    public Look close(OpenDatabase.Ending ending) {
        images.cancel();
        images.await();
        live.close(ending);
        return last;
    }

    private void noteChange() {
        changedAt = now();
        awakeUntil = changedAt + AWAKE_NANOS;
    }

    private Look look() throws IOException {
        DatabaseFile file = live.open().file();
        return Look.at(file.path(), file.wal(), context.clock().instant());
    }

    private long now() {
        return context.clock().nanoTime();
    }
}
