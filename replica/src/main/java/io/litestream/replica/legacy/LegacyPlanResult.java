package io.litestream.replica.legacy;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/// What a [LegacyPlanner] found: the files to read, or why there are none.
public sealed interface LegacyPlanResult {

    /// The snapshot to begin with, and the parts of WALs to apply, in order. Each WAL begins at
    /// offset 0, and the first is that of the snapshot; how long a part is shows only when it is
    /// read.
    record Plan(LegacyFile.Snapshot snapshot, List<LegacyFile.Segment> segments)
            implements LegacyPlanResult {

        public Plan {
            segments = List.copyOf(segments);
        }

        /// Returns all files, in order.
        public List<LegacyFile> files() {
            return Stream.concat(Stream.of(snapshot), segments.stream())
                    .map(LegacyFile.class::cast)
                    .toList();
        }

        /// Returns the last WAL that is applied, at least in part.
        public WalIndex index() {
            return files().getLast().index();
        }

        /// Returns when the newest file was stored.
        public Instant time() {
            return files().stream().map(LegacyFile::created).max(Instant::compareTo).orElseThrow();
        }

        /// Returns how many bytes the plan reads.
        public long sizeBytes() {
            return files().stream().mapToLong(LegacyFile::size).sum();
        }
    }

    /// There is no file at all.
    record NoBackup() implements LegacyPlanResult {}

    /// Files are missing.
    ///
    /// @param what which, for people
    record Missing(String what) implements LegacyPlanResult {}

    /// The replica never held the point asked for, or does not tell where it is.
    ///
    /// @param why for people
    record NotAPoint(String why) implements LegacyPlanResult {}
}
