package io.litestream.replica.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.replica.Inventory;
import io.litestream.replica.Level;
import io.litestream.replica.ReplicaFile;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Files are written `level:first-last@age`, the age in minutes, or in hours or days with `h`, `d`.
final class RetentionPlannerTest {

    private static final Instant NOW = Instant.parse("2026-06-17T12:30:00Z"); // a Wednesday

    private static final RetentionPolicy POLICY = RetentionPolicy.DEFAULT;

    @Test
    void deletesCapturedFilesThatAreMergedAndOldEnough() {
        assertThat(
                        gone(
                                POLICY,
                                "9:1-1@60",
                                "1:2-4@8",
                                "0:2-2@10",
                                "0:3-3@9",
                                "0:4-4@8",
                                "0:5-5@7",
                                "0:6-6@4"))
                .containsExactly("0:2-2", "0:3-3", "0:4-4");
    }

    @Test
    void keepsCapturedFilesThatNoLevelHasTakenInYet() {
        assertThat(gone(POLICY, "9:1-1@9d", "0:2-2@9d", "0:3-3@9d", "9:1-3@8d"))
                .containsExactly("9:1-1");
    }

    @Test
    void keepsTheNewestCapturedFileHoweverOld() {
        assertThat(gone(POLICY, "9:1-1@60", "1:2-3@50", "0:2-2@50", "0:3-3@50"))
                .containsExactly("0:2-2");
    }

    @Test
    void keepsWhatTheOldestPointOfTheTimeIsBuiltOn() {
        assertThat(gone(POLICY, "9:1-5@4d", "9:1-9@2d", "1:10-19@2d", "1:20-29@20h", "9:1-29@19h"))
                .containsExactly("9:1-5");
    }

    @Test
    void keepsThePointThatHeldWhenTheTimeBegan() {
        assertThat(gone(POLICY, "9:1-5@9d", "1:6-9@8d", "1:10-19@7d", "9:1-19@6d", "9:1-29@1h"))
                .containsExactly("1:6-9", "9:1-5");
    }

    @Test
    void keepsEachLevelForItsOwnTime() {
        RetentionPolicy policy =
                POLICY.withLevels(
                        Map.of(
                                new Level(1), Optional.of(Duration.ofHours(3)),
                                new Level(2), Optional.of(Duration.ofDays(7))));

        assertThat(
                        gone(
                                policy,
                                "9:1-1@9d",
                                "1:2-3@50h",
                                "1:4-5@49h",
                                "2:2-5@49h",
                                "1:6-7@6h",
                                "1:8-9@5h",
                                "2:6-9@5h",
                                "1:10-11@1h"))
                .as("the points 3 and 7, and the finer way to 5 and 9")
                .containsExactly("1:2-3", "1:4-5", "1:6-7", "1:8-9");
    }

    @Test
    void keepsNoLevelForLessThanTheOneBelow() {
        RetentionPolicy policy =
                POLICY.withLevels(Map.of(new Level(2), Optional.of(Duration.ofMinutes(1))));

        assertThat(policy.kept(new Level(1))).isEqualTo(POLICY.merged());
        assertThat(policy.kept(new Level(2))).isEqualTo(POLICY.merged());
        assertThat(policy.withMerged(Optional.empty()).kept(new Level(2))).isEmpty();
        assertThat(policy.withMerged(Optional.of(Duration.ZERO)).kept(Level.SNAPSHOT))
                .contains(Duration.ofMinutes(1));
    }

    @Test
    void keepsForEverIfAskedTo() {
        RetentionPolicy forEver = POLICY.withMerged(Optional.empty());

        assertThat(gone(forEver, "9:1-1@999d", "1:2-3@999d", "9:1-3@998d", "9:1-9@1")).isEmpty();
    }

    @Test
    void keepsCapturedFilesForEverIfAskedTo() {
        RetentionPolicy forEver = POLICY.withCaptured(Optional.empty());

        assertThat(gone(forEver, "9:1-1@99d", "0:2-2@99d", "1:2-3@98d", "0:3-3@98d", "9:1-3@1"))
                .isEmpty();
    }

    @Test
    void keepsOnePointForEachPeriodPreferringWholeDatabases() {
        RetentionPolicy daily = POLICY.withTiers(new Tiers(0, 4, 0, 0));

        assertThat(
                        gone(
                                daily,
                                "9:1-10@5d",
                                "9:1-20@4d",
                                "9:1-30@3d",
                                "1:31-35@2900",
                                "9:1-40@2890",
                                "1:41-45@2880",
                                "9:1-50@1h"))
                .containsExactly("1:31-35", "9:1-10", "9:1-20");
    }

    @Test
    void keepsForAnEmptyPeriodThePointThatHeldThen() {
        RetentionPolicy weekly = POLICY.withTiers(new Tiers(0, 0, 3, 0));

        assertThat(gone(weekly, "9:1-10@40d", "9:1-20@30d", "9:1-30@1h")).containsExactly("9:1-10");
    }

    @Test
    void countsPeriodsByTheCalendar() {
        assertThat(Period.HOUR.start(NOW)).isEqualTo("2026-06-17T12:00:00Z");
        assertThat(Period.DAY.start(NOW)).isEqualTo("2026-06-17T00:00:00Z");
        assertThat(Period.WEEK.start(NOW)).isEqualTo("2026-06-15T00:00:00Z");
        assertThat(Period.MONTH.start(NOW)).isEqualTo("2026-06-01T00:00:00Z");
        assertThat(Period.MONTH.plus(Period.MONTH.start(NOW), -6))
                .isEqualTo("2025-12-01T00:00:00Z");
        assertThat(Period.WEEK.plus(Period.WEEK.start(NOW), 1)).isEqualTo("2026-06-22T00:00:00Z");
    }

    @Test
    void keepsThePointOfAPinAndTellsOfOneThatIsLost() {
        Inventory files =
                files("9:1-5@9d", "1:6-9@8d", "1:10-19@8d", "9:1-19@8d", "9:1-29@2d", "9:1-39@1");
        List<Pin> pins = List.of(pin("release", 9), pin("gone", 7));

        RetentionPlan plan = RetentionPlanner.plan(files, POLICY, pins, NOW);

        assertThat(names(plan.deletions())).containsExactly("9:1-19");
        assertThat(plan.kept().files(new Level(1)))
                .as("the newest of its level stays beside what the pin needs")
                .hasSize(2);
        assertThat(plan.lostPins()).containsExactly(pins.getLast());
    }

    @Test
    void keepsWhatWaitsForABaseButNotWhatIsThereTwice() {
        assertThat(gone(POLICY, "1:2-9@3d", "1:10-19@2d", "0:9-9@3d", "0:19-19@2d", "0:20-20@1d"))
                .containsExactly("0:9-9", "0:19-19");
    }

    @Test
    void keepsWhatIsBeyondAHole() {
        assertThat(gone(POLICY, "9:1-5@9d", "1:10-19@8d", "0:20-20@1")).isEmpty();
    }

    @Test
    void keepsAMergedFileThatTheNextLevelHasNotTakenIn() {
        String[] files = {
            "9:1-1@9d", "2:2-9@8d", "1:8-9@8d", "1:10-12@7d", "9:1-12@6d", "1:13-15@1", "9:1-15@1"
        };

        assertThat(gone(POLICY, files)).containsExactly("1:8-9", "9:1-1");
        assertThat(gone(POLICY.withHighest(new Level(1)), files))
                .containsExactly("1:8-9", "1:10-12", "9:1-1");
    }

    @Test
    void countsAFileWithoutATimeAsThatOfTheNextOneAndAsNewIfThereIsNone() {
        assertThat(gone(POLICY, "9:1-1@9d", "1:2-3@?", "9:1-5@3d", "9:1-8@2d", "1:6-8@1"))
                .as("it is no younger than 9:1-5")
                .containsExactly("1:2-3", "9:1-1", "9:1-5");
        assertThat(gone(POLICY, "9:1-1@?", "1:2-3@?", "9:1-5@?")).isEmpty();
    }

    @Test
    void doesNotTrustATimeInTheFuture() {
        assertThat(gone(POLICY, "9:1-1@-9d", "9:1-5@3d", "9:1-8@2d", "9:1-9@1"))
                .containsExactly("9:1-1", "9:1-5");
    }

    @Test
    void leavesAGraceToRestoresThatAreUnderWay() {
        String[] files = {"9:1-1@9d", "9:1-5@1470", "9:1-8@1450", "9:1-9@1"};

        assertThat(gone(POLICY, files)).isEmpty();
        assertThat(gone(POLICY.withGrace(Duration.ofMinutes(5)), files))
                .containsExactly("9:1-1", "9:1-5");
    }

    @Test
    void tellsWhenToLookAgain() {
        Inventory files = files("9:1-1@60", "1:2-3@50", "0:2-2@50", "0:3-3@4");

        assertThat(RetentionPlanner.plan(files, POLICY, List.of(), NOW).next())
                .contains(NOW.plusSeconds(60).plusNanos(1));
        assertThat(RetentionPlanner.plan(Inventory.empty(), POLICY, List.of(), NOW).next())
                .isEmpty();
    }

    /// Would not end if the time grew with the square of the files.
    @Test
    void plansForHundredsOfThousandsOfFiles() {
        List<ReplicaFile> files = new ArrayList<>();
        files.add(file("9:1-1@9d"));
        for (long txid = 2; txid <= 100_000; txid++) {
            files.add(file("0:%d-%d@%d".formatted(txid, txid, 100_000 - txid)));
            if (txid % 100 == 0) {
                files.add(
                        file("1:%d-%d@%d".formatted(Math.max(2, txid - 99), txid, 100_000 - txid)));
            }
        }
        RetentionPolicy all = POLICY.withMerged(Optional.empty()).withCaptured(Optional.empty());

        RetentionPlan kept = RetentionPlanner.plan(Inventory.of(files), all, List.of(), NOW);
        RetentionPlan plan = RetentionPlanner.plan(Inventory.of(files), POLICY, List.of(), NOW);

        assertThat(kept.deletions()).isEmpty();
        assertThat(kept.points()).hasSize(100_000);
        assertThat(plan.kept().files(Level.CAPTURED)).hasSizeBetween(6, 120);
    }

    private static List<String> gone(RetentionPolicy policy, String... files) {
        return names(RetentionPlanner.plan(files(files), policy, List.of(), NOW).deletions());
    }

    private static List<String> names(List<ReplicaFile> files) {
        return files.stream()
                .map(file ->
                        "%s:%d-%d"
                                .formatted(
                                        file.level(),
                                        file.range().first().value(),
                                        file.range().last().value()))
                .toList();
    }

    private static Pin pin(String name, long txid) {
        return new Pin(name, new Txid(txid), NOW);
    }

    private static Inventory files(String... texts) {
        List<ReplicaFile> files = new ArrayList<>();
        for (String text : texts) {
            files.add(file(text));
        }
        return Inventory.of(files);
    }

    private static ReplicaFile file(String text) {
        String[] parts = text.split("[:@]", -1);
        String[] range = parts[1].split("-", -1);
        return new ReplicaFile(
                new Level(Integer.parseInt(parts[0])),
                new TxidRange(
                        new Txid(Long.parseLong(range[0])), new Txid(Long.parseLong(range[1]))),
                1000,
                created(parts[2]));
    }

    private static Instant created(String age) {
        if (age.equals("?")) {
            return Instant.EPOCH;
        }
        String number = age.replaceAll("[hd]", "");
        long count = Long.parseLong(number);
        return NOW.minus(
                age.endsWith("d")
                        ? Duration.ofDays(count)
                        : age.endsWith("h") ? Duration.ofHours(count) : Duration.ofMinutes(count));
    }
}
