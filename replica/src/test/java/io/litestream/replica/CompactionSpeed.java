package io.litestream.replica;

import io.litestream.ltx.Checksum;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/// Merges many files in a directory, and prints how fast that was and how much memory it took: a
/// program of its own, so that its heap can be limited.
///
/// Arguments: the directory, how many files of level 0, how many pages each, and how often.
final class CompactionSpeed {

    private static final int PAGE_SIZE = 4096;
    private static final long DATABASE_PAGES = 100_000;
    private static final Level ONE = new Level(1);

    private CompactionSpeed() {}

    public static void main(String... arguments) throws IOException {
        int files = Integer.parseInt(arguments[1]);
        int pages = Integer.parseInt(arguments[2]);
        Replica replica =
                new Replica("speed", new FileObjectStore(Path.of(arguments[0])), KeyLayout.PLAIN);
        if (replica.inventory().isEmpty()) {
            fill(replica, Path.of(arguments[0]), files, pages);
        }
        for (int round = 0; round < Integer.parseInt(arguments[3]); round++) {
            measure(replica, Path.of(arguments[0]), (long) pages * PAGE_SIZE);
        }
    }

    private static void measure(Replica replica, Path directory, long bytesOfOne)
            throws IOException {
        Compaction due =
                Compaction.next(replica.inventory(), ONE, new Txid(Long.MAX_VALUE)).orElseThrow();
        Compactor compactor =
                new Compactor(
                        replica,
                        file -> List.of(directory.resolve(replica.key(file).value())),
                        Compactor.Verification.NONE,
                        Clock.system());
        Duration cpuBegan = cpu();
        long began = System.nanoTime();
        Compactor.Result result = compactor.compact(due, () -> false);
        double seconds = (System.nanoTime() - began) / 1e9;
        double cpu = cpu().minus(cpuBegan).toNanos() / 1e9;
        Runtime runtime = Runtime.getRuntime();
        System.out.printf(
                "inputs=%d size=%d seconds=%.3f cpu=%.3f pagedata=%.0fMB/s heap=%dMiB max=%dMiB%n",
                result.inputs().size(),
                result.file().size(),
                seconds,
                cpu,
                result.inputs().size() * bytesOfOne / cpu / 1e6,
                runtime.totalMemory() - runtime.freeMemory() >> 20,
                runtime.maxMemory() >> 20);
        replica.delete(result.file());
    }

    /// What all threads took, the compiler's and the collector's too.
    private static Duration cpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private static void fill(Replica replica, Path directory, int files, int pages)
            throws IOException {
        Random random = new Random(1);
        for (long txid = 2; txid < files + 2; txid++) {
            TxidRange range = TxidRange.of(new Txid(txid));
            IntegrityTag tag = IntegrityTag.between(new Checksum(txid - 1), new Checksum(txid));
            LtxHeader header =
                    new LtxHeader(
                            PAGE_SIZE,
                            DATABASE_PAGES,
                            range,
                            Instant.EPOCH,
                            WalOrigin.COMPARISON,
                            0,
                            tag);
            long seed = random.nextLong();
            ReplicaFile file = new ReplicaFile(Level.CAPTURED, range, 0, Instant.EPOCH);
            Path path = directory.resolve(replica.key(file).value());
            Files.createDirectories(path.getParent());
            try (OutputStream out = Files.newOutputStream(path)) {
                write(out, header, new Random(seed), pages);
            }
        }
    }

    private static void write(OutputStream out, LtxHeader header, Random random, int pages)
            throws IOException {
        BitSet numbers = new BitSet();
        while (numbers.cardinality() < pages) {
            numbers.set(1 + random.nextInt((int) DATABASE_PAGES));
        }
        LtxEncoder encoder = new LtxEncoder(out, header);
        for (int page = numbers.nextSetBit(0); page >= 0; page = numbers.nextSetBit(page + 1)) {
            encoder.page(page, page(random));
        }
        encoder.finish();
    }

    /// A page as of a table of small rows: some text, some numbers, some room.
    private static byte[] page(Random random) {
        StringBuilder rows = new StringBuilder();
        while (rows.length() < PAGE_SIZE * 9 / 10) {
            rows.append("customer-")
                    .append(random.nextInt(1_000_000))
                    .append("@example.com")
                    .append(Long.toHexString(random.nextLong()));
        }
        byte[] page = new byte[PAGE_SIZE];
        byte[] bytes = rows.toString().getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, page, 0, Math.min(bytes.length, PAGE_SIZE));
        return page;
    }
}
