package io.litestream.replica.legacy;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Chooses the files of a replica of Litestream 0.3 from which a state is put together. It reads
/// nothing but the inventory.
public final class LegacyPlanner {

    // The generation is that of the newest snapshot, as each begins with one. In it the snapshot
    // with the highest index is the best, whatever its time: copying files does not always keep
    // their times, and all of one generation lead to the same end. A damaged snapshot is passed
    // over for an earlier one of the same generation only: another generation has another state.

    private LegacyPlanner() {}

    /// Returns the files that give the newest state, be it of a whole replica or of a generation.
    ///
    /// @param damaged snapshots that cannot be used
    public static LegacyPlanResult plan(
            LegacyInventory inventory, WalPoint point, Set<LegacyFile> damaged) {
        if (inventory.isEmpty()) {
            return new LegacyPlanResult.NoBackup();
        }
        Predicate<LegacyFile> wanted = wanted(point);
        Optional<LegacyFile.Snapshot> newest =
                inventory.snapshots().stream()
                        .filter(wanted)
                        .max(Comparator.comparing(LegacyFile.Snapshot::created));
        if (newest.isEmpty()) {
            return noSnapshot(inventory, point);
        }
        LegacyInventory generation = inventory.of(newest.get().generation());
        return generation.snapshots().stream()
                .filter(wanted)
                .filter(snapshot -> !damaged.contains(snapshot))
                .reduce((_, higher) -> higher)
                .map(snapshot -> plan(snapshot, generation, point))
                .orElseGet(() ->
                        new LegacyPlanResult.Missing(
                                "no sound snapshot in generation " + newest.get().generation()));
    }

    private static Predicate<LegacyFile> wanted(WalPoint point) {
        return switch (point) {
            case WalPoint.End() -> _ -> true;
            case WalPoint.OfIndex(WalIndex index) -> file -> file.index().compareTo(index) <= 0;
            case WalPoint.OfTime(Instant time) -> file -> !file.created().isAfter(time);
        };
    }

    private static LegacyPlanResult noSnapshot(LegacyInventory inventory, WalPoint point) {
        Optional<LegacyFile.Snapshot> first =
                inventory.snapshots().stream()
                        .min(Comparator.comparing(LegacyFile.Snapshot::created));
        if (first.isEmpty()) {
            return new LegacyPlanResult.Missing("there is no snapshot to begin with");
        }
        return new LegacyPlanResult.NotAPoint(
                switch (point) {
                    case WalPoint.End() -> throw new AssertionError(first);
                    case WalPoint.OfIndex(WalIndex index) ->
                            "the first snapshot is of index %s, after %s"
                                    .formatted(inventory.snapshots().getFirst().index(), index);
                    case WalPoint.OfTime(Instant time) ->
                            "there is nothing as old as %s: the first snapshot is of %s"
                                    .formatted(time, first.get().created());
                });
    }

    private static LegacyPlanResult plan(
            LegacyFile.Snapshot snapshot, LegacyInventory generation, WalPoint point) {
        List<LegacyFile.Segment> following =
                generation.segments().stream()
                        .filter(segment -> segment.index().compareTo(snapshot.index()) >= 0)
                        .toList();
        List<LegacyFile.Segment> segments = following.stream().takeWhile(wanted(point)).toList();
        LegacyPlanResult hole = hole(snapshot, segments);
        if (hole != null) {
            return hole;
        }
        return switch (point) {
            case WalPoint.End() -> new LegacyPlanResult.Plan(snapshot, segments);
            case WalPoint.OfIndex(WalIndex index) -> upTo(index, snapshot, segments);
            case WalPoint.OfTime(Instant time) -> upTo(time, snapshot, following, segments);
        };
    }

    /// Returns what is missing: a WAL, or the beginning of one.
    private static @Nullable LegacyPlanResult hole(
            LegacyFile.Snapshot snapshot, List<LegacyFile.Segment> segments) {
        WalIndex index = snapshot.index();
        boolean begun = false;
        for (LegacyFile.Segment segment : segments) {
            boolean goesOn = begun && segment.index().equals(index);
            if (goesOn) {
                continue;
            }
            index = begun ? index.next() : index;
            begun = true;
            if (!segment.index().equals(index) || segment.offset() != 0) {
                return new LegacyPlanResult.Missing(
                        "missing WAL index: expected %s/%08x, got %s/%08x (%s)"
                                .formatted(index, 0, segment.index(), segment.offset(), segment));
            }
        }
        return null;
    }

    private static LegacyPlanResult upTo(
            WalIndex index, LegacyFile.Snapshot snapshot, List<LegacyFile.Segment> segments) {
        LegacyPlanResult.Plan plan = new LegacyPlanResult.Plan(snapshot, segments);
        return plan.index().equals(index)
                ? plan
                : new LegacyPlanResult.NotAPoint(
                        "generation %s has nothing of index %s: the newest before it is %s"
                                .formatted(snapshot.generation(), index, plan.index()));
    }

    /// Times that are not in the order of the WAL were lost, as by copying.
    private static LegacyPlanResult upTo(
            Instant time,
            LegacyFile.Snapshot snapshot,
            List<LegacyFile.Segment> following,
            List<LegacyFile.Segment> segments) {
        List<LegacyFile.Segment> later = following.subList(segments.size(), following.size());
        return later.stream()
                .filter(segment -> !segment.created().isAfter(time))
                .findFirst()
                .<LegacyPlanResult>map(segment ->
                        new LegacyPlanResult.NotAPoint(
                                ("the times of the files are not those at which they were stored:"
                                     + " %s of %s comes before %s of %s. Give -generation and"
                                     + " -index instead of a time")
                                        .formatted(
                                                later.getFirst().key(),
                                                later.getFirst().created(),
                                                segment.key(),
                                                segment.created())))
                .orElseGet(() -> new LegacyPlanResult.Plan(snapshot, segments));
    }
}
