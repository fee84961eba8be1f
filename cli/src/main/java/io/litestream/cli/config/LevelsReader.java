package io.litestream.cli.config;

import io.litestream.cli.text.GoDuration;
import io.litestream.engine.UpkeepSettings;
import io.litestream.replica.Level;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads the levels that files are merged to: what the database says, else what the top level says,
/// else the standard.
final class LevelsReader {

    private static final String INTERVAL = "interval";
    private static final int MOST_LEVELS = 8;

    private final Section database;
    private final Section root;

    LevelsReader(Section database, Section root) {
        this.database = database;
        this.root = root;
    }

    /// Returns how often files are merged to each level, from level 1 on.
    List<Duration> intervals() throws ConfigurationException {
        Optional<List<Section>> sections = sections();
        if (sections.isEmpty()) {
            return UpkeepSettings.DEFAULT_LEVELS;
        }
        List<Duration> intervals = new ArrayList<>();
        for (Section level : sections.get()) {
            intervals.add(interval(level));
        }
        return intervals;
    }

    /// Returns the highest level that files are merged to.
    Level highest() throws ConfigurationException {
        return new Level(intervals().size());
    }

    /// Returns how long files are kept, for the levels of which that is said.
    Map<Level, Said> retentions() throws ConfigurationException {
        Map<Level, Said> retentions = new HashMap<>();
        List<Section> sections = sections().orElse(List.of());
        for (int i = 0; i < sections.size(); i++) {
            Optional<Said> said = Said.in(sections.get(i), "retention");
            if (said.isPresent()) {
                requireLonger(said.get(), interval(sections.get(i)));
                retentions.put(new Level(i + 1), said.get());
            }
        }
        return retentions;
    }

    private static void requireLonger(Said retention, Duration interval)
            throws ConfigurationException {
        Duration time = retention.duration();
        if (time.isPositive() && time.compareTo(interval) < 0) {
            throw retention.error(
                    "%s is shorter than the interval of this level, which is %s"
                            .formatted(GoDuration.format(time), GoDuration.format(interval)));
        }
    }

    private Optional<List<Section>> sections() throws ConfigurationException {
        for (Section section : List.of(database, root)) {
            Optional<Value> levels = section.find("levels");
            if (levels.isPresent()) {
                return Optional.of(sections(levels.get(), section.path("levels")));
            }
        }
        return Optional.empty();
    }

    private static List<Section> sections(Value levels, String name) throws ConfigurationException {
        List<Section> sections = levels.sections();
        if (sections.size() > MOST_LEVELS) {
            throw levels.at()
                    .error(
                            "%s: expected at most %d levels (got %d)"
                                    .formatted(name, MOST_LEVELS, sections.size()));
        }
        return sections;
    }

    private static Duration interval(Section level) throws ConfigurationException {
        return level.find(INTERVAL)
                .map(Value::duration)
                .orElseThrow(() ->
                        level.at()
                                .error(
                                        level.path(INTERVAL)
                                                + ": compaction interval must be greater than 0"));
    }
}
