package io.litestream.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.crash.Sql;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;

/// What our program writes is read by the original's code.
final class OriginalReadsOursTest {

    private static final String TABLE = "CREATE TABLE t(id INTEGER PRIMARY KEY, v)";

    @TempDir private Path directory;
    private Original original;
    private ReplicatedDatabase ours;

    @BeforeEach
    void find() throws Exception {
        original = Original.assumeThere(directory);
        ours = new ReplicatedDatabase(directory);
    }

    @AfterEach
    void close() {
        if (ours != null) {
            ours.close();
        }
    }

    @Test
    void readsAFirstStart() throws Exception {
        ours.application("PRAGMA journal_mode=WAL", TABLE, "INSERT INTO t(v) VALUES('first')");

        ours.once();

        assertRead();
        assertThat(original.txid(ours.replica)).isEqualTo("0000000000000002");
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 1024, 2048, 4096, 8192, 16384, 32768, 65536})
    void readsEveryPageSize(int pageSize) throws Exception {
        ours.application("PRAGMA page_size=" + pageSize, "PRAGMA journal_mode=WAL", TABLE);
        ours.insert(50, 700);
        ours.once();
        ours.application("DELETE FROM t WHERE id % 2 = 0", "CREATE INDEX i ON t(v)");
        ours.once();

        assertRead();
    }

    @Test
    void readsGrowthAndShrinking() throws Exception {
        ours.application("PRAGMA journal_mode=WAL", TABLE);
        ours.start();
        ours.await("snapshot complete");
        for (int i = 0; i < 10; i++) {
            ours.insert(100, 1000);
        }
        ours.application("DELETE FROM t WHERE id > 200", "VACUUM");
        ours.insert(10, 3000);
        ours.stop();
        assertRead();

        ours.start();
        ours.application("DELETE FROM t", "VACUUM");
        ours.stop();

        assertRead();
    }

    @Test
    void readsWhatWasWrittenWhileTheProgramWasStopped() throws Exception {
        ours.application("PRAGMA journal_mode=WAL", TABLE);
        ours.insert(500, 500);
        ours.start();
        ours.await("ltx file uploaded");
        ours.stop();
        ours.application("UPDATE t SET v = randomblob(400) WHERE id % 3 = 0");
        ours.application("PRAGMA wal_checkpoint(TRUNCATE)", "INSERT INTO t(v) VALUES('after')");
        ours.start();
        ours.application("INSERT INTO t(v) VALUES('running')");
        ours.stop();

        assertRead();
    }

    @Test
    void readsOnAfterCrashes() throws Exception {
        ours.application("PRAGMA journal_mode=WAL", TABLE);
        for (int i = 0; i < 4; i++) {
            ours.start();
            for (int j = 0; j < 20; j++) {
                ours.insert(1 + j, 300);
                Thread.sleep(10);
            }
            ours.kill();
        }
        ours.once();

        assertRead();
    }

    @Test
    void readsOnAfterTheLocalStateWasLost() throws Exception {
        ours.application("PRAGMA journal_mode=WAL", TABLE);
        ours.insert(100, 500);
        ours.once();
        ours.loseState();
        ours.application("DELETE FROM t WHERE id < 50");
        ours.once();
        assertRead();

        ours.loseState();
        ours.once();

        assertRead();
    }

    @Test
    void readsWhatWasMerged() throws Exception {
        ours.application("PRAGMA journal_mode=WAL", TABLE);
        ours.startMerging();
        ours.await("snapshot complete");
        change();
        change();
        ours.application("VACUUM");
        ours.await("level=2");
        ours.insert(3, 100);
        ours.stop();
        assertRead();

        ours.once(); // what came after the last merge stays at level 0
        ours.deleteLevel(1);

        assertRead();
    }

    @Test
    void readsWhatSnapshotsAndRetentionLeft() throws Exception {
        ours.application("PRAGMA journal_mode=WAL", TABLE);
        ours.startMerging("snapshot: {interval: 3s}");
        ours.await("snapshot complete");
        change();
        ours.await("snapshot complete");
        Instant early = between();
        change();
        ours.await("snapshot complete");
        Instant middle = between();
        String then = ours.dump();
        change();
        ours.await("level=2");
        ours.stop();
        long slots = ours.files(0);
        long merged = ours.files(1) + ours.files(2);
        long snapshots = ours.files(9);
        Duration age = Duration.ofHours(2);
        ours.age(early, age);

        ours.enforceRetention();

        assertThat(ours.files(0)).isLessThan(slots);
        assertThat(ours.files(1) + ours.files(2)).isLessThan(merged);
        assertThat(ours.files(9)).isLessThan(snapshots);
        Dumps.assertEqual(original.dump(ours.replica, middle.minus(age)), then);
        assertRead();
    }

    private void change() throws Exception {
        for (int i = 0; i < 15; i++) {
            ours.insert(20, 500);
            ours.application("DELETE FROM t WHERE id % 11 = " + i % 11);
            Thread.sleep(50);
        }
    }

    @Test
    void readsALargeTransaction() throws Exception {
        ours.application("PRAGMA journal_mode=WAL", TABLE);
        ours.start();
        ours.await("snapshot complete");
        ours.insert(4000, 3000);
        ours.stop();

        assertRead();
    }

    @Test
    void readsAnEarlierTime() throws Exception {
        ours.application("PRAGMA journal_mode=WAL", TABLE, "INSERT INTO t(v) VALUES('first')");
        ours.once();
        Instant first = between();
        String before = ours.dump();
        try (Connection app = Sql.open(ours.database)) {
            Sql.run(app, "UPDATE t SET v = 'changed'", "INSERT INTO t(v) VALUES('second')");
            ours.once();
            Instant second = between();
            String middle = ours.dump();
            Sql.run(app, "DROP TABLE t", "CREATE TABLE u(w)");
            ours.once();

            Dumps.assertEqual(original.dump(ours.replica, first), before);
            Dumps.assertEqual(original.dump(ours.replica, second), middle);
            assertRead();
        }
    }

    /// Returns a time that is clearly after what was replicated, and before what will be.
    private static Instant between() throws InterruptedException {
        Thread.sleep(300);
        Instant time = Instant.now();
        Thread.sleep(300);
        return time;
    }

    private void assertRead() {
        Dumps.assertEqual(original.dump(ours.replica), ours.dump());
    }
}
