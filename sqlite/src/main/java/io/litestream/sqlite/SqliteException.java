package io.litestream.sqlite;

import org.jspecify.annotations.Nullable;

import java.io.IOException;

/// A failed operation on a database, classed by what the caller can do about it.
@SuppressWarnings("serial") // never serialized
public abstract sealed class SqliteException extends IOException {

    private static final String HINT =
            "; the file, the -wal and -shm beside it, and their directory must be writable";
    private static final String HOT_JOURNAL =
            "; a writer died in its transaction, which is to be rolled back from the -journal"
                + " beside the file: open the database with the application, or with sqlite3, once";
    private static final int READONLY_ROLLBACK = 8 | 3 << 8; // a hot journal
    private static final int READONLY_DBMOVED = 8 | 4 << 8; // another file took the path

    private SqliteException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /// Somebody else holds a lock, or the file is just being replaced. Worth another attempt.
    public static final class Busy extends SqliteException {
        Busy(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /// There is no file, or an empty one. Wait until the application has made it a database.
    public static final class NoDatabase extends SqliteException {
        NoDatabase(String message) {
            super(message, null);
        }
    }

    /// The file is something else, or encrypted. A person must look.
    public static final class NotADatabase extends SqliteException {
        NotADatabase(String message) {
            this(message, null);
        }

        NotADatabase(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /// The content of the database is damaged. A person must act; nothing of it may be published.
    public static final class Corrupt extends SqliteException {
        Corrupt(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /// The file, or its directory, may not be read or written, or the file is already in use here
    /// under another name. A person must act.
    public static final class CannotOpen extends SqliteException {
        CannotOpen(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /// Anything else: an I/O error, a full disk, a lack of memory.
    public static final class Failed extends SqliteException {
        Failed(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /// Returns the exception for one of SQLite's result codes, plain or extended.
    ///
    /// See <https://sqlite.org/rescode.html>.
    static SqliteException of(int resultCode, String message, Throwable cause) {
        if (resultCode == READONLY_DBMOVED) {
            return new Busy(message, cause);
        }
        if (resultCode == READONLY_ROLLBACK) {
            return new Busy(message + HOT_JOURNAL, cause);
        }
        return switch (resultCode & 0xff) {
            case 5, 6, 15 -> new Busy(message, cause); // BUSY, LOCKED, PROTOCOL: a lost lock race
            case 11 -> new Corrupt(message, cause);
            case 26 -> new NotADatabase(message, cause);
            case 3, 8, 14, 23 ->
                    new CannotOpen(message + HINT, cause); // PERM, READONLY, CANTOPEN, AUTH
            default -> new Failed(message, cause);
        };
    }
}
