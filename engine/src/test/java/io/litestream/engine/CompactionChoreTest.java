package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.ltx.IntegrityTag;
import io.litestream.ltx.LtxEncoder;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.ltx.WalOrigin;
import io.litestream.replica.Compactor;
import io.litestream.replica.KeyLayout;
import io.litestream.replica.Level;
import io.litestream.replica.LocalFiles;
import io.litestream.replica.Replica;
import io.litestream.replica.ReplicaFile;
import io.litestream.storage.StorageException;
import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.FaultyObjectStore;
import io.litestream.storage.testkit.MemoryObjectStore;
import io.litestream.storage.testkit.Operation;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// When a level is merged, and what is asked of the store for it.
final class CompactionChoreTest {

    private static final Path DATABASE = Path.of("/data/app.db");
    private static final Level ONE = new Level(1);
    private static final Instant NOON = Instant.parse("2026-05-06T12:00:00Z");
    private static final Duration INTERVAL = Duration.ofSeconds(30);

    private final SetClock clock = new SetClock(NOON);
    private final List<EngineEvent> events = new ArrayList<>();
    private final MemoryObjectStore memory = new MemoryObjectStore();
    private final FaultyObjectStore store = new FaultyObjectStore(memory);
    private final Replica replica = new Replica("memory", store, KeyLayout.PLAIN);
    private final Scheduler scheduler = new Scheduler(1);
    private final Destination destination =
            new Destination(
                    new DestinationSettings("memory", replica, Duration.ZERO),
                    DATABASE,
                    Contexts.of(scheduler, clock, events::add),
                    () -> {});
    private final CompactionChore chore =
            new CompactionChore(
                    DATABASE,
                    destination,
                    ONE,
                    INTERVAL,
                    new Compactor(replica, LocalFiles.NONE, Compactor.Verification.NONE, clock),
                    new MergePermits(),
                    clock,
                    events::add);
    private long last = 1;

    @BeforeEach
    void answer() throws Exception {
        destination.start(Optional.empty());
        assertThat(destination.awaitIdle(Long.MAX_VALUE)).isTrue();
        memory.resetCounts();
    }

    @AfterEach
    void close() {
        scheduler.close();
    }

    @Test
    void asksNothingWithoutAnythingNew() throws Exception {
        run(NOON);
        slots(2, NOON.minusSeconds(9));
        run(NOON);
        memory.resetCounts();

        for (int i = 0; i < 2880; i++) {
            run(NOON.plusSeconds(30L * i));
        }

        assertThat(memory.calls()).isZero();
    }

    @Test
    void mergesWhatCameBeforeTheMultipleOfTheInterval() throws Exception {
        slots(3, NOON.minusSeconds(3));

        run(NOON.plusMillis(400));

        assertThat(merged()).containsExactly("2-4");
        assertThat(events)
                .singleElement()
                .satisfies(
                        event -> assertThat(((EngineEvent.Compacted) event).inputs()).isEqualTo(3));
    }

    @Test
    void aStartLeavesWhatIsNewForTheNextMultiple() throws Exception {
        slots(3, NOON.plusSeconds(1));

        run(NOON.plusSeconds(8));

        assertThat(merged()).isEmpty();
    }

    @Test
    void aClockThatWasSetBackPutsNothingOff() throws Exception {
        slots(3, NOON.plus(Duration.ofHours(5)));

        run(NOON);

        assertThat(merged()).containsExactly("2-4");
    }

    @Test
    void aStartMergesWhatAnEarlierProcessDidNot() throws Exception {
        slots(1, NOON.minusSeconds(1));
        slots(3, NOON.plusSeconds(1));

        run(NOON.plusSeconds(8));

        assertThat(merged()).containsExactly("2-5");
    }

    @Test
    void mergesTheSameAgainIfTheAnswerWasLost() throws Exception {
        slots(3, NOON.minusSeconds(3));
        store.inject(Operation.CREATE, key -> key.value().contains("ltx/1/"), Fault.failAfter(), 1);
        assertThatThrownBy(() -> run(NOON)).isInstanceOf(StorageException.Unavailable.class);
        slots(2, NOON.plusSeconds(3));

        run(NOON.plusSeconds(30));

        assertThat(merged()).containsExactly("2-4", "5-6");
        assertThat(replica.inventory().files(ONE)).isEqualTo(destination.inventory().files(ONE));
    }

    @Test
    void goesOnWithWhatThereIsIfWhatItTriedIsGone() throws Exception {
        slots(3, NOON.minusSeconds(3));
        store.inject(
                Operation.CREATE, key -> key.value().contains("ltx/1/"), Fault.failBefore(), 1);
        assertThatThrownBy(() -> run(NOON)).isInstanceOf(StorageException.Unavailable.class);
        destination.removed(destination.inventory().files(Level.CAPTURED));
        slots(2, NOON.plusSeconds(3));

        run(NOON.plusSeconds(30));

        assertThat(merged()).containsExactly("5-6");
    }

    private void run(Instant now) throws IOException {
        clock.set(now);
        chore.run(new Chore.Turn(now, () -> false));
    }

    /// Stores slots that follow those before.
    private void slots(int count, Instant created) throws IOException {
        for (int i = 0; i < count; i++) {
            TxidRange range = TxidRange.of(new Txid(++last));
            LtxHeader header =
                    new LtxHeader(512, 1, range, created, WalOrigin.NONE, 0, IntegrityTag.NONE);
            destination.stored(
                    new Replica("direct", memory, KeyLayout.PLAIN)
                            .create(
                                    Level.CAPTURED,
                                    range,
                                    created,
                                    out -> {
                                        LtxEncoder encoder = new LtxEncoder(out, header);
                                        encoder.page(1, new byte[512]);
                                        encoder.finish();
                                    }));
        }
    }

    private List<String> merged() {
        return destination.inventory().files(ONE).stream()
                .map(ReplicaFile::range)
                .map(range -> range.first().value() + "-" + range.last().value())
                .toList();
    }
}
