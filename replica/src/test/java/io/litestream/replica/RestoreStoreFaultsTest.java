package io.litestream.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.ltx.Txid;
import io.litestream.replica.Line.Tags;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.StorageException;
import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.FaultyObjectStore;
import io.litestream.storage.testkit.MemoryObjectStore;
import io.litestream.storage.testkit.Operation;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

final class RestoreStoreFaultsTest {

    @TempDir Path directory;

    private final MemoryObjectStore memory = new MemoryObjectStore();
    private final FaultyObjectStore store = new FaultyObjectStore(memory);
    private final Replica replica = new Replica("test", store, KeyLayout.PLAIN);
    private final SkippingClock clock = new SkippingClock();
    private final Line line = new Line(3, 4000);

    @BeforeEach
    void fill() throws IOException {
        for (int i = 0; i < 5; i++) {
            line.commitSomething();
        }
        line.add(replica, 9, 1, 2, Tags.ALL);
        for (long txid = 3; txid <= 6; txid++) {
            line.add(replica, 0, txid, txid, Tags.ALL);
        }
    }

    @AfterEach
    void everyStreamIsClosed() {
        assertThat(memory.openStreams()).isZero();
    }

    @Test
    void readsAgainWhatAStoreDidNotAnswer() throws Exception {
        store.inject(Operation.LIST, _ -> true, Fault.failBefore(), 3);
        store.inject(Operation.OPEN, _ -> true, Fault.failBefore(), 3);
        store.inject(Operation.OPEN, isSnapshot(), Fault.breakReads(1_000_000), 2);
        store.inject(Operation.OPEN, isSnapshot(), Fault.truncateReads(500_000), 1);

        restore();

        assertThat(output()).hasBinaryContent(line.database(new Txid(6)));
    }

    @Test
    void comesThroughManyFaults() throws Exception {
        long seed = System.nanoTime();
        store.injectRandomly(
                new Random(seed),
                0.2,
                List.of(Fault.failBefore(), Fault.breakReads(700), Fault.truncateReads(99)));

        try {
            restore();
        } catch (RestoreException.Unreachable tooMany) {
            assertThat(directory).as("seed %d", seed).isEmptyDirectory();
            return;
        } catch (RestoreException.Damaged alwaysEndedEarly) {
            assertThat(directory).as("seed %d", seed).isEmptyDirectory();
            return;
        }
        assertThat(output()).as("seed %d", seed).hasBinaryContent(line.database(new Txid(6)));
    }

    @Test
    void givesUpOnAStoreThatNeverAnswers() {
        store.inject(Operation.OPEN, isSnapshot(), Fault.failBefore());

        assertThatThrownBy(this::restore)
                .isInstanceOf(RestoreException.Unreachable.class)
                .hasMessageContaining("test");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void asksARefusingStoreOnlyOnce() {
        FaultyObjectStore.Injection refusal =
                store.inject(
                        Operation.LIST,
                        _ -> true,
                        Fault.failBefore(() -> new StorageException.Rejected("no", null)));

        assertThatThrownBy(this::restore).isInstanceOf(RestoreException.Unreachable.class);

        assertThat(refusal.hits()).isBetween(1L, (long) Level.all().size());
        assertThat(clock.nanoTime()).isZero();
    }

    @Test
    void plansAgainWhenRetentionTakesAFileAway() throws Exception {
        ReplicaFile old = replica.inventory().last(new Level(9)).orElseThrow();
        line.add(replica, 9, 1, 4, Tags.ALL);
        ReplicaFile newer = replica.inventory().last(new Level(9)).orElseThrow();
        replica.delete(newer);
        store.inject(
                Operation.OPEN,
                key -> key.equals(replica.key(old)),
                Fault.failBefore(() -> retention(old)),
                1);

        RestoreResult result = restore();

        assertThat(output()).hasBinaryContent(line.database(new Txid(6)));
        assertThat(result.proof()).isEqualTo(new Proof.Proven());
    }

    /// A newer snapshot appears, and the old one goes.
    private StorageException retention(ReplicaFile old) {
        try {
            line.add(new Replica("memory", memory, KeyLayout.PLAIN), 9, 1, 4, Tags.ALL);
            memory.delete(replica.key(old));
            return new StorageException.NotFound(replica.key(old));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private java.util.function.Predicate<ObjectKey> isSnapshot() {
        return key -> key.value().startsWith("ltx/9/");
    }

    private RestoreResult restore() throws RestoreException {
        return new Restore(replica, clock)
                .run(
                        RestoreRequest.of(new RestoreTarget.Latest(), output())
                                .withCheck(IntegrityCheck.NONE));
    }

    private Path output() {
        return directory.resolve("restored.db");
    }
}
