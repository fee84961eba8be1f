package io.litestream.replica;

import io.litestream.sqlite.CheckpointMode;
import io.litestream.sqlite.DatabaseFile;
import io.litestream.sqlite.ExclusiveLock;
import io.litestream.sqlite.SqliteConnection;
import io.litestream.sqlite.SqliteException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A database that another one is about to replace: nobody uses it, and as long as this is open
/// nobody begins to. Its WAL has been folded in, so that it is whole by itself.
///
/// A file that is no database, or an empty one, is only looked at.
final class ReplacedDatabase implements AutoCloseable {

    private static final System.Logger LOGGER = System.getLogger(ReplacedDatabase.class.getName());

    private final @Nullable DatabaseFile file;
    private final @Nullable ExclusiveLock lock;

    private ReplacedDatabase(@Nullable DatabaseFile file, @Nullable ExclusiveLock lock) {
        this.file = file;
        this.lock = lock;
    }

    /// @throws RestoreException.OutputInUse if somebody uses the database
    static ReplacedDatabase lock(Path database) throws IOException {
        List<String> holders = OpenFiles.holders(database);
        if (!holders.isEmpty()) {
            throw inUse(database, "it is open in process " + String.join(", ", holders));
        }
        try {
            return lock(DatabaseFile.open(database));
        } catch (SqliteException.NoDatabase | SqliteException.NotADatabase other) {
            return new ReplacedDatabase(null, null);
        } catch (SqliteException.Busy | SqliteException.CannotOpen e) {
            throw inUse(database, String.valueOf(e.getMessage()));
        }
    }

    private static ReplacedDatabase lock(DatabaseFile file) throws IOException {
        try {
            take(file).close();
            if (Files.exists(file.wal())) {
                fold(file);
            }
            return new ReplacedDatabase(file, take(file));
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    private static ExclusiveLock take(DatabaseFile file) throws IOException {
        Optional<ExclusiveLock> lock = file.tryLock();
        return lock.orElseThrow(
                () -> inUse(file.path(), "another process holds a lock of SQLite's on it"));
    }

    /// A WAL that cannot be folded in is moved aside with the database.
    private static void fold(DatabaseFile file) throws IOException {
        try (SqliteConnection connection = file.connect()) {
            connection.checkpoint(CheckpointMode.TRUNCATE);
        } catch (SqliteException.Corrupt | SqliteException.Failed damaged) {
            LOGGER.log(System.Logger.Level.DEBUG, "the WAL stays beside " + file.path(), damaged);
        }
    }

    private static RestoreException.OutputInUse inUse(Path database, String who) {
        return new RestoreException.OutputInUse(database, who);
    }

    @Override
    public void close() throws IOException {
        try (DatabaseFile _ = file;
                ExclusiveLock _ = lock) {
            // Closing is all there is to do.
        }
    }
}
