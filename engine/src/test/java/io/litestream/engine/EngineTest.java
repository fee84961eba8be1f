package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.replica.Level;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.Connection;

/// What a person expects of replication on an ordinary day.
final class EngineTest {

    @TempDir Path directory;

    @Test
    void replicatesCommitsAsTheyCome() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory);
                Connection app = fixture.connect()) {
            EngineFixture.execute(
                    app, "PRAGMA journal_mode=WAL", "CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
            fixture.start();
            for (int i = 0; i < 50; i++) {
                EngineFixture.execute(app, "INSERT INTO t(v) VALUES(randomblob(3000))");
                Thread.sleep(5);
            }

            fixture.sync();

            fixture.assertRestorable();
        }
    }

    @Test
    void beginsALineWithABaseAndASlotAtLevelZero() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            fixture.application("PRAGMA journal_mode=WAL", "CREATE TABLE t(v)");

            fixture.start();
            Txid head = fixture.sync();

            assertThat(head).isEqualTo(new Txid(2));
            assertThat(fixture.replica().inventory().files(Level.SNAPSHOT))
                    .singleElement()
                    .satisfies(file ->
                            assertThat(file.name())
                                    .isEqualTo("0000000000000001-0000000000000001.ltx"));
            assertThat(fixture.replica().inventory().files(Level.CAPTURED))
                    .singleElement()
                    .satisfies(file ->
                            assertThat(file.name())
                                    .isEqualTo("0000000000000002-0000000000000002.ltx"));
            fixture.assertRestorable();
        }
    }

    @Test
    void goesOnAfterAStopWithoutAComparison() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            fixture.application("PRAGMA journal_mode=WAL", "CREATE TABLE t(v)");
            try (Connection app = fixture.connect()) {
                fixture.start();
                EngineFixture.execute(app, "INSERT INTO t VALUES(1)");
                fixture.sync();
                Thread.sleep(50);
                fixture.engine().sync(EngineFixture.LIMIT);
                fixture.stop();
                EngineFixture.execute(app, "INSERT INTO t VALUES(2)");
                fixture.events.clear();
                fixture.start();
                fixture.sync();

                assertThat(fixture.all(EngineEvent.Compared.class)).isEmpty();
                fixture.assertRestorable();
            }
        }
    }

    @Test
    void findsWhatWasCommittedAndCheckpointedWhileItWasStopped() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            fixture.application("PRAGMA journal_mode=WAL", "CREATE TABLE t(v)");
            fixture.start();
            fixture.sync();
            fixture.stop();
            fixture.application(
                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<3000)"
                            + " INSERT INTO t SELECT randomblob(2000) FROM n",
                    "PRAGMA wal_checkpoint(TRUNCATE)",
                    "INSERT INTO t VALUES('after')");
            fixture.events.clear();
            fixture.start();
            fixture.sync();

            fixture.stop();
            assertThat(fixture.all(EngineEvent.Compared.class)).hasSize(1);
            fixture.assertRestorable();
        }
    }

    @Test
    void continuesTheLineWhenTheLocalStateIsLost() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            fixture.application("PRAGMA journal_mode=WAL", "CREATE TABLE t(v)");
            fixture.start();
            fixture.application("INSERT INTO t VALUES(1)");
            Txid before = fixture.sync();
            fixture.stop();
            deleteTree(directory.resolve(".app.db-litestream"));
            fixture.application("INSERT INTO t VALUES(2)");
            fixture.start();
            Txid after = fixture.sync();

            assertThat(after).isEqualTo(before.next());
            fixture.assertRestorable();
        }
    }

    private static void deleteTree(Path root) throws Exception {
        try (var paths = java.nio.file.Files.walk(root)) {
            for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
                java.nio.file.Files.delete(path);
            }
        }
    }
}
