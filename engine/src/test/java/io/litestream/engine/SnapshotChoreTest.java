package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.IntegrityTag;
import io.litestream.ltx.LtxEncoder;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.ltx.WalOrigin;
import io.litestream.replica.Compactor;
import io.litestream.replica.KeyLayout;
import io.litestream.replica.Level;
import io.litestream.replica.Replica;
import io.litestream.replica.ReplicaFile;
import io.litestream.storage.testkit.MemoryObjectStore;
import io.litestream.storage.testkit.Operation;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;

/// When the whole database is stored again.
final class SnapshotChoreTest {

    private static final Path DATABASE = Path.of("/data/app.db");
    private static final Instant MIDNIGHT = Instant.parse("2026-05-06T00:00:00Z");
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration SPREAD = Duration.ofHours(1);
    private static final long MEGABYTE = 1 << 20;

    private final SetClock clock = new SetClock(MIDNIGHT);
    private final Scheduler scheduler = new Scheduler(1);
    private final MemoryObjectStore store = new MemoryObjectStore();
    private final Replica replica = new Replica("memory", store, KeyLayout.PLAIN);
    private final Destination destination =
            new Destination(
                    new DestinationSettings("memory", replica, Duration.ZERO),
                    DATABASE,
                    Contexts.of(scheduler, clock, _ -> {}),
                    () -> {});
    private final AtomicInteger wakes = new AtomicInteger();

    @BeforeEach
    void answer() throws Exception {
        destination.start(Optional.empty());
        assertThat(destination.awaitIdle(Long.MAX_VALUE)).isTrue();
        store.resetCounts();
    }

    @AfterEach
    void close() {
        scheduler.close();
    }

    @Test
    void anIdleDatabaseGetsNoSecondSnapshot() throws Exception {
        SnapshotChore chore = chore(Optional.empty());
        stored(9, 1, 1, MEGABYTE, MIDNIGHT);
        stored(9, 1, 7, MEGABYTE, MIDNIGHT.plusSeconds(1));

        for (int i = 0; i < 72; i++) {
            run(chore, MIDNIGHT.plus(Duration.ofHours(i)));
        }

        assertThat(destination.isSnapshotAsked()).isFalse();
        assertThat(store.calls()).isZero();
    }

    @Test
    void aDatabaseThatChangedGetsOneOnceADay() throws Exception {
        SnapshotChore chore = chore(Optional.empty());
        stored(9, 1, 1, MEGABYTE, MIDNIGHT.plus(SPREAD));
        stored(0, 2, 3, 100, MIDNIGHT.plus(SPREAD).plusSeconds(1));
        int asked = 0;
        for (int minute = 90; minute < 3 * 24 * 60; minute++) {
            run(chore, MIDNIGHT.plus(Duration.ofMinutes(minute)));
            if (destination.isSnapshotAsked()) {
                asked++;
                stored(9, 1, minute, MEGABYTE, MIDNIGHT);
                stored(0, minute + 1L, minute + 1L, 100, MIDNIGHT);
            }
        }

        assertThat(asked).isEqualTo(2);
        assertThat(wakes).hasValue(2);
    }

    @Test
    void aClockThatWasSetBackPutsNoneOff() throws Exception {
        SnapshotChore chore = chore(Optional.empty());
        Instant wrong = MIDNIGHT.plus(Duration.ofDays(400));
        stored(9, 1, 1, MEGABYTE, wrong);
        stored(0, 2, 3, 100, wrong);

        run(chore, MIDNIGHT);
        assertThat(destination.isSnapshotAsked()).isTrue();

        stored(9, 1, 3, MEGABYTE, wrong);
        stored(0, 4, 4, 100, wrong);
        run(chore, MIDNIGHT.plusSeconds(30));
        assertThat(destination.isSnapshotAsked()).as("soon after another").isFalse();
    }

    @Test
    void aShortIntervalIsKept() throws Exception {
        UpkeepSettings settings =
                settings(Optional.empty()).withSnapshotInterval(Duration.ofSeconds(30));
        SnapshotChore chore =
                new SnapshotChore(destination, settings, "app.db memory", wakes::incrementAndGet);
        stored(9, 1, 1, MEGABYTE, MIDNIGHT);
        stored(0, 2, 2, 100, MIDNIGHT);
        long head = 2;
        for (int look = 1; look <= 20; look++) {
            stored(0, head + 1, head + 1, 100, MIDNIGHT);
            head++;
            run(chore, MIDNIGHT.plus(chore.interval().multipliedBy(look)).plusMillis(20));
            if (destination.isSnapshotAsked()) {
                stored(9, 1, head, MEGABYTE, MIDNIGHT);
            }
        }

        assertThat(wakes).hasValue(20);
    }

    @Test
    void theFirstSlotOfALineIsNoChange() throws Exception {
        SnapshotChore chore = chore(Optional.empty());
        stored(9, 1, 1, MEGABYTE, MIDNIGHT);
        stored(0, 2, 2, 100, MIDNIGHT);

        run(chore, MIDNIGHT.plus(Duration.ofDays(3)));
        assertThat(destination.isSnapshotAsked()).isFalse();

        run(chore(Optional.of(DAY)), MIDNIGHT.plus(Duration.ofDays(3)));
        assertThat(destination.isSnapshotAsked()).as("where it would be deleted").isTrue();
    }

    @Test
    void aLogThatIsLargerThanTheDatabaseMakesOneDue() throws Exception {
        SnapshotChore chore = chore(Optional.empty());
        stored(9, 1, 1, 20 * MEGABYTE, MIDNIGHT.plus(SPREAD));
        stored(1, 2, 5, 19 * MEGABYTE, MIDNIGHT.plus(SPREAD));
        run(chore, MIDNIGHT.plus(Duration.ofHours(2)));
        assertThat(destination.isSnapshotAsked()).isFalse();

        stored(0, 6, 6, 2 * MEGABYTE, MIDNIGHT.plus(SPREAD));
        run(chore, MIDNIGHT.plus(Duration.ofHours(2)));

        assertThat(destination.isSnapshotAsked()).isTrue();
    }

    @Test
    void aLargeLogMakesNoneSoonAfterItHasMadeOne() throws Exception {
        SnapshotChore chore = chore(Optional.empty());
        Instant stored = MIDNIGHT.plus(SPREAD);
        stored(9, 1, 1, MEGABYTE, stored);
        stored(1, 2, 5, 100 * MEGABYTE, stored);
        run(chore, stored);
        assertThat(destination.isSnapshotAsked()).isTrue();
        stored(9, 1, 5, MEGABYTE, stored);
        stored(1, 6, 9, 100 * MEGABYTE, stored);

        run(chore, stored.plus(Duration.ofMinutes(4)));
        assertThat(destination.isSnapshotAsked()).isFalse();

        run(chore, stored.plus(Duration.ofMinutes(5)));
        assertThat(destination.isSnapshotAsked()).isTrue();
    }

    @Test
    void aLogThatIsSmallDoesNotHoweverSmallTheDatabaseIs() throws Exception {
        SnapshotChore chore = chore(Optional.empty());
        stored(9, 1, 1, 300, MIDNIGHT.plus(SPREAD));
        stored(1, 2, 5, 15 * MEGABYTE, MIDNIGHT.plus(SPREAD));

        run(chore, MIDNIGHT.plus(Duration.ofHours(2)));

        assertThat(destination.isSnapshotAsked()).isFalse();
    }

    @Test
    void whatIsMergedCountsOnce() throws Exception {
        SnapshotChore chore = chore(Optional.empty());
        stored(9, 1, 1, 300, MIDNIGHT.plus(SPREAD));
        stored(0, 2, 2, 10 * MEGABYTE, MIDNIGHT.plus(SPREAD));
        stored(0, 3, 3, 10 * MEGABYTE, MIDNIGHT.plus(SPREAD));
        stored(1, 2, 3, 10 * MEGABYTE, MIDNIGHT.plus(SPREAD));

        run(chore, MIDNIGHT.plus(Duration.ofHours(2)));

        assertThat(destination.isSnapshotAsked()).isFalse();
    }

    @Test
    void theTimesOfDatabasesLieApart() throws Exception {
        stored(9, 1, 1, MEGABYTE, MIDNIGHT.minusSeconds(9));
        stored(0, 2, 3, 100, MIDNIGHT.minusSeconds(8));
        Set<Integer> minutes = new TreeSet<>();
        for (int i = 0; i < 20; i++) {
            UpkeepSettings settings = settings(Optional.empty());
            SnapshotChore chore =
                    new SnapshotChore(
                            destination, settings, "database " + i, wakes::incrementAndGet);
            int before = wakes.get();
            int minute = 0;
            while (wakes.get() == before) {
                assertThat(minute).isLessThanOrEqualTo(60);
                run(chore, MIDNIGHT.plus(Duration.ofMinutes(minute++)));
            }
            minutes.add(minute);
        }

        assertThat(minutes).hasSizeGreaterThan(10);
    }

    @Test
    void storesTheSameAgainWhereARuleOfTheStoreWouldDeleteIt() throws Exception {
        SnapshotChore chore = chore(Optional.of(Duration.ofDays(20)));
        real(9, 1, 4);
        real(0, 4, 4);
        byte[] before = content("ltx/9/0000000000000001-0000000000000004.ltx");
        run(chore, Line.START.plus(Duration.ofDays(19)));
        assertThat(store.calls(Operation.REPLACE)).isZero();

        run(chore, Line.START.plus(Duration.ofDays(20)));
        run(chore, Line.START.plus(Duration.ofDays(39)));

        assertThat(store.calls(Operation.REPLACE)).isEqualTo(2);
        assertThat(content("ltx/9/0000000000000001-0000000000000004.ltx")).isEqualTo(before);
        run(chore, Line.START.plus(Duration.ofDays(40)));
        assertThat(store.calls(Operation.REPLACE)).isEqualTo(4);
    }

    @Test
    void asksForANewSnapshotIfTheRuleCameFirst() throws Exception {
        SnapshotChore chore = chore(Optional.of(Duration.ofDays(20)));
        real(9, 1, 4);
        replica.delete(destination.inventory().last(Level.SNAPSHOT).orElseThrow());

        run(chore, Line.START.plus(Duration.ofDays(20)));

        assertThat(destination.isSnapshotAsked()).isTrue();
        assertThat(destination.isBased()).isFalse();
    }

    /// When the files of this test's replica were made.
    private static final class Line {
        static final Instant START = MIDNIGHT.minus(Duration.ofDays(100));
    }

    private void run(SnapshotChore chore, Instant now) throws IOException {
        clock.set(now);
        chore.run(new Chore.Turn(now, () -> false));
    }

    private SnapshotChore chore(Optional<Duration> refreshAfter) {
        return new SnapshotChore(
                destination, settings(refreshAfter), "app.db memory", wakes::incrementAndGet);
    }

    private static UpkeepSettings settings(Optional<Duration> refreshAfter) {
        return new UpkeepSettings(List.of(), DAY, refreshAfter, Compactor.Verification.NONE);
    }

    private void stored(int level, long first, long last, long size, Instant created) {
        TxidRange range = new TxidRange(new Txid(first), new Txid(last));
        destination.stored(new ReplicaFile(new Level(level), range, size, created));
    }

    /// Stores a file that can be read.
    private void real(int level, long first, long last) throws IOException {
        TxidRange range = new TxidRange(new Txid(first), new Txid(last));
        LtxHeader header =
                new LtxHeader(512, 1, range, Line.START, WalOrigin.NONE, 0, IntegrityTag.NONE);
        destination.stored(
                replica.create(
                        new Level(level),
                        range,
                        Line.START,
                        out -> {
                            LtxEncoder encoder = new LtxEncoder(out, header);
                            encoder.page(1, new byte[512]);
                            encoder.finish();
                        }));
    }

    private byte[] content(String key) throws IOException {
        try (var in = store.open(new io.litestream.storage.ObjectKey(key))) {
            return in.readAllBytes();
        }
    }
}
