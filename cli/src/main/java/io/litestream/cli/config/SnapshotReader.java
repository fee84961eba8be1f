package io.litestream.cli.config;

import io.litestream.cli.text.GoDuration;
import io.litestream.engine.UpkeepSettings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads how often a database is stored whole, and how long that is kept: what is said nearest to
/// the destination holds.
///
/// Litestream 0.3 said it with `snapshot-interval` and `retention` of a replica, later versions
/// with the section `snapshot`. Both work, and must not contradict each other in one place.
final class SnapshotReader {

    private static final String INTERVAL = "interval";
    private static final String RETENTION = "retention";

    private final Section database;
    private final Section root;

    SnapshotReader(Section database, Section root) {
        this.database = database;
        this.root = root;
    }

    /// Returns how often the database is stored whole. Where nothing is said of that, it is each
    /// day, and as often as the shortest retention needs it, so that a snapshot is kept until the
    /// next.
    ///
    /// @param replicas the sections of its destinations, without defaults from elsewhere
    Duration interval(List<Section> replicas) throws ConfigurationException {
        Optional<Said> said = saidInterval(replicas);
        if (said.isPresent()) {
            return said.get().duration();
        }
        Duration shortest = UpkeepSettings.DEFAULT_SNAPSHOT_INTERVAL;
        for (Section replica : replicas) {
            Optional<Duration> kept = retention(replica).map(Said::duration);
            if (kept.isPresent() && kept.get().isPositive() && kept.get().compareTo(shortest) < 0) {
                shortest = kept.get();
            }
        }
        return shortest;
    }

    private Optional<Said> saidInterval(List<Section> replicas) throws ConfigurationException {
        List<Said> own = new ArrayList<>();
        for (Section replica : replicas) {
            Said.in(replica, "snapshot-interval").ifPresent(own::add);
        }
        for (Said other : own) {
            if (!other.duration().equals(own.getFirst().duration())) {
                throw other.error(
                        "the replicas of a database have one snapshot interval, and another one"
                                + " says "
                                + GoDuration.format(own.getFirst().duration()));
            }
        }
        if (!own.isEmpty()) {
            return Optional.of(own.getFirst());
        }
        Optional<Said> ofDatabase = inSnapshot(database, INTERVAL);
        return ofDatabase.isPresent() ? ofDatabase : ofAll(INTERVAL, "snapshot-interval");
    }

    /// Returns how long what is stored is kept at a destination, if that is said.
    Optional<Said> retention(Section replica) throws ConfigurationException {
        Optional<Said> own = Said.in(replica, RETENTION);
        if (own.isPresent()) {
            return own;
        }
        Optional<Said> ofDatabase = inSnapshot(database, RETENTION);
        return ofDatabase.isPresent() ? ofDatabase : ofAll(RETENTION, RETENTION);
    }

    /// Returns what the top level says for all, in the one form or the other.
    private Optional<Said> ofAll(String inSnapshot, String alone) throws ConfigurationException {
        return Said.agreed(inSnapshot(root, inSnapshot), Said.in(root, alone));
    }

    private static Optional<Said> inSnapshot(Section section, String key) {
        return Said.in(section, "snapshot", key);
    }
}
