package io.litestream.engine;

import io.litestream.sqlite.SqliteException;
import io.litestream.time.Clock;

import java.time.Duration;
import java.util.OptionalLong;

/// For how long others have kept a database that was wanted. Confined to the step of the database.
final class BusySpell {

    private final Duration patience;
    private final Clock clock;
    private OptionalLong since = OptionalLong.empty(); // on the clock's steady count

    /// @param patience after how long that is too long
    BusySpell(Duration patience, Clock clock) {
        this.patience = patience;
        this.clock = clock;
    }

    /// Notes that it is kept at this moment, and says whether that has been so for too long.
    boolean isTooLong() {
        long now = clock.nanoTime();
        long began = since.orElse(now);
        since = OptionalLong.of(began);
        return now - began > patience.toNanos();
    }

    /// Returns what people are told when it has been so for too long.
    String reason(SqliteException.Busy refusal) {
        return refusal.getMessage()
                + "; if this lasts, another process keeps the database for itself (PRAGMA"
                + " locking_mode=EXCLUSIVE), and it cannot be replicated";
    }

    /// Notes that nobody keeps it.
    void ended() {
        since = OptionalLong.empty();
    }
}
