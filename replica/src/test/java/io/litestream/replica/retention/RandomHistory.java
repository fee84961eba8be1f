package io.litestream.replica.retention;

import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.replica.Inventory;
import io.litestream.replica.Level;
import io.litestream.replica.ReplicaFile;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/// Inventories such as a replica may have: grown by capture, compaction and snapshots, with quiet
/// times, and then damaged, repeated, overlapping, or with times that make no sense.
final class RandomHistory {

    static final Instant START = Instant.parse("2026-03-30T07:00:00Z");

    private final Random random;
    private final List<ReplicaFile> files = new ArrayList<>();
    private final long[] heads = new long[4];
    private Instant now = START;
    private long txid = 1;

    RandomHistory(Random random) {
        this.random = random;
    }

    Instant now() {
        return now;
    }

    Inventory inventory() {
        return Inventory.of(files);
    }

    /// Grows for so many steps, of seconds to days.
    void grow(int steps) {
        add(9, 1, 1);
        for (int i = 0; i < steps; i++) {
            pass();
            txid++;
            add(0, txid, txid);
            for (int level = 1; level <= 3 && random.nextInt(4) == 0; level++) {
                compact(level);
            }
            if (random.nextInt(20) == 0) {
                add(9, 1, txid);
            }
        }
    }

    private void pass() {
        Duration step =
                switch (random.nextInt(12)) {
                    case 0 -> Duration.ofHours(random.nextInt(72));
                    case 1, 2 -> Duration.ofMinutes(random.nextInt(200));
                    default -> Duration.ofSeconds(random.nextInt(200));
                };
        now = now.plus(step);
    }

    private void compact(int level) {
        long head = level == 1 ? txid : heads[level - 1];
        if (head > heads[level]) {
            add(level, Math.max(2, heads[level] + 1), head);
            heads[level] = head;
        }
    }

    /// Takes away and adds files without any order, and gives some of them odd times.
    void damage() {
        files.removeIf(_ -> random.nextInt(12) == 0);
        for (int i = random.nextInt(6); i > 0; i--) {
            long first = 1 + random.nextLong(txid + 2);
            add(random.nextInt(10), first, first + random.nextInt(9));
        }
        files.replaceAll(file -> random.nextInt(12) == 0 ? odd(file) : file);
    }

    private ReplicaFile odd(ReplicaFile file) {
        Instant time =
                switch (random.nextInt(3)) {
                    case 0 -> Instant.EPOCH;
                    case 1 -> Instant.parse("2999-01-01T00:00:00Z");
                    default -> file.created().plusSeconds(random.nextInt(400_000) - 200_000);
                };
        return new ReplicaFile(file.level(), file.range(), file.size(), time);
    }

    private void add(int level, long first, long last) {
        TxidRange range = new TxidRange(new Txid(first), new Txid(last));
        ReplicaFile file = new ReplicaFile(new Level(level), range, 1 + random.nextInt(9000), now);
        files.removeIf(file::samePlace);
        files.add(file);
    }

    /// Returns settings of any kind.
    RetentionPolicy policy() {
        RetentionPolicy policy =
                RetentionPolicy.DEFAULT
                        .withGrace(Duration.ofMinutes(random.nextInt(90)))
                        .withHighest(new Level(1 + random.nextInt(5)));
        switch (random.nextInt(8)) {
            case 0 -> policy = policy.withMerged(Optional.empty());
            case 1 -> policy = policy.withCaptured(Optional.empty());
            default -> {
                policy = policy.withMerged(hours(100)).withCaptured(hours(3));
            }
        }
        if (random.nextInt(3) == 0) {
            policy = policy.withLevels(levels());
        }
        return random.nextBoolean() ? policy : policy.withTiers(tiers());
    }

    private Map<Level, Optional<Duration>> levels() {
        Map<Level, Optional<Duration>> levels = new HashMap<>();
        for (int level = 1; level < 5; level++) {
            switch (random.nextInt(4)) {
                case 0 -> levels.put(new Level(level), hours(200));
                case 1 -> levels.put(new Level(level), hours(10));
                case 2 -> {}
                default -> {
                    if (random.nextInt(4) == 0) {
                        levels.put(new Level(level), Optional.empty());
                    }
                }
            }
        }
        return levels;
    }

    private Optional<Duration> hours(int most) {
        return Optional.of(Duration.ofSeconds(random.nextInt(most * 3600)));
    }

    private Tiers tiers() {
        return new Tiers(
                random.nextInt(30), random.nextInt(8), random.nextInt(4), random.nextInt(3));
    }

    /// Returns up to two pins, on any transaction.
    List<Pin> pins() {
        List<Pin> pins = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            pins.add(new Pin("pin-" + i, new Txid(1 + random.nextLong(txid + 1)), START));
        }
        return pins;
    }
}
