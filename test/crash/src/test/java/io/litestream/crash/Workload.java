package io.litestream.crash;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;

/// Random changes to a database, within a transaction of the caller's.
///
/// Every method returns by how much the sum of the rows' hashes changed.
final class Workload {

    /// Past this, more is deleted than inserted.
    private static final long MANY_ROWS = 3000;

    private static final int LARGEST_BODY = 600_000;

    private final Connection connection;
    private final Random random;
    private final int writer;

    Workload(Connection connection, Random random, int writer) {
        this.connection = connection;
        this.random = random;
        this.writer = writer;
    }

    /// Changes something: mostly little, sometimes much.
    long change() throws SQLException {
        double what = random.nextDouble();
        long rows = Sql.number(connection, "SELECT count(*) FROM item");
        if (rows > MANY_ROWS && what < 0.3) {
            return delete("id % 3 = " + random.nextInt(3));
        }
        if (what < 0.45) {
            return insert(List.of(1, 1, 1, 5, 40).get(random.nextInt(5)));
        } else if (what < 0.65) {
            return update();
        } else if (what < 0.78) {
            return delete(range(1 + random.nextInt(20)));
        } else if (what < 0.90) {
            return replacePair();
        } else if (what < 0.93) {
            return insertLarge();
        } else if (what < 0.95) {
            return insertMany();
        } else if (what < 0.98) {
            return createTable();
        } else {
            return dropTable();
        }
    }

    private long insert(int count) throws SQLException {
        long change = 0;
        for (int i = 0; i < count; i++) {
            change += insertOne(10 + random.nextInt(3000));
        }
        return change;
    }

    private long insertLarge() throws SQLException {
        return insertOne(3000 + random.nextInt(LARGEST_BODY));
    }

    private long insertOne(int size) throws SQLException {
        long id = lastId() + 1;
        byte[] body = new byte[size];
        random.nextBytes(body);
        Object[] row = {id, writer, "note " + random.nextInt(500), body};
        Sql.run(connection, "INSERT INTO item VALUES(?, ?, ?, ?)", row);
        return RowHash.of("item", row);
    }

    private long insertMany() throws SQLException {
        long first = lastId() + 1;
        Sql.run(
                connection,
                ("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
                     + " INSERT INTO item SELECT %d + i, %d, 'bulk ' || i, randomblob(%d) FROM n")
                        .formatted(
                                200 + random.nextInt(2500),
                                first,
                                writer,
                                50 + random.nextInt(700)));
        return Ledger.sum(connection, "item", "id >= " + first);
    }

    private long update() throws SQLException {
        String range = range(1 + random.nextInt(10));
        long before = Ledger.sum(connection, "item", range);
        Sql.run(
                connection,
                "UPDATE item SET writer = %d, note = note || '.', body = randomblob(%d) WHERE %s"
                        .formatted(writer, random.nextInt(4000), range));
        return Ledger.sum(connection, "item", range) - before;
    }

    private long delete(String condition) throws SQLException {
        long before = Ledger.sum(connection, "item", condition);
        Sql.run(connection, "DELETE FROM item WHERE " + condition);
        return -before;
    }

    /// Puts a value into the place of another, or adds it.
    long replacePair() throws SQLException {
        String key = "key " + random.nextInt(200);
        long before = Ledger.sum(connection, "pair", "k = '%s'".formatted(key));
        byte[] value = new byte[random.nextInt(900)];
        random.nextBytes(value);
        Object[] row = {key, value};
        Sql.run(connection, "INSERT OR REPLACE INTO pair VALUES(?, ?)", row);
        return RowHash.of("pair", row) - before;
    }

    private long createTable() throws SQLException {
        String name = "extra_" + random.nextInt(6);
        if (!exists(name)) {
            Sql.run(
                    connection,
                    "CREATE TABLE %s(v, w)".formatted(name),
                    "CREATE INDEX %s_v ON %s(v)".formatted(name, name));
        }
        Object[] row = {random.nextLong(), "x".repeat(random.nextInt(3000))};
        Sql.run(connection, "INSERT INTO %s VALUES(?, ?)".formatted(name), row);
        return RowHash.of(name, row);
    }

    private long dropTable() throws SQLException {
        String name = "extra_" + random.nextInt(6);
        if (!exists(name)) {
            return insert(1);
        }
        long before = Ledger.sum(connection, name, "1");
        Sql.run(connection, "DROP TABLE " + name);
        return -before;
    }

    private boolean exists(String table) throws SQLException {
        return Sql.number(
                        connection,
                        "SELECT count(*) FROM sqlite_schema WHERE name = '%s'".formatted(table))
                > 0;
    }

    private String range(int length) throws SQLException {
        long first = random.nextLong(lastId() + 1);
        return "id BETWEEN %d AND %d".formatted(first, first + length - 1);
    }

    private long lastId() throws SQLException {
        return Sql.number(connection, "SELECT coalesce(max(id), 0) FROM item");
    }
}
