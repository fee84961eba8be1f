package io.litestream.engine;

import io.litestream.sqlite.DatabaseFile;
import io.litestream.sqlite.DatabaseHeader;
import io.litestream.sqlite.JournalFormat;
import io.litestream.sqlite.LockPage;
import io.litestream.sqlite.SqliteConnection;
import io.litestream.sqlite.SqliteException;
import io.litestream.time.Clock;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// Reads every page of a database in a rollback journal mode as of one transaction, and keeps
/// writers from committing for as short a time as it can.
///
/// SQLite's SHARED lock is held for a moment, given back, and taken again. Every transaction
/// changes the header, so if the pages were read while there was the same one, they are of the same
/// state. If writers commit so often that this does not succeed, the lock is held until all is
/// read, but never longer than [#MOST_HELD]. For one thread.
final class SharedPass {

    // A writer that spills its cache and then rolls back, or dies, changes pages but not the
    // header.
    // It holds the EXCLUSIVE lock, or leaves a hot journal, until they are as they were. So no page
    // is read without the SHARED lock, which a connection that may only read does not get while
    // there is a hot journal.
    //
    // A writer that never pauses holds the EXCLUSIVE lock nearly all the time, while it forces its
    // files to disk. Hence the short pauses between attempts.

    /// The longest time for which the lock is held. Writers in SQLite's usual set-ups wait for
    /// seconds.
    static final Duration MOST_HELD = Duration.ofSeconds(1);

    /// After how long the lock is given back as long as there is hope that nobody commits.
    private static final Duration MOMENT = Duration.ofMillis(20);

    private static final int BATCH_BYTES = 2 << 20;
    private static final int HOPEFUL_TRIES = 3;
    private static final Duration PAUSE = Duration.ofNanos(200_000);

    private final DatabaseFile file;
    private final SqliteConnection reader;
    private final Clock clock;

    /// @param reader a connection that may only read, without a transaction
    SharedPass(DatabaseFile file, SqliteConnection reader, Clock clock) {
        this.file = file;
        this.reader = reader;
        this.clock = clock;
    }

    /// What receives the pages. A reading that fails is begun anew.
    @FunctionalInterface
    interface Receiver {
        PageView.PageSink begin(Stamp stamp, int pageSize, long pageCount) throws IOException;
    }

    /// When the lock is given back before all is read.
    private enum Hold {
        MOMENTS,
        WHOLE
    }

    /// Reads all pages.
    ///
    /// @param patience how long to wait for a writer that keeps the database for itself
    /// @return which state it was
    /// @throws SqliteException.Busy if that was not long enough, or if a writer has died and its
    ///   transaction is not rolled back yet
    /// @throws NoPause if writers would have to wait for too long
    /// @throws SwitchedToWal if the database is in WAL mode by now
    Stamp read(Receiver receiver, Duration patience) throws IOException {
        for (int i = 0; i < HOPEFUL_TRIES; i++) {
            Optional<Stamp> read = readOnce(Hold.MOMENTS, receiver, patience);
            if (read.isPresent()) {
                return read.get();
            }
        }
        return readOnce(Hold.WHOLE, receiver, patience)
                .orElseThrow(() ->
                        new IOException(
                                file.path() + " is written to by something other than SQLite"));
    }

    private Optional<Stamp> readOnce(Hold hold, Receiver receiver, Duration patience)
            throws IOException {
        lock(patience);
        try {
            return readLocked(hold, receiver, patience);
        } finally {
            if (reader.inRead()) {
                reader.endRead();
            }
        }
    }

    private Optional<Stamp> readLocked(Hold hold, Receiver receiver, Duration patience)
            throws IOException {
        Stamp stamp = Stamp.of(file);
        DatabaseHeader header = file.header();
        requireRollback(header);
        int pageSize = header.pageSize();
        long pageCount = pageCount(header, stamp);
        if (stamp.file().size() < pageCount * pageSize) {
            return Optional.empty(); // somebody is copying over it
        }
        PageView.PageSink sink = receiver.begin(stamp, pageSize, pageCount);
        int batch = Math.max(1, BATCH_BYTES / pageSize);
        byte[] buffer = new byte[batch * pageSize];
        long since = clock.nanoTime();
        for (long first = 1; first <= pageCount; first += batch) {
            int count = (int) Math.min(batch, pageCount - first + 1);
            file.read((first - 1) * pageSize, buffer, 0, count * pageSize);
            if (!Stamp.of(file).equals(stamp)) {
                return Optional.empty();
            }
            give(first, count, pageSize, buffer, sink);
            if (first + batch <= pageCount) {
                since = pause(hold, since, patience);
            }
        }
        return Optional.of(stamp);
    }

    /// Lets writers in if it is time to; returns since when the lock is held.
    private long pause(Hold hold, long since, Duration patience) throws IOException {
        long held = clock.nanoTime() - since;
        return switch (hold) {
            case MOMENTS -> {
                if (held < MOMENT.toNanos()) {
                    yield since;
                }
                reader.endRead();
                lock(patience);
                yield clock.nanoTime();
            }
            case WHOLE -> {
                if (held > MOST_HELD.toNanos()) {
                    throw tooSlow();
                }
                yield since;
            }
        };
    }

    private NoPause tooSlow() throws IOException {
        return new NoPause(
                "%s is written to more often than its %d bytes can be read, and writers are not kept waiting for longer than %d ms; it is tried again when they pause"
                        .formatted(file.path(), file.sizeBytes(), MOST_HELD.toMillis()));
    }

    private static long pageCount(DatabaseHeader header, Stamp stamp) {
        long stored = header.pageCount();
        return stored > 0 ? stored : stamp.file().size() / header.pageSize();
    }

    private static void give(
            long first, int count, int pageSize, byte[] buffer, PageView.PageSink sink)
            throws IOException {
        long lockPage = LockPage.number(pageSize);
        for (int i = 0; i < count; i++) {
            if (first + i != lockPage) {
                sink.page(first + i, buffer, i * pageSize);
            }
        }
    }

    private void requireRollback(DatabaseHeader header) throws SwitchedToWal {
        if (header.journalFormat() == JournalFormat.WAL) {
            throw new SwitchedToWal(file.path());
        }
    }

    private void lock(Duration patience) throws IOException {
        Patience.wait(
                patience,
                PAUSE,
                clock,
                () -> {
                    reader.beginRead();
                    return reader;
                });
    }
}
