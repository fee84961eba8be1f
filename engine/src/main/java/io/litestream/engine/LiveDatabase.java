package io.litestream.engine;

import io.litestream.ltx.Txid;
import io.litestream.replica.Level;
import io.litestream.sqlite.SqliteConnection;
import io.litestream.sqlite.WalHeader;
import io.litestream.sqlite.WalPosition;
import io.litestream.time.Clock;

import java.io.IOException;
import java.util.BitSet;
import java.util.Optional;
import java.util.function.Consumer;

/// A database that is open: its pin, its line, its checkpoints, and the images that are being
/// streamed from it. Confined to the worker that drives the database.
final class LiveDatabase {

    /// The schema's page and the root of the first table: who follows a replica sees there that it
    /// lives.
    private static final int MARK_PAGES = 2;

    private final DatabaseSettings settings;
    private final LiveReadings readings;
    private final OpenDatabase database;
    private final LineStart starter;
    private final Clock clock;
    private final Consumer<EngineEvent> events;
    private final FileGuard guard;
    private final Checkpoints checkpoints;
    private Line line;
    private Capture capture;
    private long leftToOthers; // up to this frame, while it is mistrusted
    private boolean mistrusted; // something else wrote to the database file: no checkpoint into it
    private WalTail lastTail;

    LiveDatabase(
            DatabaseSettings settings,
            OpenDatabase database,
            LineStart starter,
            LineStart.Begun begun,
            Scheduler scheduler,
            LiveReadings readings,
            Clock clock,
            Consumer<EngineEvent> events) {
        this.settings = settings;
        this.readings = readings;
        this.database = database;
        this.starter = starter;
        this.line = begun.line();
        this.clock = clock;
        this.events = events;
        this.guard = new FileGuard(database, begun.look().database(), begun.tail());
        this.lastTail = begun.tail();
        this.capture = capture(line);
        this.checkpoints =
                new Checkpoints(
                        settings.database(),
                        database,
                        this::captureToEnd,
                        Checkpoints.Limits.of(settings),
                        scheduler::after,
                        scheduler::checkpoint,
                        clock,
                        events);
    }

    Line line() {
        return line;
    }

    OpenDatabase open() {
        return database;
    }

    /// What one look at a live database found.
    ///
    /// @param pendingFrames committed, and not captured
    record Found(WalTail tail, long pendingFrames, FileGuard.Finding file) {}

    /// Asks for what was committed; compares the database with its line if it must. Empty if the
    /// WAL does not settle.
    Optional<Found> inspect() throws IOException, ContinuityLost {
        Optional<WalTail> tail = database.tail();
        if (tail.isEmpty()) {
            return Optional.empty();
        }
        boolean otherWal = !tail.get().header().equals(lastTail.header());
        // Another WAL, or one that others brought into the file.
        mistrusted &= !otherWal && !tail.get().isBackfilled();
        leftToOthers = mistrusted ? leftToOthers : 0;
        lastTail = tail.get();
        FileGuard.Finding finding = guard.check(tail.get(), clock.nanoTime());
        if (finding == FileGuard.Finding.UNEXPLAINED) {
            Txid before = line.head();
            reconcile("the database file was changed by something other than SQLite");
            boolean differed = !line.head().equals(before); // else a checkpoint died half-way
            mistrusted = !tail.get().isBackfilled() && (mistrusted || differed);
            return inspectAgain();
        }
        return Optional.of(new Found(tail.get(), capture.pendingFrames(tail.get()), finding));
    }

    private Optional<Found> inspectAgain() throws IOException, ContinuityLost {
        Optional<WalTail> tail = database.tail();
        return tail.isPresent()
                ? Optional.of(
                        new Found(
                                tail.get(),
                                capture.pendingFrames(tail.get()),
                                FileGuard.Finding.EXPLAINED))
                : Optional.empty();
    }

    /// Says whether frames follow the valid ones that are not left over from before. A writer may
    /// be waiting for the disk to have them; when it counts them, no file changes.
    boolean hasUncounted(WalTail tail) throws IOException {
        Optional<WalHeader> header = database.header();
        Optional<WalHeader> captured = line.position().wal().map(WalPosition::header);
        boolean leftOver = tail.validFrames() == 0 && header.equals(captured);
        return header.isPresent()
                && !leftOver
                && database.wal().hasFrame(header.get(), tail.validFrames());
    }

    /// Captures to the end of the WAL. Returns false if it must be looked at again.
    boolean captureToEnd() throws IOException, ContinuityLost {
        return capture.toEnd();
    }

    /// Compares the whole database with the line, and goes on from there.
    void reconcile(String reason) throws IOException, ContinuityLost {
        line = starter.reconcile(line, database, reason);
        capture = capture(line);
    }

    /// Publishes every page as the transaction that follows the last one of a destination which has
    /// more than the line: it could not be asked when the line began to go on.
    void jumpPast(Destination ahead) throws IOException, ContinuityLost {
        line = starter.jump(line, database, ahead);
        capture = capture(line);
    }

    /// Makes no checkpoint into the database file until the WAL is another one, or others have
    /// brought it into the file: what is in it may not belong there.
    void mistrust() {
        mistrusted = true;
    }

    /// Checkpoints if that is due and nothing speaks against it.
    void checkpoint(Found found, boolean writerPauses) throws IOException, ContinuityLost {
        if (mistrusted && found.tail().validFrames() != leftToOthers) {
            // Whoever brings this WAL into the file is not held up.
            leftToOthers = database.movePin(this::captureToEnd) ? found.tail().validFrames() : 0;
        }
        if (mayCheckpoint(found)) {
            boolean before = checkpoints.isRunning();
            checkpoints.consider(found.tail(), writerPauses);
            if (before && !checkpoints.isRunning()) {
                checkpointed();
            }
        }
    }

    /// Says whether a checkpoint is due that waits for a pause of the writers.
    boolean awaitsPause(Found found) {
        return checkpoints.awaitsPause(found.tail());
    }

    /// Says whether a checkpoint is being made in the background.
    boolean isCheckpointing() {
        return checkpoints.isRunning();
    }

    /// Brings everything into the database file; returns whether it is there.
    void checkpointAll(Found found) throws IOException, ContinuityLost {
        if (mayCheckpoint(found)) {
            checkpoints.finish();
            checkpointed();
        }
    }

    /// Empties the WAL if nobody can notice; returns whether it is empty.
    boolean truncate(Found found) throws IOException, ContinuityLost {
        boolean empty = mayCheckpoint(found) && checkpoints.truncateQuietly(found.tail());
        if (empty) {
            checkpointed();
        }
        return empty;
    }

    /// What changes the file from now on is not a checkpoint of ours.
    private void checkpointed() throws IOException {
        Optional<WalTail> tail = database.tail();
        if (tail.isPresent()) {
            guard.checkpointed(tail.get());
        }
    }

    private boolean mayCheckpoint(Found found) {
        return !mistrusted && found.file() == FileGuard.Finding.EXPLAINED;
    }

    /// Publishes a slot that holds the first pages alone, so that the newest file of the line is at
    /// level 0.
    void publishMark() throws IOException, ContinuityLost {
        Look look = Look.at(database.file(), clock.instant());
        Optional<WalTail> tail = database.tail();
        if (tail.isEmpty() || capture.pendingFrames(tail.get()) > 0) {
            captureToEnd();
            return; // what was committed makes the slot
        }
        PinnedView view = PinnedView.take(database, tail.get());
        Optional<WalPosition> wal = line.position().wal();
        BitSet first = new BitSet();
        first.set(1, (int) Math.min(view.pageCount(), MARK_PAGES) + 1);
        Comparison mark = new Comparison(view, line.position().checksum(), first);
        Line.NextFile file =
                mark.file(
                        line.head().next(),
                        Optional.of(line.position().checksum()),
                        tail.get().isBackfilled());
        captured(line.publish(file, look));
        line.located(wal);
    }

    /// Begins to stream every page to a destination, as of the end of the WAL. Empty if the WAL
    /// does not settle.
    Optional<ImageJob> image(Destination destination, Level level, Consumer<ImageJob> done)
            throws IOException, ContinuityLost {
        SqliteConnection pin = database.connectReader();
        boolean begun = false;
        try {
            pin.beginRead();
            if (!captureToEnd()) {
                return Optional.empty();
            }
            PinnedView view = PinnedView.at(database, line.position());
            begun = true;
            return Optional.of(job(destination, level, pin, view, done));
        } finally {
            if (!begun) {
                pin.close();
            }
        }
    }

    /// Lets who asked read every page, as of the end of the WAL. If the WAL does not settle, it is
    /// asked again.
    void answerReadings() throws IOException, ContinuityLost {
        if (!readings.isAsked()) {
            return;
        }
        SqliteConnection pin = database.connectReader();
        boolean given = false;
        try {
            pin.beginRead();
            if (captureToEnd()) {
                PinnedView view = PinnedView.at(database, line.position());
                given = readings.give(new LiveReading(pin::close, view, line.position()));
            }
        } finally {
            if (!given) {
                pin.close();
            }
        }
    }

    LiveReadings readings() {
        return readings;
    }

    private ImageJob job(
            Destination destination,
            Level level,
            SqliteConnection pin,
            PinnedView view,
            Consumer<ImageJob> done) {
        return new ImageJob(
                settings.database(),
                destination,
                ImageJob.Request.of(destination, level, line.head()),
                pin::close,
                view,
                line.position(),
                line.headTimestamp(),
                clock,
                events,
                done);
    }

    /// Closes the connections, and the line. What is in the WAL stays there if it may not belong to
    /// the file.
    void close(OpenDatabase.Ending ending) {
        readings.cancel();
        readings.awaitIdle();
        Closing.all(
                settings.database(),
                events,
                new Closing("a checkpoint", checkpoints::await),
                new Closing("the page hashes", line::forceTable),
                new Closing("the local state", line::close),
                new Closing(
                        "the connections",
                        () -> database.close(mistrusted ? OpenDatabase.Ending.LEAVE_WAL : ending)));
    }

    private Capture capture(Line of) {
        long limit = settings.maxSyncWalBytes();
        return new Capture(
                database, of, guard, limit == 0 ? Long.MAX_VALUE : limit, clock, this::captured);
    }

    private void captured(Line.Published published) {
        events.accept(
                new EngineEvent.Captured(
                        settings.database(),
                        published.txid(),
                        published.pages(),
                        published.bytes()));
    }
}
