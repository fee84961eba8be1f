package io.litestream.replica;

import io.litestream.ltx.Txid;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The files of a replica at one moment: for each level, in the order of their first and then their
/// last transaction.
///
/// It does not change; [#with] and [#without] make another one, which shares nearly everything with
/// this one.
public final class Inventory {

    private static final Inventory EMPTY =
            new Inventory(Collections.nCopies(Level.all().size(), SortedFiles.EMPTY));

    /// The files of level 0 first.
    private final List<SortedFiles> levels;

    private Inventory(List<SortedFiles> levels) {
        this.levels = List.copyOf(levels);
    }

    /// Returns the inventory of a replica that has no file.
    public static Inventory empty() {
        return EMPTY;
    }

    /// Returns the inventory of these files, given in any order. Of several at one place, the last
    /// one counts.
    public static Inventory of(Collection<ReplicaFile> files) {
        List<List<ReplicaFile>> levels = new ArrayList<>();
        Level.all().forEach(_ -> levels.add(new ArrayList<>()));
        for (ReplicaFile file : files) {
            levels.get(file.level().number()).add(file);
        }
        return new Inventory(levels.stream().map(SortedFiles::of).toList());
    }

    /// Returns all files, level by level, from level 0.
    public List<ReplicaFile> files() {
        List<ReplicaFile> all = new ArrayList<>(levels.stream().mapToInt(List::size).sum());
        levels.forEach(all::addAll);
        return all;
    }

    /// Returns the files of a level, in order. The list does not change.
    public List<ReplicaFile> files(Level level) {
        return sorted(level);
    }

    /// Says whether there is no file at all.
    public boolean isEmpty() {
        return levels.stream().allMatch(List::isEmpty);
    }

    /// Says whether there is a file of this level and range.
    public boolean contains(ReplicaFile file) {
        return sorted(file.level()).find(file.range()).isPresent();
    }

    /// Returns the last transaction that any file covers, or nothing if there is no file.
    public Optional<Txid> head() {
        return Level.all().stream()
                .flatMap(level -> head(level).stream())
                .max(Comparator.naturalOrder());
    }

    /// Returns the last transaction that a file of this level covers, or nothing if it has none.
    public Optional<Txid> head(Level level) {
        return last(level).map(file -> file.range().last());
    }

    /// Returns the file of this level that ends last, or nothing if it has none.
    public Optional<ReplicaFile> last(Level level) {
        return sorted(level).last();
    }

    /// Returns the sum of the files' sizes.
    public long sizeBytes() {
        return levels.stream().mapToLong(SortedFiles::sizeBytes).sum();
    }

    /// Returns these files and one more. It takes the place of one with the same level and range.
    public Inventory with(ReplicaFile file) {
        return replacing(file.level(), sorted(file.level()).with(file));
    }

    /// Returns these files without the one of this level and range, if there is one.
    public Inventory without(ReplicaFile file) {
        return contains(file)
                ? replacing(file.level(), sorted(file.level()).without(file.range()))
                : this;
    }

    /// Returns these files without those of these levels and ranges.
    public Inventory without(Collection<ReplicaFile> files) {
        Inventory left = this;
        for (ReplicaFile file : files) {
            left = left.without(file);
        }
        return left;
    }

    private SortedFiles sorted(Level level) {
        return levels.get(level.number());
    }

    private Inventory replacing(Level level, SortedFiles files) {
        List<SortedFiles> changed = new ArrayList<>(levels);
        changed.set(level.number(), files);
        return new Inventory(changed);
    }
}
