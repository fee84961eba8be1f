package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.replica.KeyLayout;
import io.litestream.replica.Level;
import io.litestream.replica.Replica;
import io.litestream.replica.ReplicaFile;
import io.litestream.replica.state.StateDirectory;
import io.litestream.storage.testkit.MemoryObjectStore;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// When chores run.
final class UpkeepTest {

    private static final Path DATABASE = Path.of("/data/app.db");
    private static final Txid HEAD = new Txid(5);

    @TempDir Path directory;

    private final SetClock clock = new SetClock(Instant.parse("2026-05-06T07:08:09.123Z"));
    private final List<EngineEvent> events = new CopyOnWriteArrayList<>();
    private final Scheduler scheduler = new Scheduler(1);
    private final Context context = Contexts.of(scheduler, clock, events::add);
    private final Destination destination =
            new Destination(
                    new DestinationSettings(
                            "memory",
                            new Replica("memory", new MemoryObjectStore(), KeyLayout.PLAIN),
                            Duration.ZERO),
                    DATABASE,
                    context,
                    () -> {});
    private final List<String> runs = new CopyOnWriteArrayList<>();

    @BeforeEach
    void answer() throws Exception {
        destination.start(Optional.of(Spool.open(new StateDirectory(directory))));
        assertThat(destination.awaitIdle(Long.MAX_VALUE)).isTrue();
        destination.stored(file(HEAD));
    }

    @AfterEach
    void close() {
        scheduler.close();
    }

    @Test
    void runsAChoreAtTheStartAndAtTheMultiplesOfItsInterval() throws Exception {
        Upkeep upkeep = upkeep(chore("a", Duration.ofSeconds(30), turn -> {}));

        tickEverySecond(upkeep, 60);

        assertThat(runs).containsExactly("a 07:08:09.123Z", "a 07:08:30.123Z", "a 07:09:00.123Z");
    }

    @Test
    void runsWhatIsDueAtOnceInOrder() throws Exception {
        Upkeep upkeep =
                upkeep(
                        chore("a", Duration.ofSeconds(30), turn -> {}),
                        chore("b", Duration.ofSeconds(60), turn -> {}));
        clock.set(Instant.parse("2026-05-06T07:08:59Z"));

        tickEverySecond(upkeep, 2);

        assertThat(runs)
                .containsExactly("a 07:08:59Z", "b 07:08:59Z", "a 07:09:00Z", "b 07:09:00Z");
    }

    @Test
    void triesAgainWhatFailedAndTellsOfIt() throws Exception {
        Upkeep upkeep =
                upkeep(
                        chore(
                                "a",
                                Duration.ofHours(1),
                                turn -> {
                                    throw new IOException("no");
                                }),
                        chore(
                                "b",
                                Duration.ofHours(1),
                                turn -> {
                                    throw new IllegalStateException("bug");
                                }),
                        chore(
                                "c",
                                Duration.ofHours(1),
                                turn -> {
                                    throw new NoClassDefFoundError("gone");
                                }));

        tickEverySecond(upkeep, 31);

        assertThat(runs).hasSizeGreaterThanOrEqualTo(6);
        assertThat(events)
                .filteredOn(EngineEvent.UpkeepFailed.class::isInstance)
                .extracting(event -> ((EngineEvent.UpkeepFailed) event).reason())
                .contains(
                        "no",
                        "unexpected failure: java.lang.IllegalStateException: bug",
                        "unexpected failure: java.lang.NoClassDefFoundError: gone");
    }

    @Test
    void leavesADestinationAloneThatIsBeyondTheLine() throws Exception {
        Upkeep upkeep = upkeep(chore("a", Duration.ofSeconds(1), turn -> {}));
        destination.stored(file(HEAD.next()));

        tickEverySecond(upkeep, 3);

        assertThat(runs).isEmpty();
    }

    @Test
    void leavesADestinationAloneThatWasStopped() throws Exception {
        Upkeep upkeep = upkeep(chore("a", Duration.ofSeconds(1), turn -> {}));
        destination.stop("a person must act");

        tickEverySecond(upkeep, 3);

        assertThat(runs).isEmpty();
    }

    @Test
    void goesOnWhenTheWallClockWasSetBack() throws Exception {
        Upkeep upkeep = upkeep(chore("a", Duration.ofSeconds(30), turn -> {}));
        tickEverySecond(upkeep, 1);

        clock.set(Instant.parse("2020-01-01T00:00:00Z"));
        tickEverySecond(upkeep, 1);

        assertThat(runs).containsExactly("a 07:08:09.123Z", "a 00:00:00Z");
    }

    @Test
    void runsNothingOnceItIsClosed() throws Exception {
        Upkeep upkeep = upkeep(chore("a", Duration.ofSeconds(1), turn -> {}));
        upkeep.close();

        tickEverySecond(upkeep, 2);

        assertThat(runs).isEmpty();
    }

    private void tickEverySecond(Upkeep upkeep, int ticks) throws InterruptedException {
        for (int i = 0; i < ticks; i++) {
            upkeep.tick(HEAD);
            assertThat(upkeep.awaitIdle(Long.MAX_VALUE)).isTrue();
            clock.advance(Duration.ofSeconds(1));
        }
    }

    private Upkeep upkeep(Chore... chores) {
        return new Upkeep(DATABASE, destination, List.of(chores), context);
    }

    private static ReplicaFile file(Txid last) {
        return new ReplicaFile(Level.SNAPSHOT, new TxidRange(Txid.FIRST, last), 1, Instant.EPOCH);
    }

    private interface Work {
        void run(Chore.Turn turn) throws IOException;
    }

    private Chore chore(String name, Duration interval, Work work) {
        return new Chore() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Duration interval() {
                return interval;
            }

            @Override
            public void run(Turn turn) throws IOException {
                runs.add(name + " " + turn.now().toString().substring(11));
                work.run(turn);
            }
        };
    }
}
