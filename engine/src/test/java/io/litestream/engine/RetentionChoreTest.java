package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.replica.KeyLayout;
import io.litestream.replica.Level;
import io.litestream.replica.Replica;
import io.litestream.replica.ReplicaFile;
import io.litestream.replica.retention.Pin;
import io.litestream.replica.retention.Pins;
import io.litestream.replica.retention.RetentionPolicy;
import io.litestream.replica.state.StateDirectory;
import io.litestream.storage.ObjectStore;
import io.litestream.storage.StorageException;
import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.FaultyObjectStore;
import io.litestream.storage.testkit.MemoryObjectStore;
import io.litestream.storage.testkit.Operation;
import io.litestream.storage.testkit.RestrictedObjectStore;
import io.litestream.storage.testkit.Right;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/// When files of a destination are deleted, and what is asked of the store for it.
final class RetentionChoreTest {

    private static final Path DATABASE = Path.of("/data/app.db");
    private static final Instant NOON = Instant.parse("2026-05-06T12:00:00Z");

    @TempDir Path directory;

    private final SetClock clock = new SetClock(NOON);
    private final List<EngineEvent> events = new ArrayList<>();
    private final MemoryObjectStore memory = new MemoryObjectStore();
    private final FaultyObjectStore faulty = new FaultyObjectStore(memory);
    private final Scheduler scheduler = new Scheduler(1);
    private final Context context =
            new Context(
                    EngineSettings.DEFAULT,
                    scheduler,
                    new UploadPermits(1, scheduler),
                    new OpenPlaces(1, scheduler),
                    new MergePermits(),
                    new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1), new Random(1)),
                    clock,
                    events::add);
    private Destination destination = destination(faulty);
    private RetentionChore chore = chore();

    private Destination destination(ObjectStore store) {
        Replica replica = new Replica("memory", store, KeyLayout.PLAIN);
        return new Destination(
                new DestinationSettings("memory", replica, Duration.ZERO),
                DATABASE,
                context,
                () -> {});
    }

    private RetentionChore chore() {
        return new RetentionChore(
                DATABASE, destination, RetentionPolicy.DEFAULT, Duration.ofSeconds(15), context);
    }

    /// Fills the store with a base, slots 2 to 9, and their merge, all an hour old, and starts.
    private void start(ObjectStore store) throws Exception {
        Instant hourAgo = NOON.minus(Duration.ofHours(1));
        Replica replica = new Replica("memory", memory, KeyLayout.PLAIN);
        create(replica, 9, 1, 1, hourAgo);
        for (long txid = 2; txid <= 9; txid++) {
            create(replica, 0, txid, txid, hourAgo);
        }
        create(replica, 1, 2, 9, hourAgo);
        destination = destination(store);
        chore = chore();
        destination.start(Optional.of(Spool.open(new StateDirectory(directory))));
        assertThat(destination.awaitIdle(Long.MAX_VALUE)).isTrue();
        memory.resetCounts();
    }

    @AfterEach
    void close() {
        scheduler.close();
    }

    @Test
    void deletesWhatMayGoAndNotesIt() throws Exception {
        start(faulty);

        run(NOON);

        assertThat(destination.inventory().files(Level.CAPTURED)).hasSize(1);
        assertThat(destination.replica().inventory().files())
                .isEqualTo(destination.inventory().files());
        assertThat(events)
                .singleElement()
                .isInstanceOfSatisfying(
                        EngineEvent.RetentionEnforced.class,
                        e -> {
                            assertThat(e.files()).isEqualTo(7);
                            assertThat(e.bytes()).isEqualTo(7);
                            assertThat(e.destination()).isEqualTo("memory");
                        });
    }

    @Test
    void storesTheCatalogBeforeItDeletes() throws Exception {
        start(faulty);
        faulty.inject(Operation.REPLACE, _ -> true, Fault.failBefore());

        assertThatThrownBy(() -> run(NOON)).isInstanceOf(StorageException.Unavailable.class);

        assertThat(memory.calls(Operation.DELETE)).isZero();
    }

    @Test
    void asksNothingOfTheStoreWithoutAnythingToDelete() throws Exception {
        start(faulty);
        run(NOON);
        memory.resetCounts();

        for (int i = 1; i < 4 * 60 * 20; i++) {
            run(NOON.plusSeconds(15L * i));
        }

        assertThat(memory.calls()).isZero();
        assertThat(events).hasSize(1);
    }

    @Test
    void keepsWhatIsPinned() throws Exception {
        start(faulty);
        new Pins(destination.replica()).create(new Pin("here", new Txid(5), NOON));

        run(NOON);

        assertThat(destination.inventory().files(Level.CAPTURED))
                .extracting(file -> file.range().first().value())
                .containsExactly(2L, 3L, 4L, 5L, 9L);
    }

    @Test
    void looksForPinsAgainAfterAWhileOnly() throws Exception {
        start(faulty);
        for (long txid = 2; txid < 9; txid++) {
            new Pins(destination.replica()).create(new Pin("at-" + txid, new Txid(txid), NOON));
        }
        memory.resetCounts();

        for (int i = 0; i < 200; i++) {
            run(NOON.plusSeconds(15L * i));
        }
        assertThat(memory.calls(Operation.LIST)).isEqualTo(1);
        new Pins(destination.replica()).delete("at-8", NOON.plusSeconds(1));
        run(NOON.plus(Duration.ofHours(1)));

        assertThat(destination.inventory().files(Level.CAPTURED)).hasSize(7);
    }

    @Test
    void tellsOnceThatItMayNotDeleteAndAsksNoMore() throws Exception {
        start(new RestrictedObjectStore(memory, Set.of(Right.LIST, Right.READ)));

        run(NOON);
        memory.resetCounts();
        run(NOON.plusSeconds(15));

        assertThat(destination.inventory().files()).hasSize(10);
        assertThat(memory.calls()).isZero();
        assertThat(events)
                .singleElement()
                .isInstanceOfSatisfying(
                        EngineEvent.RetentionImpossible.class,
                        e -> assertThat(e.reason()).contains("not allowed to delete ltx/0/"));
    }

    @Test
    void triesADayLaterWhetherItMayDeleteNow() throws Exception {
        start(faulty);
        faulty.inject(
                Operation.DELETE,
                _ -> true,
                Fault.failBefore(() -> new StorageException.Denied("the token has expired", null)));
        run(NOON);
        faulty.heal();

        run(NOON.plus(Duration.ofHours(23)));
        assertThat(destination.inventory().files()).hasSize(10);
        run(NOON.plus(Duration.ofHours(24)));

        assertThat(destination.inventory().files(Level.CAPTURED)).hasSize(1);
        assertThat(events).filteredOn(EngineEvent.RetentionImpossible.class::isInstance).hasSize(1);
    }

    @Test
    void triesAgainWhatFailed() throws Exception {
        start(faulty);
        faulty.inject(
                Operation.DELETE,
                key -> key.name().startsWith("0000000000000004"),
                Fault.failBefore());

        assertThatThrownBy(() -> run(NOON)).isInstanceOf(StorageException.Unavailable.class);
        assertThat(destination.inventory().files())
                .as("what is gone is known, however many were begun")
                .isEqualTo(destination.replica().inventory().files());
        faulty.heal();
        run(NOON.plusSeconds(15));

        assertThat(destination.inventory().files(Level.CAPTURED)).hasSize(1);
        assertThat(destination.replica().inventory().files())
                .isEqualTo(destination.inventory().files());
    }

    @Test
    void deletesTheSlotsOfFiveMinutesAtOnce() throws Exception {
        start(faulty);
        run(NOON);
        Instant hourAgo = NOON.minus(Duration.ofHours(1));
        for (long txid = 10; txid <= 12; txid++) {
            destination.stored(create(destination.replica(), 0, txid, txid, hourAgo));
        }
        destination.stored(create(destination.replica(), 1, 10, 12, hourAgo));
        memory.resetCounts();

        run(NOON.plusSeconds(15));
        assertThat(memory.calls()).isZero();

        run(NOON.plus(Duration.ofMinutes(5)));
        assertThat(destination.inventory().files(Level.CAPTURED)).hasSize(1);
        assertThat(memory.calls(Operation.REPLACE)).isEqualTo(1);
    }

    @Test
    void stopsWhereTheEngineEnds() throws Exception {
        start(faulty);

        chore.run(new Chore.Turn(NOON, () -> true));

        assertThat(memory.calls(Operation.DELETE)).isZero();
        assertThat(events).isEmpty();
    }

    private void run(Instant now) throws IOException {
        clock.set(now);
        chore.run(new Chore.Turn(now, () -> false));
    }

    private static ReplicaFile create(
            Replica replica, int level, long first, long last, Instant created) throws IOException {
        return replica.create(
                new Level(level),
                new TxidRange(new Txid(first), new Txid(last)),
                created,
                out -> out.write(level));
    }
}
