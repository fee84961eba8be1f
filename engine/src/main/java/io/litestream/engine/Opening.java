package io.litestream.engine;

import io.litestream.replica.state.Baseline;
import io.litestream.replica.state.BaselineFile;
import io.litestream.replica.state.StateDirectory;
import io.litestream.sqlite.DatabaseFile;
import io.litestream.sqlite.FileStat;
import io.litestream.sqlite.JournalFormat;
import io.litestream.sqlite.NetworkFileSystem;
import io.litestream.sqlite.SqliteConnection;
import io.litestream.sqlite.SqliteException;
import io.litestream.storage.file.SystemReason;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Opens a database for replication: its state directory, its connections, its line. Confined to
/// the step of its database, but for the paths and the spool.
final class Opening {

    /// How long the first opening waits for a destination that was asked and does not answer.
    private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(5);

    /// How long it waits also for those that could not be asked yet, as others are before them.
    private static final Duration QUEUE_PATIENCE = Duration.ofMinutes(2);

    private final DatabaseSettings settings;
    private final Context context;
    private final List<Destination> destinations;
    private final LiveReadings readings;
    private final StateDirectory directory;
    private Path realPath;
    private final OrphanedIndex orphaned = new OrphanedIndex();
    private final long since;
    private StateDirectory.@Nullable Lock lock;
    private volatile @Nullable Spool spool;
    private boolean opened;

    Opening(
            DatabaseSettings settings,
            Context context,
            List<Destination> destinations,
            LiveReadings readings)
            throws IOException {
        this.readings = readings;
        this.settings = settings;
        this.context = context;
        this.destinations = destinations;
        this.directory = new StateDirectory(settings.stateDirectory());
        this.realPath = locate();
        this.since = context.clock().nanoTime();
    }

    /// Finds the file itself, which a symbolic link may lead to that is made or changed at any
    /// time; returns where SQLite keeps its WAL.
    Path findWal() throws IOException {
        realPath = locate();
        return realPath.resolveSibling(realPath.getFileName() + "-wal");
    }

    /// Returns the file that the path leads to by now, if it is not the one that was found.
    Optional<Path> elsewhere() throws IOException {
        return realPath.equals(settings.database())
                ? Optional.empty() // no link leads there; another file in its place is noticed
                : Optional.of(locate()).filter(now -> !now.equals(realPath));
    }

    private Path locate() throws IOException {
        try {
            return settings.database().toRealPath();
        } catch (NoSuchFileException absent) {
            return settings.database();
        }
    }

    /// Takes the state directory, and says whether the database can be opened: destinations that
    /// may answer soon are waited for.
    boolean prepare() throws IOException {
        lockState();
        Spool local = openSpool();
        destinations.forEach(destination -> destination.start(Optional.of(local)));
        return opened || haveAnswered();
    }

    /// Opens the database, once it is prepared, and brings its line to where it can go on. Empty if
    /// that cannot be told yet.
    ///
    /// @throws SqliteException.Busy if somebody keeps the database at this moment
    Optional<Replication> open() throws IOException {
        Spool local = openSpool();
        orphaned.requireUnused(settings.database());
        directory.closeLike(settings.database());
        DatabaseFile file = DatabaseFile.open(settings.database());
        Optional<Replication> opened = Optional.empty();
        try {
            opened = open(file, local);
            return opened;
        } finally {
            if (opened.isEmpty()) {
                file.close(); // or it could never be opened again
            }
        }
    }

    private Optional<Replication> open(DatabaseFile file, Spool local) throws IOException {
        Optional<Replacement> replacement = checkReplaced(file);
        if (file.header().journalFormat() == JournalFormat.ROLLBACK) {
            Optional<String> network = NetworkFileSystem.of(file.path());
            if (settings.journalMode().keeps(network)) {
                return openKept(file, local, network);
            }
        }
        OpenDatabase database = OpenDatabase.open(file, this::useWal);
        Optional<Replication> begun = Optional.empty();
        try {
            begun = begin(database, local, replacement);
            return begun;
        } catch (ContinuityLost e) {
            throw new IOException("the database changes while it is read: " + e.reason(), e);
        } finally {
            if (begun.isEmpty()) {
                database.close(OpenDatabase.Ending.LEAVE_WAL);
            }
        }
    }

    /// Before the first connection: a WAL that belongs to another file must not be opened with this
    /// one.
    private Optional<Replacement> checkReplaced(DatabaseFile file) throws IOException {
        try (BaselineFile baselines = BaselineFile.open(directory.baseline())) {
            FileStat wal = FileStat.of(file.wal());
            Optional<Baseline> foreign =
                    baselines.read().stream()
                            .findFirst()
                            .filter(last -> last.database().differsForCertain(file.openedAs()))
                            .filter(last -> last.wal().sameFileForCertain(wal));
            if (foreign.isEmpty()) {
                return Optional.empty();
            }
            Replacement found = Replacement.of(file, wal, foreign.get().position().wal());
            context.events().accept(new EngineEvent.FileChanged(settings.database(), found.text()));
            return Optional.of(found);
        }
    }

    private Optional<Replication> begin(
            OpenDatabase database, Spool local, Optional<Replacement> replacement)
            throws IOException, ContinuityLost {
        LineStart starter = starter();
        Optional<LineStart.Begun> begun = starter.begin(database, local);
        if (begun.isEmpty()) {
            return Optional.empty();
        }
        LiveDatabase live =
                new LiveDatabase(
                        settings,
                        database,
                        starter,
                        begun.get(),
                        context.scheduler(),
                        readings,
                        context.clock(),
                        context.events());
        if (replacement.isPresent() && replacement.get().leavesDoubt()) {
            live.mistrust();
        }
        report(live.line());
        return Optional.of(new WalReplication(settings, context, destinations, live, orphaned));
    }

    private LineStart starter() {
        return new LineStart(settings, directory, destinations, context.clock(), context.events());
    }

    private Optional<Replication> openKept(DatabaseFile file, Spool local, Optional<String> network)
            throws IOException {
        RollbackDatabase database =
                RollbackDatabase.open(
                        file, directory.picture(), settings.busyTimeout(), context.clock());
        Optional<Replication> begun = Optional.empty();
        try {
            Stamp before = Stamp.of(file);
            LineStart starter = starter();
            Optional<LineStart.Begun> found = starter.begin(database, local);
            if (found.isPresent()) {
                if (!opened) {
                    context.events()
                            .accept(
                                    new EngineEvent.RollbackJournalKept(
                                            settings.database(), network));
                }
                report(found.get().line());
                begun = Optional.of(kept(database, starter, found.get(), before));
            }
        } catch (ContinuityLost e) {
            throw new IOException("the database changes while it is read: " + e.reason(), e);
        } finally {
            if (begun.isEmpty()) {
                database.close();
            }
        }
        return begun;
    }

    private RollbackReplication kept(
            RollbackDatabase database, LineStart starter, LineStart.Begun begun, Stamp before)
            throws IOException {
        Stamp captured = database.lastSeen().orElse(before);
        return new RollbackReplication(
                settings,
                context,
                destinations,
                readings,
                new RollbackReplication.Kept(database, starter, begun.line(), captured));
    }

    /// Gives the state directory back.
    void close() {
        try {
            unlock();
        } catch (IOException e) {
            String reason = "cannot give the state directory back: " + SystemReason.withPath(e);
            context.events().accept(new EngineEvent.Degraded(settings.database(), reason));
        }
    }

    private void unlock() throws IOException {
        if (lock != null) {
            lock.close();
            lock = null;
        }
    }

    private void lockState() throws IOException {
        if (lock != null && Files.isDirectory(directory.ltx0())) {
            return;
        }
        unlock(); // somebody deleted the directory: it is made anew, and locked
        spool = null;
        directory.create();
        Optional<StateDirectory.Lock> taken = directory.tryLock();
        if (taken.isEmpty()) {
            OptionalLong owner = directory.lockOwner();
            throw new IOException(
                    "another process%s replicates this database; it holds %s"
                            .formatted(
                                    owner.isPresent() ? " (" + owner.getAsLong() + ")" : "",
                                    directory.path()));
        }
        lock = taken.get();
    }

    private Spool openSpool() throws IOException {
        Spool local = spool;
        if (local == null) {
            local = Spool.open(directory);
            spool = local;
        }
        return local;
    }

    /// Returns the local files, once they were looked for. Any thread may call.
    Optional<Spool> spool() {
        return Optional.ofNullable(spool);
    }

    private boolean haveAnswered() {
        boolean patient = context.clock().nanoTime() - since < QUEUE_PATIENCE.toNanos();
        return !patient
                || destinations.stream()
                        .noneMatch(d ->
                                switch (d.standing()) {
                                    case UNKNOWN, LISTED ->
                                            !d.isFailing() && d.isFresh(ANSWER_PATIENCE);
                                    case READY, STOPPED, CLOSED -> false;
                                });
    }

    private void useWal(SqliteConnection connection) throws IOException {
        String before = connection.journalMode();
        if (before.equals("wal")) {
            return;
        }
        String after = connection.switchToWal();
        if (!after.equals("wal")) {
            throw new IOException(
                    "journal mode is %s, and could not be switched to wal; stop what uses the database, or set it yourself"
                            .formatted(after));
        }
        context.events().accept(new EngineEvent.WalSwitchedOn(settings.database(), before));
    }

    private void report(Line line) {
        if (!opened) {
            opened = true;
            context.events()
                    .accept(new EngineEvent.Opened(settings.database(), line.head().value()));
        }
    }
}
