package io.litestream.cli.config;

import io.litestream.cli.text.GoDuration;
import io.litestream.replica.retention.RetentionPolicy;
import io.litestream.replica.retention.Tiers;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads what is kept at a destination, from its own section, that of its database, and the top
/// level: what is said nearest to the destination holds.
final class RetentionReader {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration WEEK = Duration.ofDays(7);
    private static final Duration MONTH = Duration.ofDays(31);

    private final Section database;
    private final Section root;

    RetentionReader(Section database, Section root) {
        this.database = database;
        this.root = root;
    }

    /// @param replica the section of the destination, without defaults from elsewhere
    RetentionConfiguration read(Section replica) throws ConfigurationException {
        Optional<Duration> merged = merged(replica);
        return new RetentionConfiguration(
                root.find("retention").map(Value::section).orElse(empty()).truth("enabled")
                        ? RetentionConfiguration.Enforcement.ON
                        : RetentionConfiguration.Enforcement.OFF,
                RetentionPolicy.DEFAULT
                        .withMerged(merged)
                        .withCaptured(
                                Optional.of(root.duration("l0-retention"))
                                        .filter(Duration::isPositive))
                        .withTiers(tiers(replica, merged)),
                root.duration("l0-retention-check-interval"));
    }

    private Section empty() {
        return new Section(Keys.RETENTION, root.at(), "retention", Map.of());
    }

    /// Returns how long merged files are kept; empty for ever.
    private Optional<Duration> merged(Section replica) throws ConfigurationException {
        Optional<Value> own = replica.find("retention");
        if (own.isPresent()) {
            if (own.get().duration().isZero()) {
                return Optional.empty();
            }
            return Optional.of(checked(own.get(), replica.path("retention")));
        }
        for (Section section : List.of(database, root)) {
            Optional<Value> general = snapshot(section, "retention");
            if (general.isPresent()) {
                return Optional.of(checked(general.get(), section.path("snapshot.retention")));
            }
        }
        return Optional.of(max(RetentionPolicy.DEFAULT_MERGED, snapshotInterval()));
    }

    private Duration checked(Value retention, String name) throws ConfigurationException {
        Duration interval = snapshotInterval();
        if (retention.duration().compareTo(interval) < 0) {
            throw retention
                    .at()
                    .error(
                            "%s: %s is shorter than snapshot.interval, which is %s: set one of them so that a snapshot is kept until the next one is there"
                                    .formatted(
                                            name,
                                            GoDuration.format(retention.duration()),
                                            GoDuration.format(interval)));
        }
        return retention.duration();
    }

    private Duration snapshotInterval() {
        return snapshot(database, "interval")
                .or(() -> snapshot(root, "interval"))
                .map(Value::duration)
                .orElseGet(() ->
                        new Section(Keys.SNAPSHOT, root.at(), "snapshot", Map.of())
                                .duration("interval"));
    }

    private static Optional<Value> snapshot(Section section, String key) {
        return section.find("snapshot").map(Value::section).flatMap(s -> s.find(key));
    }

    private Tiers tiers(Section replica, Optional<Duration> merged) throws ConfigurationException {
        for (Section section : List.of(replica, database)) {
            Optional<Value> keep = section.find("keep");
            if (keep.isPresent()) {
                return tiers(keep.get(), section.path("keep"), merged);
            }
        }
        return Tiers.NONE;
    }

    private static Tiers tiers(Value keep, String name, Optional<Duration> merged)
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
        if (merged.isEmpty()) {
            throw keep.at()
                    .error(name + ": keeps nothing more, since retention: 0 keeps all for ever");
        }
        Duration reach = reach(tiers);
        if (reach.compareTo(merged.get()) <= 0) {
            throw keep.at()
                    .error(
                            "%s: keeps nothing more: it goes back %s at most, and all of the last %s is kept anyway"
                                    .formatted(
                                            name,
                                            GoDuration.format(reach),
                                            GoDuration.format(merged.get())));
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
