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
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// Does once what users do most, so that the JVM learns which classes that takes: replicates a
/// database that is written meanwhile, and restores it.
///
/// It ends in an orderly way, without which there is no cache.
public final class Training {

    private static final int TRANSACTIONS = 15;
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Path database;
    private final Path replica;
    private final Path configuration;
    private final Path restored;

    private Training(Path scratch) {
        this.database = scratch.resolve("app.db");
        this.replica = scratch.resolve("replica");
        this.configuration = scratch.resolve("litestream.yml");
        this.restored = scratch.resolve("restored.db");
    }

    /// Works in the directory that the argument names.
    public static void main(String[] args) throws IOException, SQLException, InterruptedException {
        new Training(Path.of(args[0])).run();
    }

    private void run() throws IOException, SQLException, InterruptedException {
        configure();
        Objects.requireNonNull(Main.class); // which ends the process, and so cannot be called
        litestream("version");
        litestream("help");
        litestream("databases", "-config", configuration.toString());
        commit("PRAGMA journal_mode = WAL", "CREATE TABLE orders (id INTEGER PRIMARY KEY, item)");
        litestream("replicate", "-once", "-config", configuration.toString());
        Thread application = Thread.ofPlatform().start(this::writeForAWhile);
        litestream("replicate", "-config", configuration.toString(), "-exec", "sleep 2");
        application.join();
        litestream("status", "-config", configuration.toString());
        litestream("ltx", "-config", configuration.toString(), database.toString());
        litestream(
                "restore",
                "-config",
                configuration.toString(),
                "-o",
                restored.toString(),
                database.toString());
        litestream("restore", "-force", "-o", restored.toString(), "file://" + replica);
    }

    private void configure() throws IOException {
        Files.writeString(
                configuration,
                """
                dbs:
                  - path: %s
                    replica:
                      path: %s
                """
                        .formatted(database, replica));
    }

    /// Commits now and then, as an application does, over its one connection.
    private void writeForAWhile() {
        try (Connection application = connect();
                Statement statement = application.createStatement()) {
            for (int i = 0; i < TRANSACTIONS; i++) {
                statement.execute("INSERT INTO orders (item) VALUES (hex(randomblob(2000)))");
                Clock.system().sleep(PAUSE);
            }
        } catch (SQLException | InterruptedException e) {
            throw new IllegalStateException("cannot write " + database, e);
        }
    }

    private void commit(String... statements) throws SQLException {
        try (Connection application = connect();
                Statement statement = application.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + database);
    }

    private static void litestream(String... words) {
        ExitCode code = new Program(Shell.ofProcess()).run(Arrays.asList(words)); // as Main does
        if (code != ExitCode.SUCCESS) {
            throw new IllegalStateException("litestream %s failed".formatted(List.of(words)));
        }
    }
}
