package io.litestream.engine;

import io.litestream.sqlite.CheckpointMode;
import io.litestream.sqlite.FileStat;
import io.litestream.sqlite.KernelLocks;
import io.litestream.sqlite.WalHeader;
import io.litestream.sqlite.WalState;
import io.litestream.time.Clock;
import io.litestream.time.Interrupts;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Lets the WAL of one database end, without keeping anybody waiting.
///
/// The ordinary way takes no lock: move the pin, checkpoint passively, move the pin again. If
/// nobody committed meanwhile, the next writer restarts the WAL by itself; if somebody did, nothing
/// is lost, and it is tried again, less and less often while the writer makes no pause, and at once
/// when it does. What waits for the disk is done in the background, while capture goes on.
///
/// Once the pin has moved, an application's own checkpoint may be quicker than ours; then its
/// commit waits for the disk. So the WAL is forced before, and the pin moves before there is much
/// to copy.
///
/// Only if the WAL does not end for long (see [Limits]) the write lock is held, within a budget
/// ([Seal]). Confined to the worker that drives the database.
final class Checkpoints {

    /// The frame lock bytes of the `-shm` file: a reader's mark is one of these.
    private static final long FIRST_READ_MARK = 123;

    private static final long LAST_READ_MARK = 127;
    private static final long FIRST_BACKOFF_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LAST_BACKOFF_NANOS = TimeUnit.SECONDS.toNanos(5);

    /// How long the same frames must be held back before that is a reader's doing: a writer holds a
    /// reader's lock for moments, too.
    private static final Duration HELD_FOR = Duration.ofSeconds(3);

    private static final int MORE_TRUNCATIONS = 5;

    private static final Duration READER_REPORT_INTERVAL = Duration.ofMinutes(1);

    private final Path path;
    private final OpenDatabase database;
    private final OpenDatabase.Step capture;
    private final Limits limits;
    private final Seal seal;
    private final Background background;
    private final Clock clock;
    private final Consumer<EngineEvent> events;

    private @Nullable Future<Long> forcing; // the WAL, to the disk; gives when it began
    private @Nullable Future<Copied> copying; // frames to the database file
    private Optional<WalHeader> pinnedHeader = Optional.empty();
    private long pinnedFrames;
    private long backoffNanos = FIRST_BACKOFF_NANOS;
    private long nextAttempt;
    private long pendingSince = Long.MAX_VALUE;
    private long nextReaderReport;
    private long heldFrames = -1; // how many were backfilled when others held back the rest
    private long heldSince;

    /// When what is done about the WAL.
    ///
    /// @param minFrames at how many frames a checkpoint is due
    /// @param interval after how long it is due even if there are fewer; zero for never
    /// @param truncateFrames at how many frames a blocking checkpoint is made; zero for never
    /// @param sealBudget how long the write lock may be held
    /// @param sealPatience how long the WAL may be over four times `minFrames` before the write
    ///   lock is taken
    /// @param sealBytes at how many bytes of the WAL it is taken at once
    /// @param pinnedBytes how much of the WAL the pin may hold back from the checkpoints of others
    record Limits(
            int minFrames,
            Duration interval,
            long truncateFrames,
            Duration sealBudget,
            Duration sealPatience,
            long sealBytes,
            long pinnedBytes) {

        static final Duration SEAL_BUDGET = Duration.ofMillis(50);
        static final Duration SEAL_PATIENCE = Duration.ofSeconds(60);
        static final long SEAL_BYTES = 4L << 30;
        static final long PINNED_BYTES = 32L << 20;

        static Limits of(DatabaseSettings settings) {
            return new Limits(
                    settings.minCheckpointPages(),
                    settings.checkpointInterval(),
                    settings.truncatePages(),
                    SEAL_BUDGET,
                    SEAL_PATIENCE,
                    SEAL_BYTES,
                    PINNED_BYTES);
        }
    }

    /// Runs something beside the worker.
    ///
    /// @see Scheduler#checkpoint
    interface Background {
        <T> Future<T> run(Callable<T> task);
    }

    /// What a checkpoint in the background came to, and when it began.
    private record Copied(WalState state, long began) {}

    Checkpoints(
            Path path,
            OpenDatabase database,
            OpenDatabase.Step capture,
            Limits limits,
            Seal.Timer timer,
            Background background,
            Clock clock,
            Consumer<EngineEvent> events) {
        this.path = path;
        this.database = database;
        this.capture = capture;
        this.limits = limits;
        this.seal = new Seal(path, database, capture, limits, timer, clock, events);
        this.background = background;
        this.clock = clock;
        this.events = events;
        this.nextAttempt = clock.nanoTime();
        this.nextReaderReport = clock.nanoTime();
    }

    /// Checkpoints if it is due.
    ///
    /// @param writerPauses whether there may be time enough before the next commit
    void consider(WalTail tail, boolean writerPauses) throws IOException, ContinuityLost {
        long now = clock.nanoTime();
        note(tail, now);
        if (isRunning()) {
            goOn();
        } else if (limits.truncateFrames() > 0 && tail.validFrames() >= limits.truncateFrames()) {
            truncateByForce();
        } else if (seal.isDue(tail, now)) {
            seal.run(this);
        } else if (isDue(tail, now)
                && (writerPauses || now - nextAttempt >= 0 || holdsMuch(tail))) {
            forcing =
                    background.run(() -> {
                        database.wal().force();
                        return now;
                    });
        }
    }

    /// Says whether a checkpoint is due that waits for a pause of the writers.
    boolean awaitsPause(WalTail tail) {
        return !isRunning() && isDue(tail, clock.nanoTime());
    }

    /// Says whether a checkpoint is being made in the background.
    boolean isRunning() {
        return forcing != null || copying != null;
    }

    /// Waits until none is being made in the background.
    void await() throws IOException {
        Future<?> running = forcing == null ? copying : forcing;
        forcing = null;
        copying = null;
        if (running != null) {
            result(running);
        }
    }

    /// Takes the next step of a checkpoint in the background, if the one before has ended.
    private void goOn() throws IOException, ContinuityLost {
        Future<Long> forced = forcing;
        Future<Copied> copied = copying;
        if (forced != null && forced.isDone()) {
            forcing = null;
            long began = result(forced);
            if (movePin()) {
                copying =
                        background.run(() ->
                                new Copied(database.checkpoint(CheckpointMode.PASSIVE), began));
            }
        } else if (copied != null && copied.isDone()) {
            copying = null;
            ended(result(copied));
        }
    }

    private static <T> T result(Future<T> ended) throws IOException {
        try {
            return ended.get();
        } catch (ExecutionException e) {
            throw new IOException("cannot checkpoint: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Interrupts.keep(); // nobody does
            throw new InterruptedIOException("interrupted while a checkpoint was made");
        }
    }

    private boolean movePin() throws IOException, ContinuityLost {
        boolean moved = database.movePin(capture);
        Optional<WalTail> tail = moved ? database.tail() : Optional.empty();
        if (tail.isPresent()) {
            pinnedHeader = tail.get().header();
            pinnedFrames = tail.get().validFrames();
        }
        return moved;
    }

    private boolean holdsMuch(WalTail tail) throws IOException {
        long before = tail.header().equals(pinnedHeader) ? pinnedFrames : 0;
        return (tail.validFrames() - before) * database.file().header().pageSize()
                >= limits.pinnedBytes();
    }

    /// Brings everything into the database file, as far as readers let it.
    void finish() throws IOException, ContinuityLost {
        await();
        passive();
    }

    /// Empties the WAL of a quiet database, if nobody can notice: everything is in the database
    /// file, and no other process reads. Where that cannot be told, it is left alone.
    ///
    /// @return whether the WAL is empty now
    boolean truncateQuietly(WalTail tail) throws IOException, ContinuityLost {
        if (FileStat.of(database.file().wal()).size() <= 0) {
            return true;
        }
        if (isRunning()) {
            return false;
        }
        if (!tail.isBackfilled() || !KernelLocks.seesAllProcesses() || otherReader().isPresent()) {
            return false;
        }
        if (!database.movePin(capture)) {
            return false;
        }
        long began = clock.nanoTime();
        WalState state = database.checkpoint(CheckpointMode.TRUNCATE);
        report(CheckpointMode.TRUNCATE, state, began);
        return state.outcome() == WalState.Outcome.COMPLETED;
    }

    private void note(WalTail tail, long now) {
        boolean pending = tail.validFrames() > tail.backfilledFrames();
        pendingSince = pending ? Math.min(pendingSince, now) : Long.MAX_VALUE;
        seal.note(tail, now);
    }

    private boolean isDue(WalTail tail, long now) {
        if (tail.isBackfilled()) {
            return false;
        }
        boolean old =
                !limits.interval().isZero() && now - pendingSince >= limits.interval().toNanos();
        return tail.validFrames() >= limits.minFrames() || old;
    }

    /// Makes an ordinary checkpoint, and waits for it.
    void passive() throws IOException, ContinuityLost {
        long began = clock.nanoTime();
        if (movePin()) {
            ended(new Copied(database.checkpoint(CheckpointMode.PASSIVE), began));
        }
    }

    /// Moves the pin again if nobody committed meanwhile: then the next writer restarts the WAL.
    private void ended(Copied copied) throws IOException, ContinuityLost {
        WalState state = copied.state();
        boolean moved = database.tail().filter(WalTail::isBackfilled).isPresent() && movePin();
        report(CheckpointMode.PASSIVE, state, copied.began());
        Optional<WalTail> after = moved ? database.tail() : Optional.empty();
        boolean ended = after.isPresent() && after.get().isBackfilled();
        backoffNanos = ended ? FIRST_BACKOFF_NANOS : Math.min(2 * backoffNanos, LAST_BACKOFF_NANOS);
        nextAttempt = clock.nanoTime() + backoffNanos;
        if (!ended && isHeldBack(state)) {
            reportReader();
        }
    }

    private boolean isHeldBack(WalState state) {
        if (state.outcome() == WalState.Outcome.BLOCKED) {
            return false; // somebody else checkpoints
        }
        long now = clock.nanoTime();
        if (state.backfilledFrames() != heldFrames) {
            heldFrames = state.backfilledFrames();
            heldSince = now;
        }
        return state.backfilledFrames() < state.validFrames()
                && now - heldSince >= HELD_FOR.toNanos();
    }

    private void truncateByForce() throws IOException, ContinuityLost {
        seal.run(this);
        long began = clock.nanoTime();
        WalState state = database.checkpoint(CheckpointMode.TRUNCATE);
        for (int i = 0; i < MORE_TRUNCATIONS && state.outcome() == WalState.Outcome.BLOCKED; i++) {
            passive(); // somebody committed after the seal, and our pin is in the way of that
            state = database.checkpoint(CheckpointMode.TRUNCATE);
        }
        report(CheckpointMode.TRUNCATE, state, began);
        database.movePin(capture);
    }

    void report(CheckpointMode mode, WalState state, long began) {
        Duration took = Duration.ofNanos(clock.nanoTime() - began);
        events.accept(
                new EngineEvent.Checkpointed(
                        path, mode, state.validFrames(), state.backfilledFrames(), took));
    }

    private void reportReader() throws IOException {
        long now = clock.nanoTime();
        Optional<Long> pid = now - nextReaderReport >= 0 ? otherReader() : Optional.empty();
        if (pid.isPresent()) {
            nextReaderReport = now + READER_REPORT_INTERVAL.toNanos();
            long bytes = FileStat.of(database.file().wal()).size();
            events.accept(new EngineEvent.ReaderHoldsWal(path, pid.get(), bytes));
        }
    }

    /// Returns the process id of somebody else who reads the WAL now.
    private Optional<Long> otherReader() throws IOException {
        long self = ProcessHandle.current().pid();
        return KernelLocks.read().on(database.openedShm()).stream()
                .filter(lock -> lock.pid() != self)
                .filter(lock -> lock.covers(FIRST_READ_MARK, LAST_READ_MARK))
                .map(KernelLocks.Lock::pid)
                .findFirst();
    }
}
