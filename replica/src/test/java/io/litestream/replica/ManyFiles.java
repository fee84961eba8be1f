package io.litestream.replica;

import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Measures what a replica of a million files costs: `main` prints milliseconds, and milliseconds
/// for each change. Not a test.
final class ManyFiles {

    private static final int FILES = 1_000_000;
    private static final int CHANGES = 1_000;

    private ManyFiles() {}

    public static void main(String[] args) throws Exception {
        for (int round = 0; round < 3; round++) {
            measure();
        }
    }

    private static void measure() throws Exception {
        List<ReplicaFile> files = new ArrayList<>();
        files.add(file(9, 1, 1));
        for (long txid = 2; txid <= FILES; txid++) {
            files.add(file(0, txid, txid));
        }
        Txid head = new Txid(FILES);
        long start = System.nanoTime();
        Inventory inventory = Inventory.of(files);
        start = tell("build", start);
        PlanResult plan = RestorePlanner.plan(inventory, head);
        start = tell("plan", start);
        PlanResult none = RestorePlanner.plan(inventory.without(file(0, 500, 500)), head);
        start = tell("explain", start);
        byte[] catalog = Catalog.encode(inventory);
        start = tell("catalog", start);
        Inventory read = Catalog.decode(catalog, "catalog");
        start = tell("read catalog", start);
        Inventory changed = inventory;
        for (int i = 1; i <= CHANGES; i++) {
            changed = changed.with(file(0, FILES + i, FILES + i)).without(file(0, 2 * i, 2 * i));
        }
        tell(CHANGES + " changes", start);
        System.out.println(
                "%s %s %d %s %s"
                        .formatted(
                                plan.getClass().getSimpleName(),
                                none.getClass().getSimpleName(),
                                catalog.length,
                                read.head(),
                                changed.head()));
    }

    private static long tell(String what, long start) {
        System.out.printf("%-15s %7.1f ms%n", what, (System.nanoTime() - start) / 1e6);
        return System.nanoTime();
    }

    private static ReplicaFile file(int level, long first, long last) {
        TxidRange range = new TxidRange(new Txid(first), new Txid(last));
        return new ReplicaFile(
                new Level(level), range, 4_000 + last % 999, Instant.ofEpochMilli(1000 * last));
    }
}
