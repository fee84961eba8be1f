package io.litestream.replica;

import io.litestream.ltx.Txid;
import io.litestream.replica.legacy.Generation;
import io.litestream.replica.legacy.WalIndex;
import io.litestream.storage.ObjectStore;
import io.litestream.storage.testkit.LegacyReplicator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// A database, its application, and Litestream 0.3, which replicates it; and what the database held
/// each time.
final class LegacyHistory implements AutoCloseable {

    static final Duration STEP = Duration.ofSeconds(10);

    /// Their names are chosen at random, and need not be in the order of their times.
    private static final long HIGHEST = 0x0edc_ba98_7654_3210L;

    private static final Instant START = Instant.parse("2023-05-01T10:00:00Z");

    final List<Moment> moments = new ArrayList<>();
    private final Path database;
    private final SqliteProgram application;
    private final LegacyReplicator replicator;
    private Instant now = START;
    private Generation generation = new Generation("0".repeat(16));
    private int generations;

    /// What the database held at some time, and where that is in the backup.
    record Moment(Instant time, Generation generation, WalIndex index, String dump) {}

    /// Creates a database with a table `t(id, v)`, and begins to replicate it.
    LegacyHistory(ObjectStore store, Path directory, int pageSize) throws IOException {
        this.database = directory.resolve("legacy.db");
        this.application = SqliteProgram.open(database);
        this.replicator = new LegacyReplicator(store, database);
        application.ask(
                "PRAGMA page_size=" + pageSize + ";",
                "PRAGMA journal_mode=WAL;",
                "PRAGMA wal_autocheckpoint=0;",
                "CREATE TABLE t(id INTEGER PRIMARY KEY, v);");
        begin();
    }

    /// Begins another generation.
    Moment begin() throws IOException {
        now = now.plus(STEP);
        generation = new Generation("%016x".formatted(HIGHEST - generations++));
        replicator.begin(generation.name(), now);
        return moment();
    }

    void write(String... statements) throws IOException {
        application.ask(statements);
    }

    /// Inserts rows, one transaction each.
    void insert(int rows, int bytes) throws IOException {
        for (int i = 0; i < rows; i++) {
            write("INSERT INTO t(v) VALUES(randomblob(" + bytes + "));");
        }
    }

    /// Replicates what was committed.
    Moment sync() throws IOException {
        now = now.plus(STEP);
        replicator.sync(now);
        return moment();
    }

    /// Copies all of the WAL into the database, so that the next write begins another WAL. The
    /// replication has to be at the end.
    ///
    /// @param mode RESTART leaves the old frames behind the new ones
    void checkpoint(String mode) throws IOException {
        application.ask("PRAGMA wal_checkpoint(" + mode + ");");
    }

    void snapshot() throws IOException {
        now = now.plus(STEP);
        replicator.snapshot(now);
    }

    private Moment moment() throws IOException {
        Moment moment =
                new Moment(
                        now,
                        generation,
                        new WalIndex(replicator.index()),
                        application.ask(".dump"));
        moments.add(moment);
        return moment;
    }

    /// Goes on with Litestream 0.5: writes the present state into a replica, as the snapshot of a
    /// later time if it is the first file, else as a file of level 0.
    Moment upgrade(Replica replica, long txid, Duration later) throws IOException {
        checkpoint("TRUNCATE");
        now = now.plus(STEP);
        LegacyLine.add(replica, Files.readAllBytes(database), new Txid(txid), now, now.plus(later));
        return moment();
    }

    @Override
    public void close() throws IOException {
        application.close();
    }
}
