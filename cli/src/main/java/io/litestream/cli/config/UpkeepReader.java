package io.litestream.cli.config;

import io.litestream.engine.UpkeepSettings;
import io.litestream.replica.Compactor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads when files are merged and snapshots made: what the database says, else what the top level
/// says, else the standard.
final class UpkeepReader {

    private static final int MOST_LEVELS = 8;

    private final Section database;
    private final Section root;

    private final Duration snapshotInterval;

    UpkeepReader(Section database, Section root, Duration snapshotInterval) {
        this.database = database;
        this.root = root;
        this.snapshotInterval = snapshotInterval;
    }

    UpkeepSettings read() throws ConfigurationException {
        return new UpkeepSettings(
                levels(),
                snapshotInterval,
                refreshAfter(database).or(() -> refreshAfter(root)).map(Value::duration),
                verification());
    }

    private List<Duration> levels() throws ConfigurationException {
        for (Section section : List.of(database, root)) {
            Optional<Value> levels = section.find("levels");
            if (levels.isPresent()) {
                return levels(levels.get(), section.path("levels"));
            }
        }
        return UpkeepSettings.DEFAULT_LEVELS;
    }

    private static List<Duration> levels(Value levels, String name) throws ConfigurationException {
        List<Section> sections = levels.sections();
        if (sections.size() > MOST_LEVELS) {
            throw levels.at()
                    .error(
                            "%s: expected at most %d levels (got %d)"
                                    .formatted(name, MOST_LEVELS, sections.size()));
        }
        List<Duration> intervals = new ArrayList<>();
        for (Section level : sections) {
            Value interval =
                    level.find("interval")
                            .orElseThrow(() ->
                                    level.at()
                                            .error(
                                                    level.path("interval")
                                                            + ": compaction interval must be"
                                                            + " greater than 0"));
            intervals.add(interval.duration());
        }
        return intervals;
    }

    private static Optional<Value> refreshAfter(Section section) {
        return section.find("snapshot").map(Value::section).flatMap(s -> s.find("refresh-after"));
    }

    private Compactor.Verification verification() {
        boolean on =
                database.find("verify-compaction")
                        .map(Value::truth)
                        .orElseGet(() -> root.truth("verify-compaction"));
        return on ? Compactor.Verification.READ_BACK : Compactor.Verification.NONE;
    }
}
