package io.litestream.cli.config;

import io.litestream.engine.UpkeepSettings;
import io.litestream.replica.Compactor;

import java.time.Duration;
import java.util.Optional;

/// Reads when files are merged and snapshots made: what the database says, else what the top level
/// says, else the standard.
final class UpkeepReader {

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
                new LevelsReader(database, root).intervals(),
                snapshotInterval,
                refreshAfter(database).or(() -> refreshAfter(root)).map(Value::duration),
                verification());
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
