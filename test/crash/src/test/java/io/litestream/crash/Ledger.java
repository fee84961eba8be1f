package io.litestream.crash;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The part of a database that says what the whole of it must be.
///
/// Each transaction adds a row to the table `journal`: its number, the sum of the hashes of all
/// rows of all other tables and of the schema as the transaction leaves them, and a hash over this
/// and the row before. So a state proves by itself that it is whole, and which one it is: two
/// states with the same head have the same content and the same history.
final class Ledger {

    static final String[] SCHEMA = {
        "CREATE TABLE journal(seq INTEGER PRIMARY KEY, writer INTEGER, sum INTEGER, schema INTEGER,"
                + " chain INTEGER)",
        "CREATE TABLE item(id INTEGER PRIMARY KEY, writer INTEGER, note TEXT, body BLOB)",
        "CREATE INDEX item_note ON item(note, writer)",
        "CREATE TABLE pair(k TEXT PRIMARY KEY, v BLOB) WITHOUT ROWID",
    };

    private static final String LAST = "SELECT * FROM journal ORDER BY seq DESC LIMIT 1";

    private Ledger() {}

    /// The last row of the journal.
    ///
    /// @param sum the sum of all rows' hashes
    record Head(long seq, long sum, long chain) {

        static final Head NONE = new Head(0, 0, 0);
    }

    static Head head(Connection connection) throws SQLException {
        List<List<Object>> last = Sql.rows(connection, LAST);
        return last.isEmpty()
                ? Head.NONE
                : new Head(number(last, 0), number(last, 2), number(last, 4));
    }

    private static long number(List<List<Object>> rows, int column) {
        return ((Number) rows.getFirst().get(column)).longValue();
    }

    /// A row of the journal that is to be added.
    record Row(long seq, int writer, long sum, long schema, long chain) {

        Head head() {
            return new Head(seq, sum, chain);
        }

        Object[] values() {
            return new Object[] {seq, writer, sum, schema, chain};
        }
    }

    /// Returns the row of a transaction that changes the sum by so much.
    static Row next(Connection connection, Head before, int writer, long change)
            throws SQLException {
        long sum = before.sum + change;
        long schema = schema(connection);
        long seq = before.seq + 1;
        return new Row(seq, writer, sum, schema, chain(before.chain, seq, writer, sum, schema));
    }

    /// Adds the row of a transaction that changed the sum by so much; returns the new head.
    static Head add(Connection connection, Head before, int writer, long change)
            throws SQLException {
        Row row = next(connection, before, writer, change);
        Sql.run(connection, "INSERT INTO journal VALUES(?, ?, ?, ?, ?)", row.values());
        return row.head();
    }

    private static long chain(long before, long seq, long writer, long sum, long schema) {
        return RowHash.of("journal", before, seq, writer, sum, schema);
    }

    /// Returns the sum of the hashes of a table's rows, or of those that a condition selects.
    static long sum(Connection connection, String table, String condition) throws SQLException {
        long sum = 0;
        try (Statement statement = connection.createStatement();
                ResultSet result =
                        statement.executeQuery(
                                "SELECT * FROM %s WHERE %s".formatted(table, condition))) {
            Object[] row = new Object[result.getMetaData().getColumnCount()];
            while (result.next()) {
                for (int i = 0; i < row.length; i++) {
                    row[i] = result.getObject(i + 1);
                }
                sum += RowHash.of(table, row);
            }
        }
        return sum;
    }

    private static long schema(Connection connection) throws SQLException {
        long sum = 0;
        for (List<Object> row :
                Sql.rows(connection, "SELECT type, name, tbl_name, sql FROM sqlite_schema")) {
            sum += RowHash.of("schema", row.toArray());
        }
        return sum;
    }

    /// Checks that a database is whole, to the last row; returns its history: the chain at each
    /// transaction.
    ///
    /// @throws Finding if it is not a state that a transaction left
    static TreeMap<Long, Long> verify(Connection connection) throws SQLException {
        List<List<Object>> check = Sql.rows(connection, "PRAGMA integrity_check");
        Finding.unless(
                check.equals(List.of(List.of((Object) "ok"))), "integrity check says %s", check);
        TreeMap<Long, Long> history = new TreeMap<>();
        long chain = 0;
        long sum = 0;
        long schema = schema(connection);
        for (List<Object> row : Sql.rows(connection, "SELECT * FROM journal ORDER BY seq")) {
            long[] entry = row.stream().mapToLong(each -> ((Number) each).longValue()).toArray();
            Finding.unless(
                    entry[0] == history.size() + 1,
                    "transaction %d follows %d",
                    entry[0],
                    history.size());
            sum = entry[2];
            schema = entry[3];
            chain = chain(chain, entry[0], entry[1], sum, schema);
            Finding.unless(chain == entry[4], "the journal is not one history at %d", entry[0]);
            history.put(entry[0], chain);
        }
        verifyContent(connection, Map.of("rows", sum, "schema", schema), history.size());
        return history;
    }

    private static void verifyContent(Connection connection, Map<String, Long> expected, long seq)
            throws SQLException {
        long found = 0;
        for (List<Object> table :
                Sql.rows(
                        connection,
                        "SELECT name FROM sqlite_schema WHERE type='table' AND name<>'journal'")) {
            found += sum(connection, table.getFirst().toString(), "1");
        }
        Finding.unless(
                expected.get("schema") == schema(connection),
                "the schema is not that of transaction %d, the last one in the journal",
                seq);
        Finding.unless(
                expected.get("rows") == found,
                "the rows are not those of transaction %d, the last one in the journal",
                seq);
    }
}
