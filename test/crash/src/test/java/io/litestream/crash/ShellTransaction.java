package io.litestream.crash;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/// A transaction by the `sqlite3` program: an SQLite of another version than the one in the
/// writers, whose connection lives for this transaction alone. Either its cache is so small that it
/// spills, or it goes back to a savepoint in the middle.
///
/// Not both: then SQLite 3.40 leaves frames without salts in the WAL, and when all processes have
/// died, whoever opens the database next takes the WAL for ended there. What was committed after
/// that is lost, and what of it was in the database file already makes that a damaged one.
///
/// Ends with the process that starts it, however that ends.
final class ShellTransaction {

    private static final String THERE_AND_BACK =
            """
            SAVEPOINT back;
            UPDATE item SET body = randomblob(2000), note = 'gone' WHERE id %% 7 < %d;
            UPDATE item SET note = 'gone too';
            ROLLBACK TO back;
            """;

    private final Path database;
    private final Random random;
    private final int writer;

    ShellTransaction(Path database, Random random, int writer) {
        this.database = database;
        this.random = random;
        this.writer = writer;
    }

    /// What it is going to do, if nobody commits before it.
    ///
    /// @param head the head of the journal after it
    record Plan(String sql, Ledger.Head head) {}

    Plan plan(Connection connection) throws SQLException {
        Ledger.Head before = Ledger.head(connection);
        String key = "shell %d".formatted(random.nextLong());
        byte[] value = new byte[random.nextInt(3000)];
        random.nextBytes(value);
        Ledger.Row row = Ledger.next(connection, before, writer, RowHash.of("pair", key, value));
        boolean spills = random.nextBoolean();
        String sql =
                """
                .timeout 5000
                PRAGMA cache_size = %s;
                PRAGMA synchronous = %s;
                BEGIN IMMEDIATE;
                INSERT INTO journal VALUES(%s);
                UPDATE item SET note = note || '-' WHERE id %% 3 = 0;
                %s
                UPDATE item SET note = substr(note, 1, length(note) - 1) WHERE id %% 3 = 0;
                INSERT INTO pair VALUES('%s', x'%s');
                COMMIT;
                """
                        .formatted(
                                spills ? "2" : "-100000",
                                random.nextBoolean() ? "NORMAL" : "OFF",
                                values(row),
                                spills ? "" : THERE_AND_BACK.formatted(random.nextInt(8)),
                                key,
                                HexFormat.of().formatHex(value));
        return new Plan(sql, row.head());
    }

    private static String values(Ledger.Row row) {
        return Arrays.stream(row.values()).map(Object::toString).collect(Collectors.joining(", "));
    }

    /// Runs it. Returns whether it was committed: not if somebody else was before it, or in its
    /// way.
    boolean run(Plan plan) throws IOException, InterruptedException, SQLException {
        Process shell =
                new ProcessBuilder(
                                "setpriv",
                                "--pdeathsig",
                                "KILL",
                                "sqlite3",
                                "-bail",
                                database.toString())
                        .redirectErrorStream(true)
                        .start();
        try (var input = shell.getOutputStream()) {
            input.write(plan.sql().getBytes(StandardCharsets.UTF_8));
        } catch (IOException _) {
            // it ended early, and says why
        }
        String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (shell.waitFor() == 0) {
            return true;
        }
        List<String> innocent = List.of("locked", "UNIQUE constraint", "locking protocol");
        if (innocent.stream().noneMatch(said::contains)) {
            throw new SQLException("sqlite3: " + said);
        }
        return false;
    }
}
