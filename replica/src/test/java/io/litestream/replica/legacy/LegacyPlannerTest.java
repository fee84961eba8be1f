package io.litestream.replica.legacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.storage.ObjectInfo;
import io.litestream.storage.ObjectKey;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;

final class LegacyPlannerTest {

    private static final String OLDER = "ffffffffffffffff";
    private static final String NEWER = "0000000000000001";

    private final List<LegacyFile> files = new ArrayList<>();

    @Test
    void takesTheGenerationOfTheNewestSnapshot() {
        snapshot(OLDER, 0, 10);
        segment(OLDER, 0, 0, 11);
        snapshot(NEWER, 0, 20);
        segment(NEWER, 0, 0, 21);

        assertThat(names(new WalPoint.End())).containsExactly("s20", "w21");
        assertThat(names(at(20))).containsExactly("s20");
        assertThat(names(at(19))).containsExactly("s10", "w11");
    }

    @Test
    void takesTheHighestSnapshotOfAGeneration() {
        snapshot(NEWER, 0, 10);
        segment(NEWER, 0, 0, 11);
        segment(NEWER, 1, 0, 12);
        snapshot(NEWER, 1, 13);
        segment(NEWER, 1, 900, 14);
        segment(NEWER, 2, 0, 15);

        assertThat(names(new WalPoint.End())).containsExactly("s13", "w12", "w14", "w15");
        assertThat(names(at(12))).containsExactly("s10", "w11", "w12");
        assertThat(names(new WalPoint.OfIndex(new WalIndex(0)))).containsExactly("s10", "w11");
        assertThat(names(new WalPoint.OfIndex(new WalIndex(1))))
                .containsExactly("s13", "w12", "w14");
    }

    /// As after copying a backup without the times of its files.
    @Test
    void takesTheHighestSnapshotWhateverItsTime() {
        snapshot(NEWER, 0, 30);
        snapshot(NEWER, 1, 10);
        segment(NEWER, 0, 0, 20);
        segment(NEWER, 1, 0, 5);

        assertThat(names(new WalPoint.End())).containsExactly("s10", "w5");
        assertThat(plan(at(10), Set.of()))
                .isInstanceOf(LegacyPlanResult.Plan.class)
                .isEqualTo(plan(at(29), Set.of()));
        assertThat(((LegacyPlanResult.Plan) plan(at(29), Set.of())).time()).isEqualTo(time(10));
    }

    @Test
    void refusesTimesThatAreNotInTheOrderOfTheWal() {
        snapshot(NEWER, 0, 1);
        segment(NEWER, 0, 0, 9);
        segment(NEWER, 0, 500, 4);

        assertThat(plan(at(5), Set.of()))
                .isInstanceOfSatisfying(
                        LegacyPlanResult.NotAPoint.class,
                        why -> assertThat(why.why()).contains("Give -generation and -index"));
        assertThat(names(at(9))).containsExactly("s1", "w9", "w4");
        assertThat(names(at(3))).containsExactly("s1");
    }

    @Test
    void findsWhatIsMissing() {
        segment(NEWER, 3, 0, 5);
        assertMissing("there is no snapshot to begin with");
        snapshot(NEWER, 2, 1);
        assertMissing("missing WAL index: expected 00000002/00000000, got 00000003/00000000");
        segment(NEWER, 2, 0, 2);
        segment(NEWER, 5, 0, 6);
        assertMissing("missing WAL index: expected 00000004/00000000, got 00000005/00000000");
        segment(NEWER, 4, 77, 6);
        assertMissing("missing WAL index: expected 00000004/00000000, got 00000004/0000004d");
    }

    @Test
    void passesOverADamagedSnapshotOfTheSameGenerationOnly() {
        LegacyFile first = snapshot(NEWER, 0, 10);
        segment(NEWER, 0, 0, 11);
        LegacyFile second = snapshot(NEWER, 1, 12);
        segment(NEWER, 1, 0, 13);
        snapshot(OLDER, 0, 1);

        assertThat(plan(new WalPoint.End(), Set.of(second)))
                .isInstanceOfSatisfying(
                        LegacyPlanResult.Plan.class,
                        plan -> assertThat(plan.snapshot()).isEqualTo(first));
        assertThat(plan(new WalPoint.End(), Set.of(first, second)))
                .isInstanceOf(LegacyPlanResult.Missing.class);
    }

    @Test
    void hasNothingWhereNothingIs() {
        assertThat(plan(new WalPoint.End(), Set.of())).isEqualTo(new LegacyPlanResult.NoBackup());
        snapshot(NEWER, 4, 10);
        assertThat(plan(at(9), Set.of())).isInstanceOf(LegacyPlanResult.NotAPoint.class);
        assertThat(plan(new WalPoint.OfIndex(new WalIndex(3)), Set.of()))
                .isInstanceOfSatisfying(
                        LegacyPlanResult.NotAPoint.class,
                        why ->
                                assertThat(why.why())
                                        .isEqualTo(
                                                "the first snapshot is of index 00000004, after"
                                                        + " 00000003"));
    }

    @Test
    void namesThatAreNoneAreRefused() {
        for (String name : List.of("", "aa", "000000000000000A", "00000000000000001")) {
            assertThatThrownBy(() -> new Generation(name)).hasMessageContaining(name);
        }
        for (String index : List.of("", "123456789", "-1", "0x1")) {
            assertThatThrownBy(() -> WalIndex.parse(index)).hasMessageContaining(index);
        }
        assertThat(WalIndex.parse("A")).isEqualTo(new WalIndex(10)).hasToString("0000000a");
    }

    private void assertMissing(String what) {
        assertThat(plan(new WalPoint.End(), Set.of()))
                .isInstanceOfSatisfying(
                        LegacyPlanResult.Missing.class,
                        missing -> assertThat(missing.what()).startsWith(what));
    }

    private LegacyFile snapshot(String generation, int index, int time) {
        return add("generations/%s/snapshots/%08x.snapshot.lz4".formatted(generation, index), time);
    }

    private void segment(String generation, int index, int offset, int time) {
        add("generations/%s/wal/%08x_%08x.wal.lz4".formatted(generation, index, offset), time);
    }

    private LegacyFile add(String key, int time) {
        ObjectInfo object = new ObjectInfo(new ObjectKey(key), 1000, time(time));
        LegacyFile file = LegacyFile.of(object).orElseThrow();
        files.add(file);
        Collections.shuffle(files, new Random(time));
        return file;
    }

    private static Instant time(int seconds) {
        return Instant.ofEpochSecond(seconds);
    }

    private static WalPoint at(int seconds) {
        return new WalPoint.OfTime(time(seconds));
    }

    private LegacyPlanResult plan(WalPoint point, Set<LegacyFile> damaged) {
        return LegacyPlanner.plan(LegacyInventory.of(files), point, damaged);
    }

    /// Returns the files of a plan, each by its kind and its time.
    private List<String> names(WalPoint point) {
        LegacyPlanResult result = plan(point, Set.of());
        assertThat(result).isInstanceOf(LegacyPlanResult.Plan.class);
        return ((LegacyPlanResult.Plan) result)
                .files().stream()
                        .map(file ->
                                switch (file) {
                                    case LegacyFile.Snapshot _ ->
                                            "s" + file.created().getEpochSecond();
                                    case LegacyFile.Segment _ ->
                                            "w" + file.created().getEpochSecond();
                                })
                        .toList();
    }
}
