package io.litestream.replica;

import io.litestream.ltx.Txid;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The files of a replica at one moment: for each level, in the order of their first and then their
/// last transaction.
///
/// It does not change; [#with] and [#without] make another one, which shares the levels that stay
/// the same.
public final class Inventory {

    private static final Inventory EMPTY = new Inventory(emptyLevels());

    /// The files of level 0 first.
    private final List<List<ReplicaFile>> levels;

    private Inventory(List<List<ReplicaFile>> levels) {
        this.levels = levels;
    }

    /// Returns the inventory of a replica that has no file.
    public static Inventory empty() {
        return EMPTY;
    }

    /// Returns the inventory of these files, given in any order.
    public static Inventory of(Collection<ReplicaFile> files) {
        List<List<ReplicaFile>> levels = new ArrayList<>(emptyLevels());
        levels.replaceAll(_ -> new ArrayList<>());
        for (ReplicaFile file : files) {
            levels.get(file.level().number()).add(file);
        }
        levels.forEach(level -> level.sort(Comparator.comparing(ReplicaFile::range)));
        levels.replaceAll(List::copyOf);
        return new Inventory(List.copyOf(levels));
    }

    /// Returns all files, level by level, from level 0.
    public List<ReplicaFile> files() {
        List<ReplicaFile> all = new ArrayList<>();
        levels.forEach(all::addAll);
        return all;
    }

    /// Returns the files of a level, in order.
    public List<ReplicaFile> files(Level level) {
        return levels.get(level.number());
    }

    /// Says whether there is no file at all.
    public boolean isEmpty() {
        return levels.stream().allMatch(List::isEmpty);
    }

    /// Returns the last transaction that any file covers, or nothing if there is no file.
    public Optional<Txid> head() {
        return levels.stream()
                .flatMap(List::stream)
                .map(file -> file.range().last())
                .max(Comparator.naturalOrder());
    }

    /// Returns the last transaction that a file of this level covers, or nothing if it has none.
    public Optional<Txid> head(Level level) {
        return last(level).map(file -> file.range().last());
    }

    /// Returns the file of this level that ends last, or nothing if it has none.
    public Optional<ReplicaFile> last(Level level) {
        return files(level).stream().max(Comparator.comparing(file -> file.range().last()));
    }

    /// Returns the sum of the files' sizes.
    public long sizeBytes() {
        return levels.stream().flatMap(List::stream).mapToLong(ReplicaFile::size).sum();
    }

    /// Returns these files and one more. It takes the place of one with the same level and range.
    public Inventory with(ReplicaFile file) {
        List<ReplicaFile> level = new ArrayList<>(files(file.level()));
        level.removeIf(file::samePlace);
        int end = level.size();
        while (end > 0 && level.get(end - 1).range().compareTo(file.range()) > 0) {
            end--;
        }
        level.add(end, file);
        return replacing(file.level(), level);
    }

    /// Returns these files without the one of this level and range, if there is one.
    public Inventory without(ReplicaFile file) {
        List<ReplicaFile> level = new ArrayList<>(files(file.level()));
        return level.removeIf(file::samePlace) ? replacing(file.level(), level) : this;
    }

    private Inventory replacing(Level level, List<ReplicaFile> files) {
        List<List<ReplicaFile>> changed = new ArrayList<>(levels);
        changed.set(level.number(), List.copyOf(files));
        return new Inventory(List.copyOf(changed));
    }

    private static List<List<ReplicaFile>> emptyLevels() {
        return Level.all().stream().map(_ -> List.<ReplicaFile>of()).toList();
    }
}
