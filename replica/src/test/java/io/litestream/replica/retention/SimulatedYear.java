package io.litestream.replica.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.IntegrityTag;
import io.litestream.ltx.LtxDecoder;
import io.litestream.ltx.LtxEncoder;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.PageHash;
import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.ltx.WalOrigin;
import io.litestream.replica.Compaction;
import io.litestream.replica.Compactor;
import io.litestream.replica.Inventory;
import io.litestream.replica.KeyLayout;
import io.litestream.replica.Level;
import io.litestream.replica.LocalFiles;
import io.litestream.replica.PlanResult;
import io.litestream.replica.Replica;
import io.litestream.replica.ReplicaFile;
import io.litestream.replica.RestorePlanner;
import io.litestream.storage.testkit.MemoryObjectStore;
import io.litestream.time.Clock;

import java.io.IOException;
import java.io.OutputStream;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/// A database that lives here only, written to at working hours, with quiet nights, weekends and a
/// holiday each month; its replica in memory, with merges, snapshots and retention, in steps of
/// half an hour. What each transaction left is recorded, and compared with what can be restored.
final class SimulatedYear {

    private static final int PAGES = 12;
    private static final int PAGE_SIZE = 512;
    private static final Duration STEP = Duration.ofMinutes(30);
    private static final Instant START = Instant.parse("2026-01-05T00:00:00Z"); // a Monday
    private static final int[] STEPS_OF_LEVEL = {0, 1, 6, 24};

    static final RetentionPolicy POLICY =
            RetentionPolicy.DEFAULT
                    .withCaptured(Optional.of(Duration.ofHours(2)))
                    .withMerged(Optional.of(Duration.ofHours(48)))
                    .withTiers(new Tiers(72, 14, 6, 3));

    private final Random random;
    private final MemoryObjectStore store = new MemoryObjectStore();
    private final Replica replica = new Replica("memory", store, KeyLayout.PLAIN);
    private final List<Checksum> recorded = new ArrayList<>(List.of(Checksum.EMPTY));
    private final SortedMap<Long, byte[]> pages = new TreeMap<>();
    private final Compactor compactor =
            new Compactor(replica, LocalFiles.NONE, Compactor.Verification.NONE, new Now());
    private Instant now = START;
    private Inventory inventory = Inventory.empty();

    SimulatedYear(long seed) throws IOException {
        random = new Random(seed);
        for (long page = 1; page <= PAGES; page++) {
            pages.put(page, page());
        }
        recorded.add(checksum(pages));
        snapshot();
    }

    Inventory inventory() {
        return inventory;
    }

    /// Lets that many days pass.
    void days(int count) throws IOException {
        for (int step = 1; step <= 48 * count; step++) {
            now = now.plus(STEP);
            for (int i = writes(); i > 0; i--) {
                write();
            }
            for (int level = 1; level <= 3; level++) {
                if (step % STEPS_OF_LEVEL[level] == 0) {
                    merge(new Level(level));
                }
            }
            if (step % 48 == 0 && head() > inventory.head(Level.SNAPSHOT).orElseThrow().value()) {
                snapshot();
            }
            RetentionPlan plan = retain();
            if (step % 13 == 0) {
                check(plan, 3);
            }
        }
    }

    /// Lets time pass without any write, and everything expire.
    void rest(Duration duration) throws IOException {
        for (int level = 1; level <= 3; level++) {
            merge(new Level(level));
        }
        now = now.plus(duration);
        check(retain(), Integer.MAX_VALUE);
    }

    private int writes() {
        ZonedDateTime at = now.atZone(ZoneOffset.UTC);
        boolean weekend = at.getDayOfWeek().compareTo(DayOfWeek.FRIDAY) > 0;
        boolean holiday = at.getDayOfMonth() > 23;
        if (weekend || holiday || at.getHour() < 8 || at.getHour() > 17) {
            return random.nextInt(100) == 0 ? 1 : 0;
        }
        return random.nextInt(4);
    }

    private long head() {
        return recorded.size() - 1L;
    }

    private void write() throws IOException {
        SortedMap<Long, byte[]> changed = new TreeMap<>();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            changed.put(1 + random.nextLong(PAGES), page());
        }
        Checksum before = recorded.getLast();
        pages.putAll(changed);
        recorded.add(checksum(pages));
        IntegrityTag tag = new IntegrityTag(Optional.of(before), Optional.of(recorded.getLast()));
        create(Level.CAPTURED, TxidRange.of(new Txid(head())), tag, changed);
    }

    private void snapshot() throws IOException {
        TxidRange range = new TxidRange(Txid.FIRST, new Txid(head()));
        create(Level.SNAPSHOT, range, IntegrityTag.after(recorded.getLast()), pages);
    }

    private void create(
            Level level, TxidRange range, IntegrityTag tag, SortedMap<Long, byte[]> content)
            throws IOException {
        LtxHeader header =
                new LtxHeader(PAGE_SIZE, PAGES, range, now, WalOrigin.COMPARISON, 0, tag);
        ReplicaFile file = replica.create(level, range, now, out -> encode(header, content, out));
        inventory = inventory.with(file);
    }

    private static void encode(LtxHeader header, SortedMap<Long, byte[]> content, OutputStream out)
            throws IOException {
        LtxEncoder encoder = new LtxEncoder(out, header);
        for (var page : content.entrySet()) {
            encoder.page(page.getKey(), page.getValue());
        }
        encoder.finish();
    }

    private void merge(Level level) throws IOException {
        Optional<Txid> end = inventory.head(new Level(level.number() - 1));
        if (end.isPresent()) {
            Optional<Compaction> due = Compaction.next(inventory, level, end.get());
            if (due.isPresent()) {
                inventory = inventory.with(compactor.compact(due.get(), () -> false).file());
            }
        }
    }

    private RetentionPlan retain() throws IOException {
        RetentionPlan plan = RetentionPlanner.plan(inventory, POLICY, List.of(), now);
        new Deletions(replica, new Now()).run(plan.deletions(), () -> false, _ -> {});
        inventory = plan.kept();
        return plan;
    }

    /// Restores some of the points that are kept, the first and the last among them.
    private void check(RetentionPlan plan, int some) throws IOException {
        List<Txid> points = new ArrayList<>(plan.points());
        assertThat(replica.inventory().files()).isEqualTo(inventory.files());
        assertThat(points.getLast()).isEqualTo(new Txid(head()));
        restore(points.getFirst());
        restore(points.getLast());
        for (int i = 0; i < Math.min(some, points.size()); i++) {
            restore(points.get(random.nextInt(points.size())));
        }
    }

    private void restore(Txid point) throws IOException {
        PlanResult result = RestorePlanner.plan(inventory, point);
        assertThat(result).as("point %s at %s", point, now).isInstanceOf(PlanResult.Plan.class);
        SortedMap<Long, byte[]> state = new TreeMap<>();
        for (ReplicaFile file : ((PlanResult.Plan) result).files()) {
            try (LtxDecoder decoder = new LtxDecoder(replica.open(file), file.name())) {
                while (decoder.next()) {
                    state.put(decoder.pageNumber(), decoder.page().clone());
                }
            }
        }
        assertThat(checksum(state))
                .as("point %s at %s", point, now)
                .isEqualTo(recorded.get((int) point.value()));
    }

    private byte[] page() {
        byte[] page = new byte[PAGE_SIZE];
        random.nextBytes(page);
        return page;
    }

    private static Checksum checksum(SortedMap<Long, byte[]> pages) {
        Checksum sum = Checksum.EMPTY;
        for (var page : pages.entrySet()) {
            sum = sum.with(PageHash.of(page.getKey(), page.getValue()));
        }
        return sum;
    }

    /// Prints how many files and bytes there are after each week of some years: `SimulatedYear 3`.
    public static void main(String[] args) throws IOException {
        int years = args.length == 0 ? 1 : Integer.parseInt(args[0]);
        SimulatedYear year = new SimulatedYear(System.nanoTime());
        for (int week = 1; week <= 52 * years; week++) {
            year.days(7);
            System.out.printf(
                    "week %d: %d transactions, %d files, %d bytes%n",
                    week, year.head(), year.inventory.files().size(), year.inventory.sizeBytes());
        }
    }

    private final class Now implements Clock {

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public long nanoTime() {
            return Duration.between(START, now).toNanos();
        }

        @Override
        public void sleep(Duration duration) {}
    }
}
