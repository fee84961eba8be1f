package io.litestream.cli.config;

import io.litestream.cli.config.RetentionConfiguration.Enforcement;
import io.litestream.cli.text.GoDuration;
import io.litestream.replica.Level;
import io.litestream.replica.retention.RetentionPolicy;
import io.litestream.replica.retention.Tiers;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads what is kept at a destination, from its own section, that of its database, and the top
/// level: what is said nearest to the destination holds.
final class RetentionReader {

    private static final Level FIRST_MERGED = new Level(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration WEEK = Duration.ofDays(7);
    private static final Duration MONTH = Duration.ofDays(31);

    private final Section database;
    private final Section root;
    private final Duration snapshotInterval;

    RetentionReader(Section database, Section root, Duration snapshotInterval) {
        this.database = database;
        this.root = root;
        this.snapshotInterval = snapshotInterval;
    }

    /// @param replica the section of the destination, without defaults from elsewhere
    RetentionConfiguration read(Section replica) throws ConfigurationException {
        RetentionPolicy policy =
                withLevels(RetentionPolicy.DEFAULT.withMerged(merged(replica)))
                        .withCaptured(time(root.duration("l0-retention")))
                        .withHighest(new LevelsReader(database, root).highest());
        return new RetentionConfiguration(
                enforcement(),
                policy.withTiers(tiers(replica, policy.kept(FIRST_MERGED))),
                checkInterval(replica));
    }

    /// Returns a time; zero stands for ever.
    private static Optional<Duration> time(Duration written) {
        return Optional.of(written).filter(Duration::isPositive);
    }

    private RetentionPolicy withLevels(RetentionPolicy policy) throws ConfigurationException {
        Map<Level, Said> said = new LevelsReader(database, root).retentions();
        Map<Level, Optional<Duration>> times = new HashMap<>();
        said.forEach((level, retention) -> times.put(level, time(retention.duration())));
        RetentionPolicy with = policy.withLevels(times);
        for (Map.Entry<Level, Said> each : said.entrySet()) {
            if (!with.kept(each.getKey()).equals(times.get(each.getKey()))) {
                throw each.getValue()
                        .error(
                                "what is merged further has to be kept as long as that of the level before, which is %s"
                                        .formatted(
                                                with.kept(each.getKey())
                                                        .map(GoDuration::format)
                                                        .orElse("for ever")));
            }
        }
        return with;
    }

    private Enforcement enforcement() {
        boolean on =
                root.find("retention")
                        .filter(Value::isSection)
                        .map(Value::section)
                        .orElse(empty())
                        .truth("enabled");
        return on ? Enforcement.ON : Enforcement.OFF;
    }

    /// Returns how often to look. A `retention-check-interval` is of a time when nothing went
    /// within minutes: it is the longest time between two looks.
    private Duration checkInterval(Section replica) {
        Duration interval = root.duration("l0-retention-check-interval");
        return replica.withDefaults(root)
                .find("retention-check-interval")
                .map(Value::duration)
                .filter(longest -> longest.compareTo(interval) < 0)
                .orElse(interval);
    }

    private Section empty() {
        return new Section(Keys.RETENTION, root.at(), "retention", Map.of());
    }

    /// Returns how long merged files are kept; empty for ever.
    private Optional<Duration> merged(Section replica) throws ConfigurationException {
        Optional<Said> said = new SnapshotReader(database, root).retention(replica);
        if (said.isEmpty()) {
            return Optional.of(max(RetentionPolicy.DEFAULT_MERGED, snapshotInterval));
        }
        Duration retention = said.get().duration();
        if (retention.isZero()) {
            return Optional.empty();
        }
        if (retention.compareTo(snapshotInterval) < 0) {
            throw said.get()
                    .error(
                            "%s is shorter than snapshot.interval, which is %s: set one of them so that a snapshot is kept until the next one is there"
                                    .formatted(
                                            GoDuration.format(retention),
                                            GoDuration.format(snapshotInterval)));
        }
        return Optional.of(retention);
    }

    private Tiers tiers(Section replica, Optional<Duration> kept) throws ConfigurationException {
        for (Section section : List.of(replica, database)) {
            Optional<Value> keep = section.find("keep");
            if (keep.isPresent()) {
                return tiers(keep.get(), section.path("keep"), kept);
            }
        }
        return Tiers.NONE;
    }

    private static Tiers tiers(Value keep, String name, Optional<Duration> kept)
            throws ConfigurationException {
        Section counts = keep.section();
        Tiers tiers =
                new Tiers(
                        (int) counts.number("hourly"),
                        (int) counts.number("daily"),
                        (int) counts.number("weekly"),
                        (int) counts.number("monthly"));
        if (tiers.isNone()) {
            throw keep.at()
                    .error(
                            name
                                    + ": keeps nothing: say how many hourly, daily, weekly or"
                                    + " monthly points to keep, or remove the key");
        }
        if (kept.isEmpty()) {
            throw keep.at()
                    .error(name + ": keeps nothing more, since retention: 0 keeps all for ever");
        }
        Duration reach = reach(tiers);
        if (reach.compareTo(kept.get()) <= 0) {
            throw keep.at()
                    .error(
                            "%s: keeps nothing more: it goes back %s at most, and all of the last %s is kept anyway"
                                    .formatted(
                                            name,
                                            GoDuration.format(reach),
                                            GoDuration.format(kept.get())));
        }
        return tiers;
    }

    /// Returns how far back the tiers go at most.
    private static Duration reach(Tiers tiers) {
        return max(
                max(HOUR.multipliedBy(tiers.hourly()), DAY.multipliedBy(tiers.daily())),
                max(WEEK.multipliedBy(tiers.weekly()), MONTH.multipliedBy(tiers.monthly())));
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
