package io.litestream.dist;

import io.litestream.cli.Main;
import io.litestream.cli.command.ExitCode;
import io.litestream.cli.command.Program;
import io.litestream.cli.command.Shell;
import io.litestream.time.Clock;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/// The program and its database in a training run.
///
/// @param scratch a directory that the run has to itself
record Trainee(Path scratch) {

    private static final int TRANSACTIONS = 15;
    private static final Duration PAUSE = Duration.ofMillis(100);

    Path database() {
        return scratch.resolve("app.db");
    }

    /// Where the database is replicated to, in a directory.
    Path replica() {
        return scratch.resolve("replica");
    }

    Path configuration() {
        return scratch.resolve("litestream.yml");
    }

    Path restored() {
        return scratch.resolve("restored.db");
    }

    /// Writes the configuration.
    ///
    /// @param replica the settings of the replica, as YAML in braces
    void configure(String replica) throws IOException {
        Files.writeString(
                configuration(),
                "dbs: [{path: %s, replica: %s}]".formatted(quoted(database()), replica));
    }

    /// Returns a path as YAML.
    static String quoted(Path path) {
        return "'%s'".formatted(path.toString().replace("'", "''"));
    }

    /// Runs a command as `Main` does, which ends the process: it is loaded, and cannot be called.
    static void litestream(String... words) {
        Objects.requireNonNull(Main.class);
        if (new Program(Shell.ofProcess()).run(List.of(words)) != ExitCode.SUCCESS) {
            throw new IllegalStateException("litestream %s failed".formatted(List.of(words)));
        }
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + database());
    }

    /// Makes the database.
    void begin() throws SQLException {
        commit("PRAGMA journal_mode = WAL", "CREATE TABLE orders (id INTEGER PRIMARY KEY, item)");
    }

    /// Replicates while an application commits now and then, over its one connection.
    void replicateWhileItIsWritten() throws InterruptedException {
        Thread application = Thread.ofPlatform().start(this::writeForAWhile);
        litestream("replicate", "-config", configuration().toString(), "-exec", "sleep 2");
        application.join();
    }

    private void writeForAWhile() {
        try (Connection application = connect();
                Statement statement = application.createStatement()) {
            for (int i = 0; i < TRANSACTIONS; i++) {
                statement.execute("INSERT INTO orders (item) VALUES (hex(randomblob(2000)))");
                Clock.system().sleep(PAUSE);
            }
        } catch (SQLException | InterruptedException e) {
            throw new IllegalStateException("cannot write " + database(), e);
        }
    }

    void commit(String... statements) throws SQLException {
        try (Connection application = connect();
                Statement statement = application.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
