package io.litestream.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.ltx.Txid;
import io.litestream.replica.LegacyHistory.Moment;
import io.litestream.replica.legacy.Generation;
import io.litestream.replica.legacy.LegacyReplica;
import io.litestream.replica.legacy.WalIndex;
import io.litestream.replica.legacy.WalPoint;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.testkit.MemoryObjectStore;
import io.litestream.time.Clock;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

final class LegacyRestoreTest {

    @TempDir Path application;
    @TempDir Path directory;

    private final MemoryObjectStore store = new MemoryObjectStore();
    private final Replica replica = new Replica("old", store, KeyLayout.PLAIN);

    @AfterEach
    void everyStreamIsClosed() {
        assertThat(store.openStreams()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 4096, 65536})
    void restoresEveryStateThatWasReplicated(int pageSize) throws Exception {
        try (LegacyHistory history = history(pageSize)) {
            history.insert(3, 900);
            history.sync();
            history.insert(2, 3 * pageSize);
            history.write("DELETE FROM t WHERE id = 2;");
            history.sync();
            history.checkpoint("TRUNCATE");
            history.write("UPDATE t SET v = 'changed' WHERE id = 1;");
            history.sync();
            history.insert(20, 2000);
            history.sync();
            history.checkpoint("RESTART");
            history.write("DELETE FROM t WHERE id > 4;", "VACUUM;");
            history.sync();
            history.insert(1, 10);
            history.sync();

            assertThat(history.moments.getLast().index()).isEqualTo(new WalIndex(2));
            assertThatEachComesBack(history);
            assertThat(dump(new RestoreTarget.Latest()))
                    .isEqualTo(history.moments.getLast().dump());
        }
    }

    @Test
    void restoresTheEndOfEachWalOfEachGeneration() throws Exception {
        try (LegacyHistory history = threeGenerations()) {
            for (Moment moment : history.moments) {
                Moment last =
                        history.moments.stream()
                                .filter(other -> other.generation().equals(moment.generation()))
                                .filter(other -> other.index().equals(moment.index()))
                                .reduce((_, later) -> later)
                                .orElseThrow();

                RestoreResult result = restore(in(moment, new WalPoint.OfIndex(moment.index())));

                assertThat(dump()).isEqualTo(last.dump());
                assertThat(result.txid()).isEmpty();
                assertThat(result.point().toString())
                        .startsWith(moment.generation() + "/" + moment.index() + ":");
                assertThat(result.proof()).isInstanceOf(Proof.Unproven.class);
            }
        }
    }

    @Test
    void restoresTheEndOfAGeneration() throws Exception {
        try (LegacyHistory history = threeGenerations()) {
            Moment first = history.moments.get(3);

            assertThat(dump(in(first, new WalPoint.End()))).isEqualTo(first.dump());
            assertThat(dump(in(first, new WalPoint.OfTime(history.moments.get(1).time()))))
                    .isEqualTo(history.moments.get(1).dump());
        }
    }

    @Test
    void restoresTheEndOfTheGenerationBeforeForATimeBetweenTwo() throws Exception {
        try (LegacyHistory history = threeGenerations()) {
            assertThatEachComesBack(history);
        }
    }

    @Test
    void beginsWithTheNewestSnapshotThatIsNotTooNew() throws Exception {
        try (LegacyHistory history = history(4096)) {
            history.insert(5, 3000);
            history.sync();
            history.checkpoint("TRUNCATE");
            history.insert(2, 3000);
            history.sync();
            history.snapshot();
            history.insert(1, 3000);
            Moment before = history.sync();
            history.checkpoint("TRUNCATE");
            history.insert(1, 3000);
            history.sync();
            history.snapshot();
            history.insert(1, 3000);
            history.sync();

            assertThatEachComesBack(history);
            RestorePlan plan = new Restore(replica, Clock.system()).plan(at(before));
            assertThat(plan)
                    .isInstanceOfSatisfying(
                            RestorePlan.OfGeneration.class,
                            old -> {
                                assertThat(old.plan().snapshot().index())
                                        .isEqualTo(new WalIndex(1));
                                assertThat(old.plan().segments()).hasSize(2);
                            });
        }
    }

    /// A passive checkpoint brings frames into the database file that are in the WAL, too.
    @Test
    void appliesAWalToASnapshotThatHoldsSomeOfIt() throws Exception {
        try (LegacyHistory history = history(1024)) {
            history.insert(8, 700);
            history.sync();
            history.checkpoint("PASSIVE");
            history.begin();
            history.insert(2, 700);
            history.sync();

            assertThatEachComesBack(history);
        }
    }

    @Test
    void restoresRandomHistories() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        try (LegacyHistory history = history(512 << random.nextInt(4))) {
            for (int i = 0; i < 40; i++) {
                step(history, random);
            }
            history.sync();

            assertThat(history.moments).as("seed %d", seed).allSatisfy(this::comesBack);
        }
    }

    private static void step(LegacyHistory history, Random random) throws Exception {
        switch (random.nextInt(8)) {
            case 0 -> history.insert(1 + random.nextInt(4), random.nextInt(9000));
            case 1 -> history.write("DELETE FROM t WHERE id % 3 = " + random.nextInt(3) + ";");
            case 2 -> history.write("UPDATE t SET v = randomblob(500) WHERE id % 5 = 1;");
            case 3 -> history.write("VACUUM;");
            case 4 -> history.snapshot();
            case 5 -> {
                history.sync();
                String[] modes = {"PASSIVE", "RESTART", "TRUNCATE"};
                history.checkpoint(modes[random.nextInt(modes.length)]);
            }
            case 6 -> {
                if (random.nextInt(4) == 0) {
                    history.begin();
                }
            }
            default -> history.sync();
        }
    }

    @Test
    void replacesADatabaseAndLeavesNothingElse() throws Exception {
        try (LegacyHistory history = history(4096)) {
            history.insert(3, 3000);
            Moment last = history.sync();
            SqliteProgram.run(output(), "CREATE TABLE other(x);");

            restore(new RestoreTarget.Latest());

            assertThat(dump()).isEqualTo(last.dump());
            try (var files = Files.list(directory)) {
                assertThat(files).containsExactly(output());
            }
        }
    }

    @Test
    void saysThatThereAreNoTransactions() throws Exception {
        try (LegacyHistory _ = history(4096)) {
            assertThatThrownBy(() -> restore(new RestoreTarget.AtTxid(new Txid(1))))
                    .isInstanceOf(RestoreException.NotAPoint.class)
                    .hasMessageContaining("0.3, which has no txids: give -timestamp");
        }
    }

    @Test
    void refusesWhatWasNeverThere() throws Exception {
        try (LegacyHistory history = history(4096)) {
            Moment first = history.moments.getFirst();
            Generation other = new Generation("00000000000000aa");

            assertThatThrownBy(() -> restore(in(first, new WalPoint.OfIndex(new WalIndex(7)))))
                    .isInstanceOf(RestoreException.NotAPoint.class)
                    .hasMessageContaining("has nothing of index 00000007")
                    .hasMessageContaining("the newest before it is 00000000");
            assertThatThrownBy(() ->
                            restore(new RestoreTarget.InGeneration(other, new WalPoint.End())))
                    .isInstanceOf(RestoreException.NotAPoint.class)
                    .hasMessageContaining(
                            "no generation 00000000000000aa: it has [0edcba9876543210]");
            assertThatThrownBy(
                            () -> restore(new RestoreTarget.AtTime(first.time().minusSeconds(1))))
                    .isInstanceOf(RestoreException.NotAPoint.class)
                    .hasMessageContaining("nothing as old as 2023-05-01T10:00:09Z")
                    .hasMessageContaining("the first snapshot is of 2023-05-01T10:00:10Z");
        }
    }

    @Test
    void hasNoBackupWhereThereIsNothing() {
        assertThatThrownBy(() -> restore(new RestoreTarget.Latest()))
                .isInstanceOf(RestoreException.NoBackup.class);
        assertThatThrownBy(() ->
                        restore(
                                new RestoreTarget.InGeneration(
                                        new Generation("00000000000000aa"), new WalPoint.End())))
                .isInstanceOf(RestoreException.NoBackup.class);
    }

    @Test
    void leavesOutObjectsWithOtherNames() throws Exception {
        try (LegacyHistory history = history(4096)) {
            String generation = history.moments.getFirst().generation().name();
            for (String junk :
                    List.of(
                            "generations/README",
                            "generations/" + generation + "/wal/00000000_00000000.wal.lz4.tmp",
                            "generations/" + generation + "/wal/0000000g_00000000.wal.lz4",
                            "generations/" + generation + "/snapshots/0.snapshot.lz4",
                            "generations/UPPER/snapshots/00000009.snapshot.lz4")) {
                store.create(
                        new ObjectKey(junk),
                        history.moments.getFirst().time(),
                        out -> out.write(1));
            }

            assertThat(new LegacyReplica(store).inventory().snapshots()).hasSize(1);
            assertThat(new LegacyReplica(store).inventory().segments()).hasSize(1);
        }
    }

    private LegacyHistory threeGenerations() throws Exception {
        LegacyHistory history = history(4096);
        history.insert(4, 2000);
        history.sync();
        history.checkpoint("TRUNCATE");
        history.insert(4, 2000);
        history.sync();
        history.insert(1, 2000);
        history.sync();
        history.insert(3, 2000);
        history.begin();
        history.insert(3, 2000);
        history.sync();
        history.checkpoint("TRUNCATE");
        history.begin();
        history.insert(3, 2000);
        history.sync();
        return history;
    }

    private void assertThatEachComesBack(LegacyHistory history) throws Exception {
        for (Moment moment : history.moments) {
            comesBack(moment);
        }
    }

    private void comesBack(Moment moment) throws Exception {
        assertThat(dump(at(moment))).isEqualTo(moment.dump());
        assertThat(
                        dump(
                                new RestoreTarget.AtTime(
                                        moment.time().plus(LegacyHistory.STEP).minusNanos(1))))
                .isEqualTo(moment.dump());
    }

    private LegacyHistory history(int pageSize) throws Exception {
        return new LegacyHistory(store, application, pageSize);
    }

    private static RestoreTarget at(Moment moment) {
        return new RestoreTarget.AtTime(moment.time());
    }

    private static RestoreTarget in(Moment moment, WalPoint point) {
        return new RestoreTarget.InGeneration(moment.generation(), point);
    }

    private String dump(RestoreTarget target) throws Exception {
        restore(target);
        return dump();
    }

    private String dump() throws Exception {
        return SqliteProgram.run(output(), ".dump");
    }

    private RestoreResult restore(RestoreTarget target) throws RestoreException {
        return new Restore(replica, Clock.system())
                .run(
                        RestoreRequest.of(target, output())
                                .withCheck(IntegrityCheck.FULL)
                                .withExisting(ExistingOutput.REPLACE));
    }

    private Path output() {
        return directory.resolve("restored.db");
    }
}
