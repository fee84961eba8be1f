package io.litestream.cli.demo;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.Properties;

/// What is in a database of the demo.
///
/// @param orders how many orders there are
/// @param checksum the SHA-256 of what `sqlite3 FILE 'SELECT * FROM orders'` prints, in hex, so
///   that anybody can ask for it without litestream
/// @param check `ok`, or what SQLite's integrity check, or SQLite, says of it
record Content(long orders, String checksum, String check) {

    static final String QUERY = "SELECT * FROM orders";

    private static final int READ_WRITE = 2;

    /// Reads a database that nobody else uses. One that cannot be read has no orders, and a check
    /// that says why.
    static Content of(Path database) {
        Properties properties = new Properties();
        properties.setProperty("open_mode", Integer.toString(READ_WRITE)); // never made if missing
        try (Connection connection =
                        DriverManager.getConnection("jdbc:sqlite:" + database, properties);
                Statement statement = connection.createStatement()) {
            String check = integrity(statement);
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            long orders = digest(statement, digest);
            return new Content(orders, HexFormat.of().formatHex(digest.digest()), check);
        } catch (SQLException e) {
            return new Content(0, "-", String.valueOf(e.getMessage()));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    private static String integrity(Statement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery("PRAGMA integrity_check")) {
            return rows.next() ? rows.getString(1) : "no answer";
        }
    }

    private static long digest(Statement statement, MessageDigest digest) throws SQLException {
        long count = 0;
        try (ResultSet rows = statement.executeQuery(QUERY)) {
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                for (int i = 1; i <= columns; i++) {
                    digest.update(
                            ((i > 1 ? "|" : "") + rows.getString(i))
                                    .getBytes(StandardCharsets.UTF_8));
                }
                digest.update((byte) '\n');
                count++;
            }
        }
        return count;
    }

    /// Tells whether SQLite finds nothing wrong with it.
    boolean isSound() {
        return check.equals("ok");
    }
}
