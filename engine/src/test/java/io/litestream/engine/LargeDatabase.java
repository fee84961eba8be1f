package io.litestream.engine;

import io.litestream.ltx.Txid;
import io.litestream.replica.Compactor;
import io.litestream.replica.IntegrityCheck;
import io.litestream.replica.Inventory;
import io.litestream.replica.KeyLayout;
import io.litestream.replica.Level;
import io.litestream.replica.Replica;
import io.litestream.replica.Restore;
import io.litestream.replica.RestoreRequest;
import io.litestream.replica.RestoreTarget;
import io.litestream.replica.state.StateDirectory;
import io.litestream.storage.file.FileObjectStore;
import io.litestream.time.Clock;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Takes a large database of large pages through a snapshot, compactions, another snapshot and two
/// restores, and prints how long each took: a program of its own, so that its heap can be limited.
/// Not a test.
///
/// Arguments: an empty directory, and how many GiB. Twice as much is needed.
final class LargeDatabase {

    private static final int COMMITS = 10;
    private static final Duration LIMIT = Duration.ofHours(1);
    private static final UpkeepSettings QUICK =
            new UpkeepSettings(
                    List.of(Duration.ofSeconds(2), Duration.ofSeconds(10)),
                    Duration.ofDays(1),
                    Optional.empty(),
                    Compactor.Verification.READ_BACK);

    private final Path directory;
    private final Path database;
    private final Replica replica;
    private long began = System.nanoTime();

    private LargeDatabase(Path directory) {
        this.directory = directory;
        this.database = directory.resolve("app.db");
        this.replica =
                new Replica(
                        "replica",
                        new FileObjectStore(directory.resolve("replica")),
                        KeyLayout.PLAIN);
    }

    public static void main(String... arguments) throws Exception {
        new LargeDatabase(Path.of(arguments[0])).run(Integer.parseInt(arguments[1]));
    }

    private void run(int gibibytes) throws Exception {
        List<String> sums = new ArrayList<>();
        Txid old;
        Txid newest;
        try (Connection app = DriverManager.getConnection("jdbc:sqlite:" + database)) {
            fill(app, gibibytes);
            tell("filled with " + (Files.size(database) >> 20) + " MiB");
            try (Engine engine =
                    new Engine(
                            EngineSettings.DEFAULT,
                            Clock.system(),
                            RandomGenerator.getDefault(),
                            event -> {
                                if (event instanceof EngineEvent.UpkeepFailed) {
                                    System.out.println(event);
                                }
                            })) {
                engine.start(List.of(settings()), Duration.ofMillis(25));
                sync(engine);
                tell("snapshot");
                old = change(app, engine);
                sums.add(sum(app));
                newest = change(app, engine);
                sums.add(sum(app));
                tell(2 * COMMITS + " commits, " + compacted(newest));
                engine.requestSnapshots();
                sync(engine);
                tell("another snapshot");
            }
        }
        Files.delete(database);
        restore(newest, sums.getLast());
        dropNewestSnapshot();
        restore(old, sums.getFirst());
        restore(newest, sums.getLast());
    }

    private DatabaseSettings settings() {
        return DatabaseSettings.of(
                        database,
                        StateDirectory.defaultPath(database),
                        List.of(new DestinationSettings("replica", replica, Duration.ZERO)))
                .withUpkeep(QUICK);
    }

    /// Most pages are all zero but for a few bytes; each sixteenth has something in it.
    private static void fill(Connection app, int gibibytes) throws Exception {
        EngineFixture.execute(
                app,
                "PRAGMA page_size=65536",
                "PRAGMA journal_mode=OFF",
                "PRAGMA synchronous=OFF",
                "CREATE TABLE t(id INTEGER PRIMARY KEY, v BLOB)");
        for (int mebibytes = 0; mebibytes < gibibytes * 1024; mebibytes += 16) {
            EngineFixture.execute(
                    app,
                    "INSERT INTO t(v) VALUES(randomblob(1000000))",
                    "INSERT INTO t(v) VALUES(zeroblob(15700000))");
        }
        EngineFixture.execute(app, "PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL");
    }

    private static Txid change(Connection app, Engine engine) throws Exception {
        Txid last = Txid.FIRST;
        for (int i = 0; i < COMMITS; i++) {
            EngineFixture.execute(
                    app,
                    "UPDATE t SET v = randomblob(1000000) WHERE id %% 2 = 1 AND id %% 80 = %d"
                            .formatted(2 * i + 1));
            last = sync(engine);
            Thread.sleep(100);
        }
        return last;
    }

    private static Txid sync(Engine engine) throws Exception {
        ShutdownReport report = engine.sync(LIMIT);
        if (!report.isComplete()) {
            throw new IllegalStateException(report.toString());
        }
        return report.destinations().getFirst().head().orElseThrow();
    }

    private String compacted(Txid head) throws Exception {
        Inventory inventory = replica.inventory();
        while (inventory.head(new Level(2)).filter(head::equals).isEmpty()) {
            Thread.sleep(200);
            inventory = replica.inventory();
        }
        return inventory.files(new Level(1)).size()
                + " files of level 1 and "
                + inventory.files(new Level(2)).size()
                + " of level 2";
    }

    private void dropNewestSnapshot() throws Exception {
        replica.delete(replica.inventory().last(Level.SNAPSHOT).orElseThrow());
    }

    private void restore(Txid txid, String sum) throws Exception {
        Path output = directory.resolve("restored.db");
        var result =
                new Restore(replica, Clock.system())
                        .run(
                                RestoreRequest.of(new RestoreTarget.AtTxid(txid), output)
                                        .withCheck(IntegrityCheck.NONE));
        tell("restore of " + txid + " " + result.proof());
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + output)) {
            if (!sum(connection).equals(sum)) {
                throw new IllegalStateException("txid " + txid + " is not what was committed");
            }
        }
        Files.delete(output);
        began = System.nanoTime();
    }

    private static String sum(Connection connection) throws Exception {
        return EngineFixture.query(
                        connection,
                        "SELECT count(*), sum(length(v)), sum(unicode(hex(substr(v, 100, 1)))),"
                                + " sum(unicode(hex(substr(v, -100, 1)))) FROM t")
                .getFirst();
    }

    private void tell(String what) {
        System.out.printf(
                "%6.1f s of at most %d MiB of heap: %s%n",
                (System.nanoTime() - began) / 1e9, Runtime.getRuntime().maxMemory() >> 20, what);
        began = System.nanoTime();
    }
}
