package io.litestream.engine;

import io.litestream.replica.state.PageHashTable;
import io.litestream.sqlite.CheckpointMode;
import io.litestream.sqlite.DatabaseFile;
import io.litestream.sqlite.FileStat;
import io.litestream.sqlite.SqliteConnection;
import io.litestream.sqlite.SqliteException;
import io.litestream.sqlite.WalFile;
import io.litestream.sqlite.WalHeader;
import io.litestream.sqlite.WalState;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/// The file and the connections of a database that is being looked at, and the pin.
///
/// Two connections, read-only, hold the pin in turns; a third checkpoints and can hold the write
/// lock; a fourth counts frames, and does the checkpoint of a seal. Nothing is written through any
/// of them. Confined to the worker that drives the database.
final class OpenDatabase implements LiveSource {

    private final DatabaseFile file;
    private final SqliteConnection checkpointer;
    private final SqliteConnection counter;
    private SqliteConnection pinned;
    private SqliteConnection spare;
    private @Nullable WalFile wal;
    private FileStat walStat = FileStat.ABSENT;
    private FileStat shmStat = FileStat.ABSENT;

    /// What ends when the connections are closed.
    enum Ending {
        /// The last connection folds the WAL into the database file and removes it, as SQLite does.
        FOLD_WAL,
        /// The WAL and the database file stay as they are: they may not belong together.
        LEAVE_WAL
    }

    private OpenDatabase(DatabaseFile file, List<SqliteConnection> connections) {
        this.file = file;
        this.pinned = connections.get(0);
        this.spare = connections.get(1);
        this.checkpointer = connections.get(2);
        this.counter = connections.get(3);
    }

    /// Opens the connections and begins the pin. The file belongs to the result, and is closed if
    /// this fails.
    ///
    /// @param mode called once with a connection, before the pin, to switch the journal mode if
    ///   needed
    static OpenDatabase open(DatabaseFile file, JournalSwitch mode) throws IOException {
        List<SqliteConnection> connections = new ArrayList<>();
        try {
            SqliteConnection writer = file.connect();
            connections.add(writer);
            mode.apply(writer);
            connections.add(0, file.connectReadOnly());
            connections.add(1, file.connectReadOnly());
            connections.add(file.connect());
            OpenDatabase database = new OpenDatabase(file, connections);
            database.pinned.beginRead();
            database.shmStat = FileStat.of(file.shm());
            return database;
        } catch (IOException | RuntimeException e) {
            closeAll(connections.reversed());
            file.close();
            throw e;
        }
    }

    /// Sets the journal mode of a database before the pin begins.
    @FunctionalInterface
    interface JournalSwitch {
        void apply(SqliteConnection connection) throws IOException;
    }

    @Override
    public DatabaseFile file() {
        return file;
    }

    @Override
    public Optional<WalTail> tail() throws IOException {
        return WalTail.ask(counter, this);
    }

    @Override
    public PageView view(WalTail tail) throws IOException, ContinuityLost {
        return PinnedView.take(this, tail);
    }

    @Override
    public Comparison compare(Start start, PageHashTable table, BitSet more)
            throws IOException, ContinuityLost {
        return Comparison.with(table, start.view()).including(more);
    }

    @Override
    public Optional<WalHeader> header() throws IOException {
        WalFile open = wal;
        if (open == null) {
            Optional<WalFile> found = WalFile.open(file.wal());
            if (found.isEmpty()) {
                return Optional.empty();
            }
            open = found.get();
            wal = open;
            walStat = FileStat.of(file.wal());
        }
        return open.header();
    }

    @Override
    public WalFile wal() {
        WalFile open = wal;
        if (open == null) {
            throw new IllegalStateException("no wal of " + file.path() + " was opened");
        }
        return open;
    }

    /// Says whether the files that the connections use are still the ones under their names; else
    /// the pin is void.
    boolean holdsItsFiles(FileStat walNow) throws IOException {
        FileStat shmNow = FileStat.of(file.shm());
        boolean sameWal = wal == null || walStat.sameFile(walNow);
        return sameWal && shmStat.sameFile(shmNow);
    }

    /// Returns the WAL as it was when it was opened, or [FileStat#ABSENT].
    FileStat openedWal() {
        return walStat;
    }

    FileStat openedShm() {
        return shmStat;
    }

    /// Moves the pin to the newest state, hand over hand: what was committed between the old pin
    /// and the new one is captured before the old one goes. Returns false, and keeps the old pin,
    /// if the capture did not get to the end.
    boolean movePin(Step capture) throws IOException, ContinuityLost {
        spare.beginRead();
        boolean captured = false;
        try {
            captured = capture.run();
        } finally {
            if (!captured) {
                spare.endRead();
            }
        }
        if (captured) {
            pinned.endRead();
            SqliteConnection before = pinned;
            pinned = spare;
            spare = before;
        }
        return captured;
    }

    /// Captures to the end of the WAL; returns whether it got there.
    @FunctionalInterface
    interface Step {
        boolean run() throws IOException, ContinuityLost;
    }

    /// Checkpoints through the connection that is for it.
    WalState checkpoint(CheckpointMode mode) throws SqliteException {
        return checkpointer.checkpoint(mode);
    }

    /// Checkpoints while [#tryLockWrites] holds the write lock.
    WalState checkpointSealed() throws SqliteException {
        return counter.checkpoint(CheckpointMode.PASSIVE);
    }

    /// Takes the write lock without waiting.
    boolean tryLockWrites() throws SqliteException {
        return checkpointer.tryBeginWrite();
    }

    void unlockWrites() throws SqliteException {
        checkpointer.rollback();
    }

    /// Opens another connection for a pin of its own. The caller closes it before this is closed.
    SqliteConnection connectReader() throws IOException {
        return file.connectReadOnly();
    }

    /// Closes all. The order decides whether SQLite folds the WAL: only the last connection does,
    /// and only if it may write.
    void close(Ending ending) throws IOException {
        List<SqliteConnection> readers = List.of(pinned, spare);
        List<SqliteConnection> writers = List.of(counter, checkpointer);
        switch (ending) {
            case FOLD_WAL -> {
                closeAll(readers);
                closeAll(writers);
            }
            case LEAVE_WAL -> {
                closeAll(writers);
                closeAll(readers);
            }
        }
        if (wal != null) {
            wal.close();
        }
        file.close();
    }

    private static void closeAll(List<SqliteConnection> connections) throws SqliteException {
        for (SqliteConnection connection : connections) {
            connection.close();
        }
    }
}
