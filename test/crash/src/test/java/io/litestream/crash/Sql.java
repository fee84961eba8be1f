package io.litestream.crash;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/// Short forms of what tests ask of SQLite through JDBC. Transactions are begun and ended by
/// statements.
public final class Sql {

    /// The primary result codes of a database that somebody else is using: busy, locked, protocol.
    private static final List<Integer> BUSY = List.of(5, 6, 15);

    private Sql() {}

    /// Opens a database.
    public static Connection open(Path database, String... statements) throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        try {
            run(connection, "PRAGMA busy_timeout=10000");
            run(connection, statements);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        return connection;
    }

    /// Runs statements, without their results.
    public static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /// Runs a statement with parameters.
    public static void run(Connection connection, String sql, Object[] parameters)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            statement.execute();
        }
    }

    /// Returns the rows that a statement gives.
    public static List<List<Object>> rows(Connection connection, String sql) throws SQLException {
        List<List<Object>> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                List<Object> row = new ArrayList<>();
                for (int i = 1; i <= columns; i++) {
                    row.add(result.getObject(i));
                }
                rows.add(row);
            }
        }
        return rows;
    }

    /// Returns the first value of the first row.
    public static Object value(Connection connection, String sql) throws SQLException {
        return rows(connection, sql).getFirst().getFirst();
    }

    /// Returns the first value of the first row, a number.
    public static long number(Connection connection, String sql) throws SQLException {
        return ((Number) value(connection, sql)).longValue();
    }

    /// Says whether a failure means only that another connection was in the way.
    public static boolean isBusy(SQLException failure) {
        return BUSY.contains(failure.getErrorCode() & 0xFF);
    }
}
