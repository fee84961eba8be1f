package io.litestream.engine;

import io.litestream.sqlite.DatabaseFile;
import io.litestream.sqlite.SqliteConnection;
import io.litestream.sqlite.SqliteException;
import io.litestream.sqlite.WalFile;
import io.litestream.sqlite.WalHeader;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A database that is open to be read once, while whoever uses or replicates it goes on: the file,
/// a pin, and a connection that counts frames. For one thread.
final class PinnedFile implements WalSource, AutoCloseable {

    private final DatabaseFile file;
    private final SqliteConnection pin;
    private final SqliteConnection counter;
    private final boolean leaveWal;
    private @Nullable WalFile wal;

    private PinnedFile(
            DatabaseFile file, SqliteConnection pin, SqliteConnection counter, boolean leaveWal) {
        this.file = file;
        this.pin = pin;
        this.counter = counter;
        this.leaveWal = leaveWal;
    }

    /// Opens a database and begins the pin.
    static PinnedFile open(Path database) throws IOException {
        DatabaseFile file = DatabaseFile.open(database);
        try {
            return open(file);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static PinnedFile open(DatabaseFile file) throws IOException {
        boolean leaveWal = Files.exists(file.wal()) && Files.size(file.wal()) > 0;
        SqliteConnection counter = file.connect();
        try {
            SqliteConnection pin = file.connectReadOnly();
            try {
                pin.beginRead();
                return new PinnedFile(file, pin, counter, leaveWal);
            } catch (SqliteException e) {
                pin.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            counter.close();
            throw e;
        }
    }

    /// Asks SQLite for the valid frames.
    Optional<WalTail> tail() throws IOException {
        return WalTail.ask(counter, this);
    }

    @Override
    public DatabaseFile file() {
        return file;
    }

    @Override
    public Optional<WalHeader> header() throws IOException {
        WalFile open = wal;
        if (open == null) {
            open = WalFile.open(file.wal()).orElse(null);
            wal = open;
        }
        return open == null ? Optional.empty() : open.header();
    }

    @Override
    public WalFile wal() {
        WalFile open = wal;
        if (open == null) {
            throw new IllegalStateException("no wal of " + file.path() + " was opened");
        }
        return open;
    }

    /// Closes all, so that the files are as they were: the last connection to a database removes
    /// the WAL, and folds it in before, unless it cannot write.
    @Override
    public void close() throws IOException {
        try (file) {
            if (wal != null) {
                wal.close();
            }
            if (leaveWal) {
                counter.close();
                pin.close();
            } else {
                pin.close();
                counter.close();
            }
        }
    }
}
