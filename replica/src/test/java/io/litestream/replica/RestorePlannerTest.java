package io.litestream.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;

final class RestorePlannerTest {

    @Test
    void takesTheSnapshotThatEndsLastAndThenWhatGoesFurthest() {
        Inventory inventory =
                files("9:1-3", "9:1-5", "1:4-5", "1:6-7", "1:8-9", "0:6-6", "0:9-9", "0:10-10");

        assertThat(plan(inventory, 10)).isEqualTo("9:1-5 1:6-7 1:8-9 0:10-10");
    }

    @Test
    void takesNoFileThatGoesBeyondTheTarget() {
        Inventory inventory = files("9:1-3", "9:1-5", "2:1-9", "1:4-6", "0:4-4", "0:5-5");

        assertThat(plan(inventory, 4)).isEqualTo("9:1-3 0:4-4");
    }

    @Test
    void prefersOfTwoThatGoEquallyFarTheLongerAndThenTheHigher() {
        assertThat(plan(files("9:1-3", "2:4-9", "3:3-9"), 9)).isEqualTo("9:1-3 3:3-9");
        assertThat(plan(files("9:1-3", "1:4-9", "2:4-9"), 9)).isEqualTo("9:1-3 2:4-9");
    }

    @Test
    void beginsWithAFileOfAnyLevelThatBeginsTheLineIfThereIsNoSnapshot() {
        assertThat(plan(files("0:1-1", "1:1-3", "0:4-4"), 4)).isEqualTo("1:1-3 0:4-4");
    }

    @Test
    void bridgesAGapOfOneLevelByAnother() {
        Inventory inventory = files("9:1-2", "1:3-4", "1:7-8", "0:5-5", "0:6-6");

        assertThat(plan(inventory, 8)).isEqualTo("9:1-2 1:3-4 0:5-5 0:6-6 1:7-8");
    }

    @Test
    void usesFilesThatOverlap() {
        assertThat(plan(files("9:1-10", "2:4-9", "2:8-17"), 17)).isEqualTo("9:1-10 2:8-17");
    }

    @Test
    void hasNoPlanWithoutFiles() {
        assertThat(RestorePlanner.plan(Inventory.empty(), new Txid(1)))
                .isEqualTo(new PlanResult.NoBackup());
    }

    @Test
    void namesTheNewestTransactionForATargetBeyondIt() {
        assertThat(RestorePlanner.plan(files("9:1-3", "0:4-4"), new Txid(5)))
                .isEqualTo(new PlanResult.Beyond(new Txid(4)));
    }

    @Test
    void saysWhereTheLineEndsAndGoesOnIfFilesAreMissing() {
        Inventory inventory = files("9:1-3", "0:4-4", "0:6-6", "0:7-7");

        for (long target : List.of(5L, 6L, 7L)) {
            assertThat(RestorePlanner.plan(inventory, new Txid(target)))
                    .isEqualTo(new PlanResult.Gap(Optional.of(new Txid(4)), new Txid(6)));
        }
    }

    @Test
    void saysThatTheBaseIsMissing() {
        assertThat(RestorePlanner.plan(files("1:4-6", "0:7-7"), new Txid(7)))
                .isEqualTo(new PlanResult.Gap(Optional.empty(), new Txid(4)));
    }

    @Test
    void doesNotTakeASnapshotOfPartOfTheLineForABase() {
        assertThat(RestorePlanner.plan(files("9:3-5", "0:6-6"), new Txid(6)))
                .isEqualTo(new PlanResult.Gap(Optional.empty(), new Txid(3)));
    }

    @Test
    void namesTheNearestPointsAroundATargetInsideAMergedFile() {
        Inventory inventory = files("9:1-3", "1:4-9", "0:10-10");

        assertThat(RestorePlanner.plan(inventory, new Txid(5)))
                .isEqualTo(
                        new PlanResult.NotABoundary(
                                Optional.of(new Txid(3)), Optional.of(new Txid(9))));
        assertThat(RestorePlanner.plan(inventory, new Txid(2)))
                .isEqualTo(new PlanResult.NotABoundary(Optional.empty(), Optional.of(new Txid(3))));
    }

    @Test
    void findsAPlanExactlyForThePointsThatAChainOfFilesReaches() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 2000; round++) {
            Inventory inventory = randomInventory(random);
            TreeSet<Txid> reachable = reachable(inventory);

            for (long target = 1; target <= 24; target++) {
                PlanResult result = RestorePlanner.plan(inventory, new Txid(target));

                String what = "seed %d, target %d of %s".formatted(seed, target, inventory.files());
                assertThat(result instanceof PlanResult.Plan)
                        .as(what)
                        .isEqualTo(reachable.contains(new Txid(target)));
                if (result instanceof PlanResult.Plan plan) {
                    assertThat(asTheOriginalChooses(inventory, target))
                            .as(what)
                            .isEqualTo(plan.files());
                    assertChained(what, plan);
                }
            }
            assertThat(RestorePlanner.points(inventory)).as("seed %d", seed).isEqualTo(reachable);
        }
    }

    private static void assertChained(String what, PlanResult.Plan plan) {
        assertThat(plan.files().getFirst().range().isSnapshot()).as(what).isTrue();
        for (int i = 1; i < plan.files().size(); i++) {
            TxidRange previous = plan.files().get(i - 1).range();
            TxidRange next = plan.files().get(i).range();
            assertThat(next.first()).as(what).isLessThanOrEqualTo(previous.last().next());
            assertThat(next.last()).as(what).isGreaterThan(previous.last());
        }
    }

    /// The rules, followed word by word: in each round every candidate is looked at.
    private static List<ReplicaFile> asTheOriginalChooses(Inventory inventory, long target) {
        List<ReplicaFile> chosen = new ArrayList<>();
        long current = 0;
        for (ReplicaFile file : inventory.files(Level.SNAPSHOT)) {
            if (file.range().isSnapshot() && last(file) <= target && last(file) > current) {
                chosen = new ArrayList<>(List.of(file));
                current = last(file);
            }
        }
        while (current < target) {
            long reached = current;
            Optional<ReplicaFile> best =
                    inventory.files().stream()
                            .filter(file -> !file.level().equals(Level.SNAPSHOT))
                            .filter(file -> file.range().first().value() <= reached + 1)
                            .filter(file -> last(file) > reached && last(file) <= target)
                            .max(
                                    Comparator.comparingLong(RestorePlannerTest::last)
                                            .thenComparingLong(
                                                    file -> -file.range().first().value())
                                            .thenComparing(ReplicaFile::level));
            if (best.isEmpty()) {
                return chosen;
            }
            chosen.add(best.get());
            current = last(best.get());
        }
        return chosen;
    }

    private static TreeSet<Txid> reachable(Inventory inventory) {
        TreeSet<Txid> reachable = new TreeSet<>();
        boolean grew = true;
        while (grew) {
            grew = false;
            for (ReplicaFile file : inventory.files()) {
                boolean snapshot = file.level().equals(Level.SNAPSHOT);
                boolean applies =
                        file.range().isSnapshot()
                                || !snapshot
                                        && reachable.stream()
                                                .anyMatch(point ->
                                                        point.next().value()
                                                                        >= file.range()
                                                                                .first()
                                                                                .value()
                                                                && point.value() <= last(file));
                grew |= applies && reachable.add(file.range().last());
            }
        }
        return reachable;
    }

    private static Inventory randomInventory(Random random) {
        List<ReplicaFile> files = new ArrayList<>();
        int count = random.nextInt(14);
        for (int i = 0; i < count; i++) {
            int level = random.nextInt(4) == 0 ? 9 : random.nextInt(4);
            long first = level == 9 || random.nextInt(8) == 0 ? 1 : 1 + random.nextInt(20);
            long last = first + (level == 0 ? 0 : random.nextInt(8));
            files.add(file(level, first, last));
        }
        Inventory inventory = Inventory.empty();
        for (ReplicaFile file : files) {
            inventory = inventory.with(file);
        }
        return inventory;
    }

    private static long last(ReplicaFile file) {
        return file.range().last().value();
    }

    private static String plan(Inventory inventory, long target) {
        return switch (RestorePlanner.plan(inventory, new Txid(target))) {
            case PlanResult.Plan plan -> text(plan);
            case PlanResult other -> other.toString();
        };
    }

    private static String text(PlanResult.Plan plan) {
        return plan.files().stream()
                .map(file ->
                        "%s:%d-%d"
                                .formatted(file.level(), file.range().first().value(), last(file)))
                .reduce((a, b) -> a + " " + b)
                .orElseThrow();
    }

    private static Inventory files(String... texts) {
        List<ReplicaFile> files = new ArrayList<>();
        for (String text : texts) {
            String[] parts = text.split("[:-]");
            files.add(
                    file(
                            Integer.parseInt(parts[0]),
                            Long.parseLong(parts[1]),
                            Long.parseLong(parts[2])));
        }
        return Inventory.of(files);
    }

    private static ReplicaFile file(int level, long first, long last) {
        return new ReplicaFile(
                new Level(level),
                new TxidRange(new Txid(first), new Txid(last)),
                1000,
                Instant.EPOCH);
    }
}
