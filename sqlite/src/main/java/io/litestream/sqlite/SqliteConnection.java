package io.litestream.sqlite;

import org.sqlite.JDBC;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteException;

import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/// One connection to a database, and all that is ever asked through it: read transactions that pin
/// the WAL, write transactions that write nothing, checkpoints, and checks.
///
/// It never checkpoints on its own except in SQLite's way at the last close, never waits for a
/// lock, never runs with `synchronous=OFF`, and writes nothing to the database. One thread uses it
/// at a time. Get one from [DatabaseFile#connect].
public final class SqliteConnection implements AutoCloseable {

    // This is the only class that knows JDBC and sqlite-jdbc. PRAGMA query_only would guard against
    // writing, but it refuses BEGIN IMMEDIATE as well.
    //
    // PRAGMA schema_version is the cheapest statement that reads page 1, and so takes the read lock
    // that BEGIN alone does not take. It needs no table.
    //
    // A query that has failed cannot be run again: sqlite-jdbc refuses each later attempt with
    // "statement is not executing". So it is prepared anew.

    private static final int OPEN_URI = 0x40;
    private static final int OPEN_NOMUTEX = 0x8000;

    private final String name;
    private final SQLiteConnection jdbc;
    private final Runnable onClose;
    private final PreparedStatement begin;
    private final PreparedStatement beginImmediate;
    private final PreparedStatement rollback;
    private PreparedStatement readPageOne;
    private final Map<CheckpointMode, PreparedStatement> checkpoints =
            new EnumMap<>(CheckpointMode.class);
    private Transaction transaction = Transaction.NONE;

    /// What a connection may do. Without CREATE, a missing file stays missing.
    enum Access {
        READ_ONLY(0x1),
        READ_WRITE(0x2);

        private final int flag;

        Access(int flag) {
            this.flag = flag;
        }
    }

    private enum Transaction {
        NONE,
        READ,
        WRITE
    }

    private SqliteConnection(String name, SQLiteConnection jdbc, Runnable onClose)
            throws SQLException {
        this.name = name;
        this.jdbc = jdbc;
        this.onClose = onClose;
        this.begin = jdbc.prepareStatement("BEGIN");
        this.beginImmediate = jdbc.prepareStatement("BEGIN IMMEDIATE");
        this.readPageOne = prepareReading(jdbc);
        this.rollback = jdbc.prepareStatement("ROLLBACK");
    }

    /// Opens a connection to a file whose other descriptors the caller looks after.
    ///
    /// @param onClose runs once the connection is closed
    static SqliteConnection open(Path file, Access access, Runnable onClose)
            throws SqliteException {
        String name = file.toString();
        Properties properties = new Properties();
        properties.setProperty(
                "open_mode", Integer.toString(access.flag | OPEN_URI | OPEN_NOMUTEX));
        properties.setProperty("busy_timeout", "0");
        try {
            SQLiteConnection jdbc =
                    JDBC.createConnection("jdbc:sqlite:" + FileUri.of(name), properties);
            try {
                SqliteVersion.parse(jdbc.libversion()).requireSafe();
                configure(jdbc);
                return new SqliteConnection(name, jdbc, onClose);
            } catch (SQLException | RuntimeException e) {
                closeAfter(e, jdbc);
                throw e;
            }
        } catch (SQLException e) {
            throw failure(name, "opening it", e);
        }
    }

    /// Each setting is read back. The first of them reads the schema, so that from here on SQLite
    /// has the WAL open and keeps its own lock on the file.
    private static void configure(SQLiteConnection jdbc) throws SQLException {
        first(jdbc, "PRAGMA wal_autocheckpoint=0");
        require(jdbc, "wal_autocheckpoint", "0");
        execute(jdbc, "PRAGMA synchronous=NORMAL");
        require(jdbc, "synchronous", "1");
        require(jdbc, "busy_timeout", "0");
        require(jdbc, "locking_mode", "normal");
    }

    private static void require(SQLiteConnection jdbc, String pragma, String expected)
            throws SQLException {
        String found = first(jdbc, "PRAGMA " + pragma);
        if (!found.equals(expected)) {
            throw new SQLException(
                    "PRAGMA %s: expected %s, found %s".formatted(pragma, expected, found));
        }
    }

    private static void closeAfter(Exception failure, SQLiteConnection jdbc) {
        try {
            jdbc.close();
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }

    /// Returns the version of the SQLite library.
    public static String libraryVersion() throws SqliteException {
        try (SQLiteConnection jdbc =
                JDBC.createConnection("jdbc:sqlite::memory:", new Properties())) {
            return jdbc.libversion();
        } catch (SQLException e) {
            throw failure("the SQLite library", "loading it", e);
        }
    }

    /// Begins a read transaction, and reads, so that from now on the state of the database as of
    /// now stays readable and no frame after it is lost.
    ///
    /// @throws SqliteException.Busy if the lock is refused; there is no transaction then
    public void beginRead() throws SqliteException {
        expect(Transaction.NONE);
        run("beginning to read", begin);
        try (ResultSet _ = readPageOne.executeQuery()) {
            transaction = Transaction.READ;
        } catch (SQLException e) {
            SqliteException failure = failure(name, "beginning to read", e);
            rollbackAfter(failure);
            prepareReadingAfter(failure);
            throw failure;
        }
    }

    private static PreparedStatement prepareReading(SQLiteConnection jdbc) throws SQLException {
        return jdbc.prepareStatement("PRAGMA schema_version");
    }

    private void prepareReadingAfter(SqliteException failure) {
        try (PreparedStatement _ = readPageOne) {
            readPageOne = prepareReading(jdbc);
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }

    private void rollbackAfter(SqliteException failure) {
        try {
            rollback.execute();
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }

    /// Ends the read transaction.
    public void endRead() throws SqliteException {
        expect(Transaction.READ);
        end();
    }

    /// Whether a read transaction is open.
    public boolean inRead() {
        return transaction == Transaction.READ;
    }

    /// Begins a write transaction without waiting, which keeps all writers out.
    ///
    /// @return whether it began; not if somebody else writes or recovers
    public boolean tryBeginWrite() throws SqliteException {
        expect(Transaction.NONE);
        try {
            run("beginning to write", beginImmediate);
        } catch (SqliteException.Busy _) {
            return false;
        }
        transaction = Transaction.WRITE;
        return true;
    }

    /// Ends the write transaction, in which nothing was written.
    public void rollback() throws SqliteException {
        expect(Transaction.WRITE);
        end();
    }

    private void end() throws SqliteException {
        run("ending a transaction", rollback);
        transaction = Transaction.NONE;
    }

    /// Runs a checkpoint, never waiting for anybody. Needs a connection without a transaction.
    public WalState checkpoint(CheckpointMode mode) throws SqliteException {
        expect(Transaction.NONE);
        try (ResultSet row = onRow(prepared(mode).executeQuery())) {
            return new WalState(
                    row.getInt(1) == 0 ? WalState.Outcome.COMPLETED : WalState.Outcome.BLOCKED,
                    row.getLong(2),
                    row.getLong(3));
        } catch (SQLException e) {
            SqliteException failure = failure(name, "checkpoint " + mode, e);
            forget(mode, failure);
            throw failure;
        }
    }

    private PreparedStatement prepared(CheckpointMode mode) throws SQLException {
        PreparedStatement known = checkpoints.get(mode);
        if (known != null) {
            return known;
        }
        PreparedStatement statement =
                jdbc.prepareStatement("PRAGMA wal_checkpoint(" + mode.name() + ")");
        checkpoints.put(mode, statement);
        return statement;
    }

    private void forget(CheckpointMode mode, SqliteException failure) {
        try (PreparedStatement _ = checkpoints.remove(mode)) {
            // the next checkpoint prepares it anew
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }

    /// Returns the journal mode, in lower case.
    public String journalMode() throws SqliteException {
        return ask("PRAGMA journal_mode").toLowerCase(Locale.ROOT);
    }

    /// Asks for WAL mode, for this and all later connections, and returns the mode in force
    /// afterwards. Needs a connection without a transaction.
    ///
    /// @throws SqliteException.Busy if somebody else is using the database
    public String switchToWal() throws SqliteException {
        expect(Transaction.NONE);
        return ask("PRAGMA journal_mode=WAL").toLowerCase(Locale.ROOT);
    }

    /// Checks the database without looking up each index entry. Reads every page.
    ///
    /// @return `ok` alone, or up to a hundred descriptions of damage
    /// @throws SqliteException.Corrupt if the damage keeps SQLite from checking
    public List<String> quickCheck() throws SqliteException {
        return askAll("PRAGMA quick_check");
    }

    /// Checks the database. Reads every page, many of them more than once.
    ///
    /// @return `ok` alone, or up to a hundred descriptions of damage
    /// @throws SqliteException.Corrupt if the damage keeps SQLite from checking
    public List<String> integrityCheck() throws SqliteException {
        return askAll("PRAGMA integrity_check");
    }

    private void expect(Transaction expected) {
        if (transaction != expected) {
            throw new IllegalStateException(
                    "connection to %s: expected transaction %s, found %s"
                            .formatted(name, expected, transaction));
        }
    }

    private void run(String what, PreparedStatement statement) throws SqliteException {
        try {
            statement.execute();
        } catch (SQLException e) {
            throw failure(name, what, e);
        }
    }

    private String ask(String sql) throws SqliteException {
        return askAll(sql).getFirst();
    }

    private List<String> askAll(String sql) throws SqliteException {
        List<String> answers = new ArrayList<>();
        try (Statement statement = jdbc.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                answers.add(rows.getString(1));
            }
            return answers;
        } catch (SQLException e) {
            throw failure(name, sql, e);
        }
    }

    private static String first(SQLiteConnection jdbc, String sql) throws SQLException {
        try (Statement statement = jdbc.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return onRow(row).getString(1);
        }
    }

    private static ResultSet onRow(ResultSet rows) throws SQLException {
        if (!rows.next()) {
            throw new SQLException("a PRAGMA gave no answer");
        }
        return rows;
    }

    private static void execute(SQLiteConnection jdbc, String sql) throws SQLException {
        try (Statement statement = jdbc.createStatement()) {
            statement.execute(sql);
        }
    }

    private static SqliteException failure(String name, String what, SQLException cause) {
        return cause instanceof SQLiteException e
                ? SqliteException.of(
                        e.getResultCode().code,
                        "%s: %s: %s".formatted(name, what, e.getResultCode().name()),
                        cause)
                : new SqliteException.Failed(name + ": " + what, cause);
    }

    /// Ends the transaction, if there is one, and closes. If this was the last connection of all to
    /// the database, SQLite checkpoints and deletes the WAL.
    ///
    /// @throws SqliteException if SQLite refuses; the connection counts as open then
    @Override
    public void close() throws SqliteException {
        try {
            if (!jdbc.isClosed()) {
                jdbc.close();
                transaction = Transaction.NONE;
                onClose.run();
            }
        } catch (SQLException e) {
            throw failure(name, "closing", e);
        }
    }
}
