package io.litestream.replica;

import io.litestream.ltx.IntegrityTag;
import io.litestream.ltx.LtxEncoder;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.ltx.WalOrigin;
import io.litestream.storage.file.FileObjectStore;
import io.litestream.time.Clock;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/// Measures what the files after a snapshot add to a restore of 500 MB, and how fast a verification
/// is: a snapshot of last night, with the merged files of nearly a day after it and the slots of
/// half a minute. `main` takes a directory and how often. Not a test.
final class WeekOldReplica {

    private static final int PAGE_SIZE = 4096;
    private static final int PAGES = 500_000_000 / PAGE_SIZE;
    private static final int HOT = 200;
    private static final Txid SNAPSHOT = new Txid(500_000);

    private final Path directory;
    private final Replica replica;

    private WeekOldReplica(Path directory) {
        this.directory = directory;
        this.replica =
                new Replica(
                        "week", new FileObjectStore(directory.resolve("replica")), KeyLayout.PLAIN);
    }

    public static void main(String[] args) throws Exception {
        new WeekOldReplica(Files.createDirectories(Path.of(args[0])))
                .run(Integer.parseInt(args[1]));
    }

    private void run(int rounds) throws Exception {
        if (replica.inventory().isEmpty()) {
            fill();
        }
        Inventory inventory = replica.inventory();
        System.out.printf(
                "%d files, %d MB, of which the snapshot %d MB%n",
                inventory.files().size(),
                inventory.sizeBytes() / 1_000_000,
                inventory.files(Level.SNAPSHOT).getFirst().size() / 1_000_000);
        List<Took> alone = new ArrayList<>();
        List<Took> all = new ArrayList<>();
        List<Took> verified = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            alone.add(restore(new RestoreTarget.AtTxid(SNAPSHOT)));
            all.add(restore(new RestoreTarget.Latest()));
            verified.add(verify());
        }
        tell("restore of the snapshot", alone);
        tell("restore of the newest point", all);
        tell("verification of the newest point", verified);
    }

    /// @param cpu of all threads, the compiler's and the collector's too
    private record Took(double seconds, double cpu) {

        static Took of(IoAction action) throws IOException {
            Duration cpuBegan = cpuOfAll();
            long began = System.nanoTime();
            action.run();
            return new Took(
                    (System.nanoTime() - began) / 1e9, cpuOfAll().minus(cpuBegan).toNanos() / 1e9);
        }

        private static Duration cpuOfAll() {
            return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
        }
    }

    @FunctionalInterface
    private interface IoAction {
        void run() throws IOException;
    }

    private Took restore(RestoreTarget target) throws IOException {
        Path output = directory.resolve("restored.db");
        RestoreRequest request = RestoreRequest.of(target, output).withCheck(IntegrityCheck.NONE);
        Took took = Took.of(() -> new Restore(replica, Clock.system()).run(request));
        Files.delete(output);
        return took;
    }

    private Took verify() throws IOException {
        Verification verification =
                new Verification(replica, Clock.system(), VerificationEffort.FULL);
        return Took.of(() ->
                verification.run(VerificationScope.NEWEST, new LiveState.Absent("not asked for")));
    }

    private static void tell(String what, List<Took> of) {
        double seconds = of.stream().mapToDouble(Took::seconds).sorted().toArray()[of.size() / 2];
        double cpu = of.stream().mapToDouble(Took::cpu).sorted().toArray()[of.size() / 2];
        double megabytes = (double) PAGES * PAGE_SIZE / 1e6;
        System.out.printf(
                "%-34s median of %d: %.2f s, %.0f MB/s; CPU %.2f s, %.0f MB/s of a core%n",
                what, of.size(), seconds, megabytes / seconds, cpu, megabytes / cpu);
    }

    private void fill() throws IOException {
        store(Level.SNAPSHOT, new TxidRange(Txid.FIRST, SNAPSHOT), PAGES);
        long next = SNAPSHOT.value() + 1;
        next = store(3, 23, 3600, next);
        next = store(2, 11, 300, next);
        next = store(1, 9, 30, next);
        store(0, 30, 1, next);
    }

    /// Stores files of so many transactions, one each second, of ten pages of the thousand that are
    /// written again and again, and of one elsewhere now and then.
    private long store(int level, int files, int transactions, long from) throws IOException {
        long next = from;
        for (int i = 0; i < files; i++) {
            TxidRange range = new TxidRange(new Txid(next), new Txid(next + transactions - 1));
            store(new Level(level), range, Math.min(3 * transactions, HOT) + transactions / 8);
            next += transactions;
        }
        return next;
    }

    private void store(Level level, TxidRange range, int pages) throws IOException {
        replica.create(level, range, Instant.EPOCH, out -> write(out, range, pages));
    }

    private static void write(OutputStream out, TxidRange range, int pages) throws IOException {
        Random random = new Random(range.last().value());
        LtxHeader header =
                new LtxHeader(
                        PAGE_SIZE,
                        PAGES,
                        range,
                        Instant.EPOCH,
                        WalOrigin.COMPARISON,
                        0,
                        IntegrityTag.NONE);
        byte[] page = new byte[PAGE_SIZE];
        byte[] noise = new byte[PAGE_SIZE / 2];
        try (LtxEncoder encoder = new LtxEncoder(out, header)) {
            for (int number : numbers(pages, random)) {
                random.nextBytes(noise);
                System.arraycopy(noise, 0, page, 0, noise.length);
                encoder.page(number, page);
            }
            encoder.finish();
        }
    }

    private static Iterable<Integer> numbers(int pages, Random random) {
        TreeSet<Integer> numbers = new TreeSet<>();
        for (int number = 1; pages == PAGES && number <= PAGES; number++) {
            numbers.add(number);
        }
        while (numbers.size() < Math.min(pages, HOT)) {
            numbers.add(1 + random.nextInt(HOT));
        }
        while (numbers.size() < pages) {
            numbers.add(1 + random.nextInt(PAGES));
        }
        return numbers;
    }
}
