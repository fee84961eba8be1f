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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a day of writing once a second costs in requests beside the uploads, by two hours of it:
/// all intervals fit into an hour, so each hour after the first is as any other.
final class RequestBudgetTest {

    private static final Instant START = Instant.parse("2026-05-06T00:30:00Z");
    private static final int HOUR = 3600;
    private static final int WARM = HOUR / 2;
    private static final double BUDGET = 0.06;

    /// The catalog is stored every two minutes at most.
    private static final double CATALOG = 30.0 / HOUR;

    @TempDir Path directory;

    private final SetClock clock = new SetClock(START);
    private final MemoryObjectStore store = new MemoryObjectStore();
    private final Replica replica = new Replica("memory", store, KeyLayout.PLAIN);

    @Test
    void mergingCostsLittleBesideTheUploads() throws Exception {
        try (Scheduler scheduler = new Scheduler(1)) {
            Destination destination = destination(scheduler);
            List<CompactionChore> chores = chores(destination);

            for (int second = 0; second < WARM + HOUR; second++) {
                if (second == WARM) {
                    store.resetCounts();
                }
                write(destination, second + 2L);
                clock.set(START.plusSeconds(second + 1L));
                runDue(chores);
                release(destination);
            }

            long merges = store.calls(Operation.CREATE) - HOUR;
            assertThat(merges).isEqualTo(120 + 12 + 1);
            assertThat(store.calls(Operation.OPEN)).as("only for level 3").isEqualTo(12);
            assertThat(store.calls(Operation.LIST)).isZero();
            double more = (store.calls() - HOUR) / (double) HOUR;
            assertThat(more + CATALOG).isLessThan(BUDGET);
        }
    }

    private Destination destination(Scheduler scheduler) throws InterruptedException {
        Destination destination =
                new Destination(
                        new DestinationSettings("memory", replica, Duration.ZERO),
                        Path.of("/data/app.db"),
                        Contexts.of(scheduler, clock, _ -> {}),
                        () -> {});
        destination.start(Optional.empty());
        assertThat(destination.awaitIdle(Long.MAX_VALUE)).isTrue();
        return destination;
    }

    private List<CompactionChore> chores(Destination destination) {
        List<CompactionChore> chores = new ArrayList<>();
        for (Duration interval : UpkeepSettings.DEFAULT_LEVELS) {
            chores.add(
                    new CompactionChore(
                            Path.of("/data/app.db"),
                            destination,
                            new Level(chores.size() + 1),
                            interval,
                            new Compactor(replica, this::local, Compactor.Verification.NONE, clock),
                            clock,
                            _ -> {}));
        }
        return chores;
    }

    private void runDue(List<CompactionChore> chores) throws IOException {
        for (CompactionChore chore : chores) {
            if (Upkeep.lastMultiple(chore.interval(), clock.instant()).equals(clock.instant())) {
                chore.run(new Chore.Turn(clock.instant(), () -> false));
            }
        }
    }

    /// Puts a slot into the local directory, and sends it.
    private void write(Destination destination, long txid) throws IOException {
        TxidRange range = TxidRange.of(new Txid(txid));
        LtxHeader header =
                new LtxHeader(512, 1, range, clock.instant(), WalOrigin.NONE, 0, IntegrityTag.NONE);
        Path local = directory.resolve(range.fileName());
        try (OutputStream out = Files.newOutputStream(local)) {
            LtxEncoder encoder = new LtxEncoder(out, header);
            encoder.page(1, new byte[512]);
            encoder.finish();
        }
        destination.stored(
                replica.create(
                        Level.CAPTURED,
                        range,
                        clock.instant(),
                        out -> out.write(Files.readAllBytes(local))));
    }

    private List<Path> local(ReplicaFile file) {
        if (file.level().number() > 1) {
            return List.of();
        }
        List<Path> paths = new ArrayList<>();
        for (Txid txid = file.range().first();
                !txid.isAfter(file.range().last());
                txid = txid.next()) {
            paths.add(directory.resolve(TxidRange.of(txid).fileName()));
        }
        return paths;
    }

    /// Deletes the local files that no merge needs, and the slots that were merged.
    private void release(Destination destination) throws IOException {
        long merged = SpooledFiles.merged(destination.inventory(), 3);
        List<ReplicaFile> needless =
                destination.inventory().files(Level.CAPTURED).stream()
                        .filter(slot -> slot.range().last().value() <= merged)
                        .toList();
        for (ReplicaFile slot : needless) {
            Files.deleteIfExists(directory.resolve(slot.name()));
        }
        if (!needless.isEmpty()) {
            destination.removed(needless);
        }
    }
}
