package io.litestream.cli.demo;

import io.litestream.time.Clock;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/// The application of the demo: takes orders, and marks older ones as paid. It knows nothing of
/// litestream.
///
/// After each commit it prints how many orders are committed. It ends when its input does, and so
/// also when whoever started it is gone.
public final class SampleApplication {

    /// The name of the command that runs it.
    public static final String COMMAND = "demo-application";

    static final int ORDERS_PER_SECOND = 100;

    /// What stands before the number of orders in each line of its output.
    static final String COMMITTED = "committed ";

    private static final Duration PERIOD = Duration.ofSeconds(1).dividedBy(ORDERS_PER_SECOND);

    /// How many orders later one is paid.
    private static final int PAID_AFTER = 5;

    private final Path database;
    private final Clock clock;
    private volatile boolean stopped;

    public SampleApplication(Path database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /// Makes the database, and writes to it until the input ends.
    ///
    /// @throws IOException if SQLite refuses
    public void run(InputStream input, PrintStream out) throws IOException, InterruptedException {
        Thread.ofPlatform().daemon().name("demo-input").start(() -> awaitEnd(input));
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database)) {
            create(connection);
            connection.setAutoCommit(false);
            takeOrders(connection, out);
        } catch (SQLException e) {
            throw new IOException(database + ": " + e.getMessage(), e);
        }
    }

    private void awaitEnd(InputStream input) {
        try {
            input.transferTo(PrintStream.nullOutputStream());
        } catch (IOException e) {
            // an input that fails has ended too
        }
        stopped = true;
    }

    private static void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = NORMAL");
            statement.execute("PRAGMA busy_timeout = 5000");
            statement.execute(
                    """
                    CREATE TABLE orders (
                        id INTEGER PRIMARY KEY, item TEXT NOT NULL, state TEXT NOT NULL,
                        taken_at TEXT NOT NULL)
                    """);
        }
    }

    private void takeOrders(Connection connection, PrintStream out)
            throws SQLException, InterruptedException {
        try (PreparedStatement take =
                        connection.prepareStatement(
                                "INSERT INTO orders VALUES (?, 'tea no. ' || hex(randomblob(100)),"
                                        + " 'open', strftime('%Y-%m-%dT%H:%M:%fZ'))");
                PreparedStatement pay =
                        connection.prepareStatement(
                                "UPDATE orders SET state = 'paid' WHERE id = ?")) {
            long start = clock.nanoTime();
            for (int id = 1; !stopped; id++) {
                take.setInt(1, id);
                take.executeUpdate();
                pay.setInt(1, id - PAID_AFTER);
                pay.executeUpdate();
                connection.commit();
                out.println(COMMITTED + id);
                Duration due = PERIOD.multipliedBy(id).minusNanos(clock.nanoTime() - start);
                if (due.isPositive()) {
                    clock.sleep(due);
                }
            }
        }
    }
}
