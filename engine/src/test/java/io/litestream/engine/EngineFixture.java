package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.replica.IntegrityCheck;
import io.litestream.replica.KeyLayout;
import io.litestream.replica.Replica;
import io.litestream.replica.Restore;
import io.litestream.replica.RestoreRequest;
import io.litestream.replica.RestoreResult;
import io.litestream.replica.RestoreTarget;
import io.litestream.replica.state.StateDirectory;
import io.litestream.storage.ObjectStore;
import io.litestream.storage.file.FileObjectStore;
import io.litestream.storage.testkit.FaultyObjectStore;
import io.litestream.time.Clock;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/// A database, an application that writes to it through JDBC, and an engine that replicates it to a
/// directory. When it closes, the newest state is restored, and must be proven and equal to the
/// database.
final class EngineFixture implements AutoCloseable {

    static final Duration LIMIT = Duration.ofSeconds(30);

    final Path directory;
    final Path database;
    final List<EngineEvent> events = new CopyOnWriteArrayList<>();
    final FaultyObjectStore store;
    private final List<Replica> replicas = new ArrayList<>();
    private final EngineSettings settings;
    private Engine engine;
    private int restores;

    EngineFixture(Path directory) {
        this(directory, EngineSettings.DEFAULT);
    }

    EngineFixture(Path directory, EngineSettings settings) {
        this(directory, settings, store -> store);
    }

    /// @param credentials what the engine and the restores see of the store
    EngineFixture(Path directory, EngineSettings settings, UnaryOperator<ObjectStore> credentials) {
        this.directory = directory;
        this.database = directory.resolve("app.db");
        this.settings = settings;
        this.store = new FaultyObjectStore(new FileObjectStore(directory.resolve("replica")));
        destination(credentials.apply(store));
    }

    /// Adds a destination, before the engine is started.
    EngineFixture destination(ObjectStore store) {
        replicas.add(new Replica("replica" + replicas.size(), store, KeyLayout.PLAIN));
        return this;
    }

    Path wal() {
        return directory.resolve("app.db-wal");
    }

    Path shm() {
        return directory.resolve("app.db-shm");
    }

    Path stateDirectory() {
        return StateDirectory.defaultPath(database);
    }

    Replica replica() {
        return replicas.getFirst();
    }

    List<Replica> replicas() {
        return List.copyOf(replicas);
    }

    Connection connect() throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        execute(connection, "PRAGMA busy_timeout=5000");
        return connection;
    }

    static void execute(Connection connection, String... statements) throws SQLException {
        for (String sql : statements) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }
    }

    /// Runs statements through a connection of their own.
    void application(String... statements) throws SQLException {
        try (Connection connection = connect()) {
            execute(connection, statements);
        }
    }

    Engine start() throws Exception {
        return start(defaults());
    }

    DatabaseSettings defaults() {
        List<DestinationSettings> destinations =
                replicas.stream()
                        .map(replica ->
                                new DestinationSettings(
                                        replica.name(), replica, Duration.ofMillis(50)))
                        .toList();
        return DatabaseSettings.of(database, StateDirectory.defaultPath(database), destinations);
    }

    /// Returns the settings with a checkpoint due at so many frames, and files of the line that end
    /// at so many bytes of the WAL.
    static DatabaseSettings with(DatabaseSettings of, int checkpointFrames, long chunkBytes) {
        return new DatabaseSettings(
                of.database(),
                of.stateDirectory(),
                of.monitorInterval(),
                of.checkpointInterval(),
                of.busyTimeout(),
                of.journalMode(),
                checkpointFrames,
                of.truncatePages(),
                chunkBytes,
                of.upkeep(),
                of.destinations());
    }

    static DatabaseSettings withBusyTimeout(DatabaseSettings of, Duration timeout) {
        return new DatabaseSettings(
                of.database(),
                of.stateDirectory(),
                of.monitorInterval(),
                of.checkpointInterval(),
                timeout,
                of.journalMode(),
                of.minCheckpointPages(),
                of.truncatePages(),
                of.maxSyncWalBytes(),
                of.upkeep(),
                of.destinations());
    }

    Engine start(DatabaseSettings of) throws Exception {
        return start(of, Duration.ofMillis(10));
    }

    /// @param looks the time between two looks at the files
    Engine start(DatabaseSettings of, Duration looks) throws Exception {
        engine = new Engine(settings, Clock.system(), RandomGenerator.getDefault(), events::add);
        engine.start(List.of(of), looks);
        return engine;
    }

    Engine engine() {
        return engine;
    }

    /// Syncs to the end, which must succeed.
    Txid sync() throws Exception {
        ShutdownReport report = engine.sync(LIMIT);
        assertThat(report.isComplete()).as("sync: %s; events: %s", report, events).isTrue();
        return report.destinations().getFirst().head().orElseThrow();
    }

    /// Returns how many frames SQLite counts as valid.
    int validFrames() throws SQLException {
        try (Connection connection = connect()) {
            return Integer.parseInt(
                    query(connection, "PRAGMA wal_checkpoint(NOOP)").getFirst().split("\\|")[1]);
        }
    }

    /// Ends the engine, so that every event has come; nothing must have been compared.
    void assertNothingCompared() throws Exception {
        stop();
        assertThat(all(EngineEvent.Compared.class)).isEmpty();
    }

    /// Ends the engine as a crash would leave things: without a last sync.
    void stopAbruptly() {
        engine.close();
    }

    /// Syncs to the end and ends the engine.
    ShutdownReport stop() throws Exception {
        return engine.shutdown();
    }

    RestoreResult restore(RestoreTarget target, Path output) throws Exception {
        return restore(replica(), target, output);
    }

    RestoreResult restore(Replica from, RestoreTarget target, Path output) throws Exception {
        return new Restore(from, Clock.system())
                .run(RestoreRequest.of(target, output).withCheck(IntegrityCheck.FULL));
    }

    /// Restores the newest state of each destination; it must be proven and have the database's
    /// content.
    void assertRestorable() throws Exception {
        for (Replica replica : replicas) {
            Path output = directory.resolve("restored-%d.db".formatted(restores++));
            RestoreResult result = restore(replica, new RestoreTarget.Latest(), output);
            assertThat(result.toString()).as("result").contains("Proven");
            assertThat(content(output)).isEqualTo(content(database));
        }
    }

    /// Returns all rows of all tables, and the schema, in words.
    static List<String> content(Path path) throws SQLException {
        List<String> content = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + path)) {
            List<String> tables =
                    query(
                            connection,
                            "SELECT name FROM sqlite_schema WHERE type='table' ORDER BY name");
            content.addAll(query(connection, "SELECT sql FROM sqlite_schema ORDER BY name"));
            for (String table : tables) {
                content.addAll(query(connection, "SELECT * FROM \"" + table + "\" ORDER BY 1"));
            }
        }
        return content;
    }

    static List<String> query(Connection connection, String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            int columns = row.getMetaData().getColumnCount();
            while (row.next()) {
                StringBuilder text = new StringBuilder();
                for (int i = 1; i <= columns; i++) {
                    text.append(i == 1 ? "" : "|").append(row.getString(i));
                }
                rows.add(text.toString());
            }
        }
        return rows;
    }

    /// Replicates a database with a table `t(id, v)`.
    ///
    /// @param fill puts rows into it
    static EngineFixture replicating(Path directory, String fill) throws Exception {
        EngineFixture fixture = new EngineFixture(directory);
        Sqlite3.run(
                fixture.database,
                "PRAGMA journal_mode=WAL",
                "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
                fill);
        fixture.start();
        fixture.sync();
        return fixture;
    }

    /// Returns the first event of a kind, or nothing.
    <E extends EngineEvent> Optional<E> event(Class<E> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).findFirst();
    }

    <E extends EngineEvent> List<E> all(Class<E> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /// Waits until something is so, within the limit.
    void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime())
                    .as("waiting for %s; events: %s", what, events)
                    .isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    @Override
    public void close() {
        if (engine != null) {
            engine.close();
        }
    }
}
