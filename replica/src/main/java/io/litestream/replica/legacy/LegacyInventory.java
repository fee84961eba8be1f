package io.litestream.replica.legacy;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The files of a replica of Litestream 0.3 at one moment, in the order of generation, index and
/// offset.
public final class LegacyInventory {

    private static final Comparator<LegacyFile.Snapshot> SNAPSHOTS =
            Comparator.comparing(LegacyFile.Snapshot::generation)
                    .thenComparing(LegacyFile.Snapshot::index);

    private static final Comparator<LegacyFile.Segment> SEGMENTS =
            Comparator.comparing(LegacyFile.Segment::generation)
                    .thenComparing(LegacyFile.Segment::index)
                    .thenComparingLong(LegacyFile.Segment::offset);

    private final List<LegacyFile.Snapshot> snapshots;
    private final List<LegacyFile.Segment> segments;

    private LegacyInventory(
            List<LegacyFile.Snapshot> snapshots, List<LegacyFile.Segment> segments) {
        this.snapshots = snapshots;
        this.segments = segments;
    }

    /// Returns the inventory of these files, given in any order.
    public static LegacyInventory of(Collection<? extends LegacyFile> files) {
        return new LegacyInventory(
                files.stream()
                        .filter(LegacyFile.Snapshot.class::isInstance)
                        .map(LegacyFile.Snapshot.class::cast)
                        .sorted(SNAPSHOTS)
                        .toList(),
                files.stream()
                        .filter(LegacyFile.Segment.class::isInstance)
                        .map(LegacyFile.Segment.class::cast)
                        .sorted(SEGMENTS)
                        .toList());
    }

    /// Says whether there is no file at all.
    public boolean isEmpty() {
        return snapshots.isEmpty() && segments.isEmpty();
    }

    /// Returns all snapshots.
    public List<LegacyFile.Snapshot> snapshots() {
        return snapshots;
    }

    /// Returns all parts of WALs.
    public List<LegacyFile.Segment> segments() {
        return segments;
    }

    /// Returns the generations that any file belongs to, in order of their names.
    public List<Generation> generations() {
        return files().map(LegacyFile::generation).sorted().distinct().toList();
    }

    /// Returns the files of one generation.
    public LegacyInventory of(Generation generation) {
        return new LegacyInventory(
                snapshots.stream().filter(file -> file.generation().equals(generation)).toList(),
                segments.stream().filter(file -> file.generation().equals(generation)).toList());
    }

    /// Returns when the first file was stored, or nothing if there is none.
    public Optional<Instant> oldest() {
        return files().map(LegacyFile::created).min(Comparator.naturalOrder());
    }

    /// Returns when the last file was stored, or nothing if there is none.
    public Optional<Instant> newest() {
        return files().map(LegacyFile::created).max(Comparator.naturalOrder());
    }

    /// Returns when the last file that is not after a time was stored, or nothing if there is none.
    public Optional<Instant> newest(Instant limit) {
        return files().map(LegacyFile::created)
                .filter(created -> !created.isAfter(limit))
                .max(Comparator.naturalOrder());
    }

    private Stream<LegacyFile> files() {
        return Stream.concat(snapshots.stream(), segments.stream());
    }
}
