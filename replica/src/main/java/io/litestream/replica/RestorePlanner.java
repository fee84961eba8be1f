package io.litestream.replica;

import io.litestream.ltx.Txid;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Chooses the files from which a state is put together. It reads nothing but the inventory.
public final class RestorePlanner {

    // The choice is that of the original program, since there are replicas whose files disagree:
    // the snapshot that ends last, then the walk that goes furthest.

    private RestorePlanner() {}

    /// Returns the files that give the state after `target`, or why there are none.
    public static PlanResult plan(Inventory inventory, Txid target) {
        Optional<Txid> head = inventory.head();
        if (head.isEmpty()) {
            return new PlanResult.NoBackup();
        }
        if (target.isAfter(head.get())) {
            return new PlanResult.Beyond(head.get());
        }
        List<ReplicaFile> files = chain(inventory, target);
        if (!files.isEmpty() && files.getLast().range().last().equals(target)) {
            return new PlanResult.Plan(files, target);
        }
        return explain(inventory, target);
    }

    /// Returns every transaction after which the state can be had.
    public static NavigableSet<Txid> points(Inventory inventory) {
        List<ReplicaFile> files = new ArrayList<>(inventory.files());
        files.sort(Comparator.comparing(file -> file.range().last()));
        TreeSet<Txid> points = new TreeSet<>();
        for (ReplicaFile file : files) {
            if (isBase(file) || continuesOneOf(points, file)) {
                points.add(file.range().last());
            }
        }
        return points;
    }

    /// Returns all files of the plans for these points together, in no particular order. The time
    /// it takes grows little faster than the number of files, however many points there are.
    ///
    /// @throws IllegalArgumentException if one is none of the inventory's points
    public static Set<ReplicaFile> files(Inventory inventory, NavigableSet<Txid> points) {
        List<ReplicaFile> bases =
                inventory.files(Level.SNAPSHOT).stream()
                        .filter(RestorePlanner::isBase)
                        .sorted(FurthestChain.BEST)
                        .toList();
        List<ReplicaFile> changes =
                inventory.files().stream()
                        .filter(file -> file.level().compareTo(Level.SNAPSHOT) < 0)
                        .toList();
        Set<ReplicaFile> files = new HashSet<>();
        new ChainIndex(changes).addPlans(points, bases, files);
        return files;
    }

    /// Returns files that lead from the state after one transaction to that after another; none
    /// holds more than that. Nothing if there are no such files.
    static Optional<List<ReplicaFile>> between(Inventory inventory, Txid after, Txid to) {
        List<ReplicaFile> files = FurthestChain.after(after.value(), changes(inventory, to));
        boolean reaches = !files.isEmpty() && files.getLast().range().last().equals(to);
        return reaches ? Optional.of(files) : Optional.empty();
    }

    /// Returns the longest chain of files, none of which goes beyond the target.
    private static List<ReplicaFile> chain(Inventory inventory, Txid target) {
        Optional<ReplicaFile> base = newestBase(inventory, target);
        long reached = base.map(file -> file.range().last().value()).orElse(0L);
        List<ReplicaFile> chain = new ArrayList<>(base.stream().toList());
        chain.addAll(FurthestChain.after(reached, changes(inventory, target)));
        return chain;
    }

    private static Optional<ReplicaFile> newestBase(Inventory inventory, Txid target) {
        return inventory.files(Level.SNAPSHOT).stream()
                .filter(RestorePlanner::isBase)
                .filter(file -> !file.range().last().isAfter(target))
                .max(FurthestChain.BEST);
    }

    /// Returns the files below the snapshots that do not go beyond the target, in the order of
    /// their beginnings.
    private static Iterable<ReplicaFile> changes(Inventory inventory, Txid target) {
        List<List<ReplicaFile>> levels =
                Level.all().stream()
                        .filter(level -> level.compareTo(Level.SNAPSHOT) < 0)
                        .map(inventory::files)
                        .toList();
        return () -> new ByBeginning(levels, file -> !file.range().last().isAfter(target));
    }

    private static boolean isBase(ReplicaFile file) {
        return file.range().isSnapshot();
    }

    private static boolean continuesOneOf(NavigableSet<Txid> points, ReplicaFile file) {
        return file.level().compareTo(Level.SNAPSHOT) < 0
                && points.ceiling(new Txid(file.range().first().value() - 1)) != null;
    }

    private static PlanResult explain(Inventory inventory, Txid target) {
        NavigableSet<Txid> points = points(inventory);
        Optional<Txid> before = Optional.ofNullable(points.lower(target));
        Optional<Txid> after = Optional.ofNullable(points.higher(target));
        Txid reached = before.orElse(Txid.FIRST);
        Optional<Txid> next =
                inventory.files().stream()
                        .map(file -> file.range().first())
                        .filter(first -> first.isAfter(reached))
                        .min(Comparator.naturalOrder());
        return after.isPresent() || next.isEmpty()
                ? new PlanResult.NotABoundary(before, after)
                : new PlanResult.Gap(before, next.get());
    }
}
