package io.litestream.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/// One database with its writers, its replicator, its destinations, and what is done to them.
final class Scene implements AutoCloseable {

    private static final int OTHER_PAGE_SIZE = 2048;

    final Path directory;
    final Path database;
    final RoundSettings settings;
    final Timeline timeline = new Timeline();
    final Replicator replicator;
    private final Random random;
    private final Figures figures;
    private final JavaProgram java;
    private final List<Place> places = new ArrayList<>();
    private final Bucket bucket;
    private final Weather weather;
    private final List<Subprocess> writers = new ArrayList<>();
    private boolean stateLost;
    private boolean resized;
    private boolean phantoms; // were planted
    private boolean recovered; // by whoever opened the database when it settled

    Scene(Path directory, RoundSettings settings, Bucket bucket, Random random, Figures figures)
            throws IOException, InterruptedException {
        this.directory = directory;
        this.settings = settings;
        this.random = random;
        this.figures = figures;
        this.database = Files.createDirectories(directory.resolve("live")).resolve("app.db");
        this.java = new JavaProgram(directory.getParent());
        this.bucket = bucket;
        this.weather = new Weather(random.nextLong(), figures);
        for (int i = 0; i < settings.destinations(); i++) {
            places.add(
                    switch (settings.store()) {
                        case DIRECTORY -> new Place.Directory(directory.resolve(name(i)));
                        case BUCKET -> bucket.place(directory.getFileName() + "/" + name(i));
                    });
        }
        this.replicator = new Replicator(directory, "replicator", configuration(database), figures);
    }

    /// Returns the configuration of a replication of a database to all places of the round.
    String configuration(Path of) {
        StringBuilder text = new StringBuilder();
        text.append("logging: {level: debug}\n");
        text.append("shutdown-sync-timeout: 100s\n");
        text.append(settings.upkeepKeys());
        text.append("dbs:\n  - path: ").append(of).append('\n');
        text.append("    min-checkpoint-page-count: ").append(settings.minCheckpointPages());
        text.append("\n    checkpoint-interval: ").append(settings.checkpointSeconds()).append('s');
        text.append("\n    max-sync-wal-bytes: ").append(settings.maxSyncWalBytes());
        text.append("\n    replicas:\n");
        for (int i = 0; i < settings.destinations(); i++) {
            text.append("      - name: ").append(name(i));
            text.append("\n        ").append(place(i).keys());
            text.append("\n        sync-interval: ").append(settings.syncMillis()).append("ms\n");
        }
        return text.toString();
    }

    static String name(int destination) {
        return "replica" + destination;
    }

    Place place(int destination) {
        return places.get(destination);
    }

    /// Lets the network fail from now on, where there is one.
    void storm() {
        bucket.storm(weather);
    }

    /// Lets the network work from now on.
    void calm() {
        bucket.calm();
    }

    Path stateDirectory() {
        return database.resolveSibling(".app.db-litestream");
    }

    void createDatabase() throws SQLException {
        createDatabase(database, settings.pageSize());
    }

    /// Returns the page size for another database under the name, see [#deleteState].
    int nextPageSize() {
        resized |= !stateLost && random.nextBoolean();
        return resized ? OTHER_PAGE_SIZE : settings.pageSize();
    }

    void createDatabase(Path path, int pageSize) throws SQLException {
        try (Connection connection =
                Sql.open(
                        path,
                        "PRAGMA page_size=" + pageSize,
                        "PRAGMA auto_vacuum=" + settings.autoVacuum(),
                        "PRAGMA journal_mode=WAL")) {
            Sql.run(connection, "BEGIN");
            Sql.run(connection, Ledger.SCHEMA);
            Ledger.add(connection, Ledger.Head.NONE, -1, 0);
            Sql.run(connection, "COMMIT");
        }
    }

    // ---- writers

    void startWriters() throws IOException {
        while (writers.size() < settings.writers()) {
            writers.add(startWriter(writers.size()));
        }
    }

    private Subprocess startWriter(int id) throws IOException {
        List<String> command =
                java.command(
                        Writer.class,
                        database,
                        directory.resolve("acknowledged-" + id),
                        id,
                        settings.rate(),
                        random.nextLong());
        return Subprocess.start(command, Map.of(), directory.resolve("writers.log"));
    }

    boolean hasWriters() {
        return !writers.isEmpty();
    }

    /// Kills a writer, and starts another in its place.
    void killWriter() throws Exception {
        int id = random.nextInt(writers.size());
        writers.get(id).kill();
        figures.count("writers killed");
        writers.set(id, startWriter(id));
    }

    /// Starts those again that killed themselves.
    ///
    /// @throws Finding if one of them found the database damaged
    void reviveWriters() throws Exception {
        for (int id = 0; id < writers.size(); id++) {
            if (!writers.get(id).isAlive()) {
                int exit = writers.get(id).awaitExit();
                Finding.unless(exit == 128 + 9, "a writer ended with %d, see writers.log", exit);
                figures.count("writers killed in a commit");
                writers.set(id, startWriter(id));
            }
        }
    }

    void stopWriterFor(int millis) throws InterruptedException {
        stopFor(writers.get(random.nextInt(writers.size())), millis);
        figures.count("writers stopped for a while");
    }

    private static void stopFor(Subprocess process, int millis) throws InterruptedException {
        process.signal(Signal.STOP);
        Thread.sleep(millis);
        process.signal(Signal.CONT);
    }

    /// Lets the writers end by themselves.
    void endWriters() throws Exception {
        reviveWriters();
        for (Subprocess writer : writers) {
            writer.endInput();
        }
        for (Subprocess writer : writers) {
            int exit = writer.awaitExit();
            Finding.unless(
                    exit == 0 || exit == 128 + 9, "a writer ended with %d, see writers.log", exit);
        }
        writers.clear();
    }

    void killWriters() throws Exception {
        for (Subprocess writer : writers) {
            writer.kill();
            figures.count("writers killed");
        }
        writers.clear();
    }

    /// Returns the transactions whose commit a writer has seen succeed, with their chains.
    TreeMap<Long, Long> acknowledged() throws IOException {
        TreeMap<Long, Long> commits = new TreeMap<>();
        for (int id = 0; id < settings.writers(); id++) {
            Path file = directory.resolve("acknowledged-" + id);
            if (Files.exists(file)) {
                for (String line : Files.readAllLines(file)) {
                    String[] words = line.split(" ");
                    if (words.length == 3 && words[0].equals("D")) {
                        commits.put(Long.parseLong(words[1]), Long.parseLong(words[2]));
                    }
                }
            }
        }
        return commits;
    }

    /// Forgets the transactions that were acknowledged, as the database goes back behind them.
    void forgetAcknowledged() throws IOException {
        for (int id = 0; id < settings.writers(); id++) {
            Files.deleteIfExists(directory.resolve("acknowledged-" + id));
        }
    }

    /// Checks that all that was acknowledged is in the database's history.
    void checkAcknowledged(Map<Long, Long> history) throws IOException {
        acknowledged()
                .forEach((seq, chain) ->
                        Finding.unless(
                                chain.equals(history.get(seq)),
                                "transaction %d was committed, and is gone",
                                seq));
    }

    void plantPhantom() throws Exception {
        Path output = Files.createTempFile(directory, "phantom", ".log");
        List<String> command = java.command(Phantom.class, database, 1 + random.nextInt(5));
        try (Subprocess program = Subprocess.start(command, Map.of(), output)) {
            program.awaitExit();
        }
        if (Files.readString(output).contains("planted")) {
            figures.count("phantoms");
            phantoms = true;
        }
        Files.delete(output);
    }

    // ---- local state

    /// Makes all files of the replicas look as if they had been stored long ago.
    void age(long hours) throws IOException {
        FileTime time = FileTime.from(Instant.now().minus(Duration.ofHours(hours)));
        for (Place place : places) {
            if (Files.exists(place.root())) {
                try (Stream<Path> files = Files.walk(place.root())) {
                    for (Path file : files.filter(Files::isRegularFile).toList()) {
                        Files.setLastModifiedTime(file, time);
                    }
                }
            }
        }
        figures.count("replicas aged");
    }

    /// Deletes the local state, unless the page size has changed: a replica with another page size
    /// and no local state that explains it belongs to another database, and is refused.
    void deleteState() throws IOException {
        if (resized) {
            return;
        }
        stateLost = true;
        deleteTree(stateDirectory());
        figures.count("state directories deleted");
    }

    static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Files.copy(
                        path,
                        to.resolve(from.relativize(path).toString()),
                        StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    static void deleteTree(Path root) throws IOException {
        if (Files.exists(root)) {
            try (Stream<Path> paths = Files.walk(root)) {
                for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    // ---- content

    /// Returns the history of the database, whoever uses it.
    TreeMap<Long, Long> history() throws SQLException {
        try (Connection connection = Sql.open(database)) {
            return Ledger.verify(connection);
        }
    }

    /// Brings everything into the database file, and returns its history.
    TreeMap<Long, Long> settle() throws SQLException {
        recovered = Files.exists(Path.of(database + "-wal"));
        try (Connection connection = Sql.open(database)) {
            List<Object> state = Sql.rows(connection, "PRAGMA wal_checkpoint(TRUNCATE)").getFirst();
            Finding.unless(
                    ((Number) state.getFirst()).intValue() == 0,
                    "somebody still uses the database: checkpoint says %s",
                    state);
            return Ledger.verify(connection);
        }
    }

    /// Says whether a file is the live database, which has settled, but for a [Phantom]: if a WAL
    /// was left to it, SQLite may have counted one when it recovered that. Replication had ended
    /// before.
    boolean isLiveWithoutPhantom(Path file) throws IOException {
        return phantoms
                && recovered
                && Arrays.equals(Phantom.withoutTrace(database), Phantom.withoutTrace(file));
    }

    @Override
    public void close() {
        writers.forEach(Subprocess::close);
        replicator.close();
    }
}
