package io.litestream.sqlite;

import com.google.errorprone.annotations.concurrent.GuardedBy;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// All descriptors and connections of one database file in this process.
///
/// POSIX drops every lock that a process holds on a file as soon as the process closes *any* of its
/// descriptors on it, and with the locks SQLite's protection of our readers. So a database file is
/// opened here and nowhere else, once, before its connections, and is closed after the last of
/// them. A second opening is refused, also through a link. Its `-shm` is never opened.
///
/// Any thread may call any method.
public final class DatabaseFile implements AutoCloseable {

    // Reads go through a RandomAccessFile: interrupting a thread that reads through a FileChannel
    // would close the descriptor, and so drop the locks. The channel for the EXCLUSIVE lock is only
    // ever asked for locks without waiting, which an interrupt does not touch.
    //
    // Lock order: OPEN, then the instance, then `reader`.

    /// What is open in this process. Holding the files here also keeps the garbage collector from
    /// closing a descriptor that somebody forgot.
    @GuardedBy("OPEN")
    private static final Map<Identity, DatabaseFile> OPEN = new HashMap<>();

    /// Descriptors of which it is not known which file they are on, since the path changed hands
    /// while they were opened. Closing one could drop the locks of an open database.
    private static final List<AutoCloseable> STRAYS = new CopyOnWriteArrayList<>();

    private final Path path;
    private final FileStat openedAs;
    private final Object reader = new Object();

    @GuardedBy("reader")
    private final RandomAccessFile file;

    @GuardedBy("this")
    private @Nullable FileChannel lockChannel;

    @GuardedBy("this")
    private @Nullable ExclusiveLock exclusive;

    @GuardedBy("this")
    private int connections;

    @GuardedBy("this")
    private boolean closed;

    private record Identity(long device, long inode) {
        static Identity of(FileStat file) {
            return new Identity(file.device(), file.inode());
        }
    }

    private DatabaseFile(Path path, FileStat openedAs, RandomAccessFile file) {
        this.path = path;
        this.openedAs = openedAs;
        this.file = file;
    }

    /// Opens a database file that exists. Takes no lock, and writes nothing.
    ///
    /// @throws SqliteException.NoDatabase if there is no file, or an empty one
    /// @throws SqliteException.NotADatabase if the file is something else, or encrypted
    /// @throws SqliteException.CannotOpen if it may not be read and written, is no regular file, or
    ///   is open in this process already
    /// @throws SqliteException.Busy if the path changed hands just now
    public static DatabaseFile open(Path database) throws IOException {
        try {
            Path path = database.toRealPath();
            synchronized (OPEN) {
                return openReal(path);
            }
        } catch (NoSuchFileException _) {
            throw new SqliteException.NoDatabase("no database " + database);
        } catch (AccessDeniedException e) {
            throw new SqliteException.CannotOpen(database + " is not accessible", e);
        }
    }

    @GuardedBy("OPEN")
    private static DatabaseFile openReal(Path path) throws IOException {
        FileStat stat = FileStat.of(path);
        checkUsable(path, stat);
        DatabaseFile same = OPEN.get(Identity.of(stat));
        if (same != null) {
            throw new SqliteException.CannotOpen(
                    "%s is open in this process already, as %s; configure each file once"
                            .formatted(path, same.path),
                    null);
        }
        RandomAccessFile file = new RandomAccessFile(path.toFile(), "r");
        requireSame(file, path, stat);
        return register(new DatabaseFile(path, stat, file));
    }

    private static void checkUsable(Path path, FileStat stat) throws SqliteException {
        if (!stat.exists() || stat.size() == 0) {
            throw new SqliteException.NoDatabase(
                    stat.exists() ? path + " is empty" : "no database " + path);
        }
        if (!Files.isRegularFile(path)) {
            throw new SqliteException.CannotOpen(path + " is not a regular file", null);
        }
        if (!Files.isReadable(path) || !Files.isWritable(path)) {
            throw new SqliteException.CannotOpen(
                    path + " may not be read and written; SQLite needs both for its locks", null);
        }
    }

    private static void requireSame(Path path, FileStat expected) throws IOException {
        if (!FileStat.of(path).sameFile(expected)) {
            throw new SqliteException.Busy(path + " was replaced while it was opened", null);
        }
    }

    /// Keeps a descriptor for good if another file came to the path while it was opened.
    private static void requireSame(AutoCloseable descriptor, Path path, FileStat expected)
            throws IOException {
        try {
            requireSame(path, expected);
        } catch (IOException e) {
            STRAYS.add(descriptor);
            throw e;
        }
    }

    @GuardedBy("OPEN")
    private static DatabaseFile register(DatabaseFile opened) throws IOException {
        try {
            opened.header();
        } catch (IOException e) {
            opened.closeDescriptors();
            throw e;
        }
        OPEN.put(Identity.of(opened.openedAs), opened);
        return opened;
    }

    /// Returns the real path: SQLite puts the WAL beside the file that a link leads to.
    public Path path() {
        return path;
    }

    /// Returns the path of the WAL.
    public Path wal() {
        return beside("-wal");
    }

    /// Returns the path of the WAL's index, which is never to be opened.
    public Path shm() {
        return beside("-shm");
    }

    private Path beside(String suffix) {
        return path.resolveSibling(path.getFileName() + suffix);
    }

    /// Returns what `stat` said when the file was opened; the identity in it is the open file's,
    /// whatever is at the path by now.
    public FileStat openedAs() {
        return openedAs;
    }

    /// Reads the header as the file has it, which in WAL mode is as of the last checkpoint.
    public DatabaseHeader header() throws IOException {
        byte[] bytes = new byte[DatabaseHeader.SIZE];
        int count = read(0, bytes, 0, bytes.length);
        if (count == 0) {
            throw new SqliteException.NoDatabase(path + " is empty");
        }
        return DatabaseHeader.parse(Arrays.copyOf(bytes, count), path.toString());
    }

    /// Returns the present size of the open file.
    public long sizeBytes() throws IOException {
        synchronized (reader) {
            return file.length();
        }
    }

    /// Reads bytes of the file, without any lock of SQLite's. What lies beyond the end is zeros.
    ///
    /// @return how many bytes there were
    public int read(long offset, byte[] into, int at, int length) throws IOException {
        int count = 0;
        synchronized (reader) {
            file.seek(offset);
            while (count < length) {
                int more = file.read(into, at + count, length - count);
                if (more < 0) {
                    break;
                }
                count += more;
            }
        }
        Arrays.fill(into, at + count, at + length, (byte) 0);
        return count;
    }

    /// Opens a connection. It must be closed before this file is.
    ///
    /// @throws SqliteException.Busy if another process keeps the database for itself
    ///   (`locking_mode=EXCLUSIVE`), or another file is at the path by now
    /// @throws SqliteException.CannotOpen if the files beside it cannot be written
    public SqliteConnection connect() throws IOException {
        return connect(SqliteConnection.Access.READ_WRITE);
    }

    /// Opens a connection that cannot write, and so never folds the WAL when it is the last to
    /// close.
    ///
    /// @throws SqliteException as [#connect()] does
    public SqliteConnection connectReadOnly() throws IOException {
        return connect(SqliteConnection.Access.READ_ONLY);
    }

    private SqliteConnection connect(SqliteConnection.Access access) throws IOException {
        countConnection();
        SqliteConnection connection;
        try {
            requireSame(path, openedAs);
            connection = SqliteConnection.open(path, access, this::disconnected);
        } catch (IOException | RuntimeException | Error e) {
            disconnected();
            throw e;
        }
        try {
            requireSame(path, openedAs);
            return connection;
        } catch (IOException e) {
            connection.close();
            throw e;
        }
    }

    private synchronized void countConnection() {
        requireOpen();
        if (exclusive != null && exclusive.isHeld()) {
            throw new IllegalStateException(path + " is locked here; a connection would unlock it");
        }
        connections++;
    }

    private synchronized void disconnected() {
        connections--;
    }

    /// Takes SQLite's EXCLUSIVE lock, if no other process has the database open in WAL mode or is
    /// reading or writing it. There must be no connection here, before and while it is held.
    public synchronized Optional<ExclusiveLock> tryLock() throws IOException {
        requireOpen();
        requireUnconnected();
        FileChannel channel = lockChannel == null ? openLockChannel() : lockChannel;
        lockChannel = channel;
        Optional<ExclusiveLock> lock = ExclusiveLock.tryAcquire(channel);
        lock.ifPresent(taken -> exclusive = taken);
        return lock;
    }

    private FileChannel openLockChannel() throws IOException {
        FileChannel channel =
                FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        requireSame(channel, path, openedAs);
        return channel;
    }

    @GuardedBy("this")
    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException(path + " is closed");
        }
    }

    @GuardedBy("this")
    private void requireUnconnected() {
        if (connections > 0) {
            throw new IllegalStateException(
                    "%s still has open connections: %d".formatted(path, connections));
        }
    }

    /// Closes the file.
    ///
    /// @throws IllegalStateException if a connection is still open; the file stays open then
    @Override
    public void close() throws IOException {
        synchronized (OPEN) {
            synchronized (this) {
                if (closed) {
                    return;
                }
                requireUnconnected();
                closed = true;
                OPEN.remove(Identity.of(openedAs));
                closeDescriptors();
            }
        }
    }

    private synchronized void closeDescriptors() throws IOException {
        synchronized (reader) {
            try (FileChannel _ = lockChannel) {
                file.close();
            }
        }
    }
}
