package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.replica.Inventory;
import io.litestream.replica.KeyLayout;
import io.litestream.replica.Level;
import io.litestream.replica.PlanResult;
import io.litestream.replica.Replica;
import io.litestream.replica.ReplicaFile;
import io.litestream.replica.RestorePlanner;
import io.litestream.storage.testkit.MemoryObjectStore;
import io.litestream.storage.testkit.RestrictedObjectStore;
import io.litestream.storage.testkit.Right;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// Whatever a writer does, and whenever it is killed: who may not list the replica finds its head,
/// a plan for it, and only files that are there.
final class CatalogPropertiesTest {

    private static final Instant NOW = Instant.parse("2026-05-06T07:08:09Z");
    private static final Level MERGED = new Level(1);

    private final SetClock clock = new SetClock(NOW);
    private final MemoryObjectStore memory = new MemoryObjectStore();
    private final Replica owner = new Replica("owner", memory, KeyLayout.HEX);
    private final Replica reader =
            new Replica(
                    "reader", new RestrictedObjectStore(memory, Set.of(Right.READ)), KeyLayout.HEX);
    private Holdings holdings = new Holdings();
    private CatalogKeeper keeper = keeper();

    @Test
    void leadsToTheHeadAtAnyTime() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        beside(Level.SNAPSHOT, 1, 1);
        slot();
        for (int step = 0; step < 1_500; step++) {
            String done = step(random);
            Inventory found = reader.inventory();
            String when = "seed %d, step %d: %s".formatted(seed, step, done);
            Txid head = holdings.durable().orElseThrow();
            assertThat(found.head()).as(when).contains(head);
            assertThat(RestorePlanner.plan(found, head))
                    .as(when)
                    .isInstanceOf(PlanResult.Plan.class);
            Inventory there = owner.inventory();
            assertThat(found.files()).as(when).allMatch(there::contains);
        }
    }

    private String step(Random random) throws IOException {
        clock.advance(Duration.ofSeconds(random.nextInt(40)));
        return switch (random.nextInt(12)) {
            case 0 -> merge(0);
            case 1 -> random.nextInt(4) == 0 ? merge(1 + random.nextInt(50)) : slot();
            case 2 -> random.nextInt(4) == 0 ? beside(Level.SNAPSHOT, 1, head()) : slot();
            case 3 -> random.nextInt(3) == 0 ? restart(reader) : slot();
            case 4 -> random.nextInt(3) == 0 ? restart(owner) : slot();
            case 5 -> delete(random);
            default -> slot();
        };
    }

    /// As a destination does it: the catalog first, if it is due.
    private String slot() throws IOException {
        if (keeper.isDue()) {
            keeper.store();
        }
        holdings.added(create(Level.CAPTURED, head() + 1, head() + 1));
        return "slot";
    }

    /// Merges all slots; or fills a hole of so many transactions.
    private String merge(int missing) throws IOException {
        long first = holdings.inventory().head(MERGED).map(last -> last.value() + 1).orElse(2L);
        long last = head() + missing;
        return first > last ? slot() : beside(MERGED, first, last);
    }

    private String beside(Level level, long first, long last) throws IOException {
        boolean jumps = holdings.durable().isPresent() && last > head();
        ReplicaFile file = create(level, first, last);
        holdings.stored(file);
        keeper.added(file, holdings.inventory().head(Level.CAPTURED));
        if (jumps) {
            slot(); // until the catalog is stored, the head is not known: nobody counts on it
        }
        return file.toString();
    }

    /// Deletes some merged slots, or only some of the newest; at times it is killed before the
    /// deletion.
    private String delete(Random random) throws IOException {
        Inventory held = holdings.inventory();
        Txid merged = held.head(MERGED).orElse(Txid.FIRST);
        Txid newest = held.head(Level.CAPTURED).orElseThrow();
        long from = random.nextBoolean() ? 1 : merged.value() - random.nextInt(5);
        List<ReplicaFile> slots =
                held.files(Level.CAPTURED).stream()
                        .filter(file -> !file.range().last().isAfter(merged))
                        .filter(file -> !file.range().last().equals(newest))
                        .filter(file -> file.range().first().value() >= from)
                        .filter(_ -> random.nextInt(5) > 0)
                        .toList();
        keeper.release(slots);
        for (ReplicaFile slot : slots) {
            if (random.nextInt(20) > 0) {
                owner.delete(slot);
                holdings.removed(List.of(slot));
            }
        }
        return "deletion";
    }

    private String restart(Replica as) throws IOException {
        Inventory found = as.inventory();
        holdings = new Holdings();
        holdings.listed(found);
        keeper = keeper();
        return "restart of " + as;
    }

    private CatalogKeeper keeper() {
        return new CatalogKeeper(
                owner,
                () -> holdings.inventory(),
                clock,
                refusal -> {
                    throw new AssertionError(refusal);
                });
    }

    private long head() {
        return holdings.durable().map(Txid::value).orElse(1L);
    }

    private ReplicaFile create(Level level, long first, long last) throws IOException {
        TxidRange range = new TxidRange(new Txid(first), new Txid(last));
        return owner.create(level, range, NOW, out -> out.write(level.number()));
    }
}
