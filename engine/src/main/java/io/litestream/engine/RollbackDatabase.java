package io.litestream.engine;

import io.litestream.replica.state.PageHashTable;
import io.litestream.sqlite.DatabaseFile;
import io.litestream.sqlite.SqliteConnection;
import io.litestream.sqlite.WalFile;
import io.litestream.sqlite.WalHeader;
import io.litestream.time.Clock;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.Optional;

/// The file of a database that stays in a rollback journal mode, and one connection, which can only
/// read: so it never rolls back what a writer left that died.
///
/// Between two pictures nothing is locked. Confined to the worker that drives the database.
final class RollbackDatabase implements LiveSource {

    private static final WalTail NO_WAL = new WalTail(Optional.empty(), 0, 0);
    private static final Duration PAUSE = Duration.ofMillis(10);

    private final DatabaseFile file;
    private final SqliteConnection reader;
    private final SharedPass pass;
    private final Path scratch;
    private Duration patience;
    private @Nullable Picture last;
    private Optional<Stamp> lastSeen = Optional.empty();

    private RollbackDatabase(
            DatabaseFile file,
            SqliteConnection reader,
            Path scratch,
            Duration patience,
            Clock clock) {
        this.file = file;
        this.reader = reader;
        this.pass = new SharedPass(file, reader, clock);
        this.scratch = scratch;
        this.patience = patience;
    }

    /// Opens the connection. The file belongs to the result, and is closed if this fails.
    ///
    /// @param scratch the name of a file for which there is room, as large as the database
    /// @param patience how long to wait for writers, for now
    static RollbackDatabase open(DatabaseFile file, Path scratch, Duration patience, Clock clock)
            throws IOException {
        try {
            SqliteConnection reader = Patience.wait(patience, PAUSE, clock, file::connectReadOnly);
            return new RollbackDatabase(file, reader, scratch, patience, clock);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /// From now on writers are waited for that long.
    void patience(Duration now) {
        patience = now;
    }

    @Override
    public DatabaseFile file() {
        return file;
    }

    @Override
    public Optional<WalHeader> header() {
        return Optional.empty();
    }

    @Override
    public WalFile wal() {
        throw new IllegalStateException(file.path() + " has no wal");
    }

    @Override
    public Optional<WalTail> tail() {
        return Optional.of(NO_WAL);
    }

    @Override
    public PageView view(WalTail tail) throws IOException {
        return keep(
                take(new Picture.Wanted(Picture.Keep.EVERYTHING, Optional.empty(), new BitSet())));
    }

    @Override
    public Comparison compare(Start start, PageHashTable table, BitSet more)
            throws IOException, ContinuityLost {
        if (start.hasView()) {
            return Comparison.with(table, start.view()).including(more);
        }
        BitSet first = (BitSet) more.clone();
        first.set(1); // which is published with whatever differs
        Picture picture =
                keep(take(new Picture.Wanted(Picture.Keep.DIFFERENCES, Optional.of(table), first)));
        if (picture.pageSize() != table.pageSize()) {
            throw new ContinuityLost("the page size changed just now");
        }
        return picture.differences().including(more);
    }

    /// Takes a picture, which the caller closes.
    ///
    /// @throws io.litestream.sqlite.SqliteException.Busy if a writer does not let go of the
    ///   database, or has died and its transaction is not rolled back yet
    Picture.Taken take(Picture.Wanted wanted) throws IOException {
        return Picture.take(pass, scratch, wanted, patience);
    }

    /// Returns which state the last view or comparison saw; empty if there was none.
    Optional<Stamp> lastSeen() {
        return lastSeen;
    }

    private Picture keep(Picture.Taken taken) throws IOException {
        dropLast();
        last = taken.picture();
        lastSeen = Optional.of(taken.stamp());
        return taken.picture();
    }

    /// Frees the space of the last view.
    void dropLast() throws IOException {
        if (last != null) {
            last.close();
            last = null;
        }
    }

    void close() throws IOException {
        dropLast();
        reader.close();
        file.close();
    }
}
