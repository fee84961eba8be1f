package io.litestream.replica;

import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Which points of a replica can be restored, and which cannot though files of them are kept.
///
/// @param intact can be restored, as far as it was looked
/// @param lost should be restorable, and are not
public record RestorablePoints(NavigableSet<Txid> intact, NavigableSet<Txid> lost) {

    public RestorablePoints {
        intact = Collections.unmodifiableNavigableSet(new TreeSet<>(intact));
        lost = Collections.unmodifiableNavigableSet(new TreeSet<>(lost));
    }

    /// Returns what can be had of an inventory without the files that are damaged. Every file from
    /// the end of the oldest whole database on promises the point at its end; those that end before
    /// it have expired.
    static RestorablePoints of(Inventory inventory, Damage damage) {
        return of(inventory, RestorePlanner.points(damage.soundOf(inventory)));
    }

    /// As above, where the header of each sound file is known: a file cannot be applied to a
    /// database of another page size, but what comes before one with every page does not matter.
    ///
    /// @param whole files with every page
    static RestorablePoints of(
            Inventory inventory,
            Damage damage,
            Map<ReplicaFile, LtxHeader> headers,
            Set<ReplicaFile> whole) {
        Inventory sound = damage.soundOf(inventory);
        Map<Integer, List<ReplicaFile>> bySize =
                sound.files().stream()
                        .filter(headers::containsKey)
                        .collect(Collectors.groupingBy(file -> pageSize(headers.get(file))));
        TreeSet<Txid> intact = new TreeSet<>();
        bySize.values()
                .forEach(files -> intact.addAll(RestorePlanner.points(withBases(files, whole))));
        intact.retainAll(RestorePlanner.points(sound)); // there is a plan at all
        return of(inventory, intact);
    }

    /// Returns an inventory in which each of these files that holds every page is a base.
    private static Inventory withBases(List<ReplicaFile> files, Set<ReplicaFile> whole) {
        List<ReplicaFile> all = new ArrayList<>(files);
        files.stream()
                .filter(whole::contains)
                .map(RestorablePoints::asBase)
                .filter(base -> files.stream().noneMatch(base::samePlace))
                .forEach(all::add);
        return Inventory.of(all);
    }

    private static ReplicaFile asBase(ReplicaFile file) {
        TxidRange range = new TxidRange(Txid.FIRST, file.range().last());
        return new ReplicaFile(Level.SNAPSHOT, range, file.size(), file.created());
    }

    private static int pageSize(@Nullable LtxHeader header) {
        return Objects.requireNonNull(header).pageSize();
    }

    private static RestorablePoints of(Inventory inventory, NavigableSet<Txid> intact) {
        TreeSet<Txid> lost = new TreeSet<>();
        Optional<Txid> oldest =
                inventory.files().stream()
                        .filter(file -> file.range().isSnapshot())
                        .map(file -> file.range().last())
                        .min(Comparator.naturalOrder());
        for (ReplicaFile file : inventory.files()) {
            Txid end = file.range().last();
            boolean expired = oldest.filter(first -> first.isAfter(end)).isPresent();
            if (!expired && !intact.contains(end)) {
                lost.add(end);
            }
        }
        return new RestorablePoints(intact, lost);
    }

    /// Returns these points without some that turned out to be lost.
    RestorablePoints without(Collection<Txid> points) {
        TreeSet<Txid> fewer = new TreeSet<>(intact);
        TreeSet<Txid> more = new TreeSet<>(lost);
        fewer.removeAll(points);
        more.addAll(points);
        return new RestorablePoints(fewer, more);
    }
}
