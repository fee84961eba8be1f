package io.litestream.replica;

import io.litestream.ltx.IntegrityTag;
import io.litestream.ltx.LtxEncoder;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.ltx.WalOrigin;
import io.litestream.storage.file.FileObjectStore;
import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.FaultyObjectStore;
import io.litestream.storage.testkit.Operation;
import io.litestream.time.Clock;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;

/// Measures the restore of a database of 500 MB, a snapshot and 200 slots, from a store that takes
/// 40 ms for each call. `main` takes a directory to work in, and prints MB/s. Not a test.
final class FarRestore {

    private static final int PAGE_SIZE = 4096;
    private static final int PAGES = 500_000_000 / PAGE_SIZE;
    private static final int SLOTS = 200;
    private static final Duration LATENCY = Duration.ofMillis(40);

    private FarRestore() {}

    public static void main(String[] args) throws Exception {
        Path directory = Files.createDirectories(Path.of(args[0]));
        FaultyObjectStore store =
                new FaultyObjectStore(new FileObjectStore(directory.resolve("replica")));
        Replica replica = new Replica("far", store, KeyLayout.PLAIN);
        if (replica.inventory().isEmpty()) {
            fill(replica);
        }
        for (Operation operation : Operation.values()) {
            store.inject(operation, _ -> true, Fault.slow(LATENCY, Clock.system()));
        }
        for (int round = 0; round < 3; round++) {
            restore(replica, directory.resolve("restored.db"));
        }
    }

    private static void restore(Replica replica, Path output) throws IOException {
        RestoreResult result =
                new Restore(replica, Clock.system())
                        .run(
                                RestoreRequest.of(new RestoreTarget.Latest(), output)
                                        .withCheck(IntegrityCheck.NONE)
                                        .withExisting(ExistingOutput.REPLACE));
        double seconds = result.duration().toNanos() / 1e9;
        System.out.printf(
                "%.2f s, %.0f MB/s of the database, %.0f MB/s of files; %s%n",
                seconds,
                Files.size(output) / 1e6 / seconds,
                result.readBytes() / 1e6 / seconds,
                Files.readString(Path.of("/proc/self/status"))
                        .lines()
                        .filter(line -> line.startsWith("VmHWM"))
                        .findFirst()
                        .orElse(""));
        Files.delete(output);
    }

    private static void fill(Replica replica) throws IOException {
        store(replica, Level.SNAPSHOT, TxidRange.of(Txid.FIRST), PAGES);
        for (long txid = 2; txid < 2 + SLOTS; txid++) {
            store(replica, Level.CAPTURED, TxidRange.of(new Txid(txid)), 10);
        }
    }

    private static void store(Replica replica, Level level, TxidRange range, int pages)
            throws IOException {
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
                        new WalOrigin(32, 0, 0, 0),
                        0,
                        IntegrityTag.NONE);
        LtxEncoder encoder = new LtxEncoder(out, header);
        byte[] page = new byte[PAGE_SIZE];
        byte[] noise = new byte[PAGE_SIZE / 2];
        for (int i = 0; i < pages; i++) {
            random.nextBytes(noise);
            System.arraycopy(noise, 0, page, 0, noise.length);
            encoder.page(1 + (long) i * (PAGES / pages), page);
        }
        encoder.finish();
    }
}
