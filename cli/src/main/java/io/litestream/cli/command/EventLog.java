package io.litestream.cli.command;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.litestream.engine.EngineEvent;
import io.litestream.replica.ReplicaFile;
import io.litestream.time.Clock;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Turns what the engine tells into log lines, with the original's texts where it has one.
///
/// A failure that lasts is told when it begins, and then at most every 30 seconds. Called by one
/// thread at a time.
final class EventLog implements Consumer<EngineEvent> {

    private static final System.Logger LOGGER = System.getLogger(EventLog.class.getName());
    private static final Duration REPEAT_AFTER = Duration.ofSeconds(30);

    private final Clock clock;

    /// When each failure that lasts was told last, in nanoseconds of the clock.
    private final Map<Object, Long> told = new HashMap<>();

    EventLog(Clock clock) {
        this.clock = clock;
    }

    @Override
    public void accept(EngineEvent event) {
        switch (event) {
            case EngineEvent.Opened e -> log(DEBUG, "db opened", e, "txid", e.head());
            case EngineEvent.Waiting e -> log(INFO, "waiting for data", e, "reason", e.reason());
            case EngineEvent.WalSwitchedOn e -> walSwitchedOn(e);
            case EngineEvent.RollbackJournalKept e -> rollbackJournalKept(e);
            case EngineEvent.Captured e -> captured(e);
            case EngineEvent.Durable e -> durable(e);
            case EngineEvent.ImageStored e -> imageStored(e);
            case EngineEvent.Checkpointed e -> checkpointed(e);
            case EngineEvent.Sealed e -> log(INFO, "wal sealed", e, "locked", e.held());
            case EngineEvent.ReaderHoldsWal e -> readerHoldsWal(e);
            case EngineEvent.Compared e -> compared(e);
            case EngineEvent.FileChanged e -> log(WARNING, "file changed", e, "change", e.what());
            case EngineEvent.HistoryAdopted e -> historyAdopted(e);
            case EngineEvent.DestinationFailed e -> destinationFailed(e);
            case EngineEvent.DestinationRefused e -> destinationRefused(e);
            case EngineEvent.DestinationRecovered e -> destinationRecovered(e);
            case EngineEvent.Compacted e -> compacted(e);
            case EngineEvent.UpkeepFailed e -> upkeepFailed(e);
            case EngineEvent.RetentionEnforced e -> retentionEnforced(e);
            case EngineEvent.RetentionImpossible e -> retentionImpossible(e);
            case EngineEvent.VerificationPassed e -> verificationPassed(e);
            case EngineEvent.VerificationFailed e -> verificationFailed(e);
            case EngineEvent.VerificationInconclusive e -> verificationInconclusive(e);
            case EngineEvent.ClaimLost e -> claimLost(e);
            case EngineEvent.FilesMissing e -> filesMissing(e);
            case EngineEvent.RightMissing e -> rightMissing(e);
            case EngineEvent.DestinationStopped e -> destinationStopped(e);
            case EngineEvent.Degraded e -> degraded(e);
            case EngineEvent.Recovered e -> recovered(e);
            case EngineEvent.Rested e -> log(DEBUG, "db at rest", e);
            case EngineEvent.Closed e -> log(DEBUG, "db closed", e);
        }
    }

    private static void rollbackJournalKept(EngineEvent.RollbackJournalKept e) {
        String message = "journal mode kept, each change costs reading the whole database";
        if (e.network().isPresent()) {
            log(INFO, message, e, "filesystem", e.network().get());
        } else {
            log(INFO, message, e);
        }
    }

    private static void walSwitchedOn(EngineEvent.WalSwitchedOn e) {
        log(
                WARNING,
                "journal mode switched to wal, since replication needs it",
                e,
                "before",
                e.before());
    }

    private static void captured(EngineEvent.Captured e) {
        log(DEBUG, "sync", e, "txid", e.txid(), "pages", e.pages(), "size", e.bytes());
    }

    private static void durable(EngineEvent.Durable e) {
        ReplicaFile file = e.file();
        log(
                INFO,
                "ltx file uploaded",
                e,
                "replica",
                e.destination(),
                "level",
                file.level().number(),
                "minTXID",
                file.range().first(),
                "maxTXID",
                file.range().last(),
                "size",
                file.size(),
                "elapsed",
                e.took());
    }

    private static void imageStored(EngineEvent.ImageStored e) {
        log(
                INFO,
                "snapshot complete",
                e,
                "replica",
                e.destination(),
                "level",
                e.level().number(),
                "txid",
                e.txid(),
                "size",
                e.bytes(),
                "elapsed",
                e.took());
    }

    private static void checkpointed(EngineEvent.Checkpointed e) {
        log(
                DEBUG,
                "checkpoint",
                e,
                "mode",
                e.mode(),
                "frames",
                e.validFrames(),
                "backfilled",
                e.backfilledFrames(),
                "elapsed",
                e.took());
    }

    private void readerHoldsWal(EngineEvent.ReaderHoldsWal e) {
        if (isDue(List.of(e.database(), e.pid()))) {
            log(
                    WARNING,
                    "wal cannot restart, since a process reads an old state",
                    e,
                    "pid",
                    e.pid(),
                    "wal_size",
                    e.walBytes());
        }
    }

    private static void compared(EngineEvent.Compared e) {
        log(
                INFO,
                "database compared with what was replicated",
                e,
                "reason",
                e.reason(),
                "txid",
                e.head(),
                "pages",
                e.pages(),
                "differing",
                e.differing(),
                "elapsed",
                e.took());
    }

    private static void historyAdopted(EngineEvent.HistoryAdopted e) {
        log(
                INFO,
                "detected database behind replica",
                e,
                "replica",
                e.destination(),
                "replica_txid",
                e.head());
    }

    private void destinationFailed(EngineEvent.DestinationFailed e) {
        if (isDue(List.of(e.database(), e.destination()))) {
            log(ERROR, "monitor error", e, failure(e.destination(), e.reason(), e.retryIn()));
        }
    }

    /// Has the original's message as well, which people's alarms look for, and says what differs
    /// from a failure that passes: waiting does not help.
    private void destinationRefused(EngineEvent.DestinationRefused e) {
        if (isDue(List.of(e.database(), e.destination(), "refused"))) {
            String reason = e.reason() + " (refused: a person must act)";
            log(ERROR, "monitor error", e, failure(e.destination(), reason, e.retryIn()));
        }
    }

    private static Object[] failure(String destination, String reason, Duration retryIn) {
        return new Object[] {"replica", destination, "error", reason, "backoff", retryIn};
    }

    private void destinationRecovered(EngineEvent.DestinationRecovered e) {
        told.remove(List.of(e.database(), e.destination()));
        told.remove(List.of(e.database(), e.destination(), "refused"));
        log(
                INFO,
                "replica sync recovered",
                e,
                "replica",
                e.destination(),
                "previous_errors",
                e.failures());
    }

    private static void compacted(EngineEvent.Compacted e) {
        ReplicaFile file = e.file();
        log(
                INFO,
                "compaction complete",
                e,
                "replica",
                e.destination(),
                "level",
                file.level().number(),
                "txid.min",
                file.range().first(),
                "txid.max",
                file.range().last(),
                "size",
                file.size(),
                "inputs",
                e.inputs(),
                "elapsed",
                e.took());
    }

    private static void upkeepFailed(EngineEvent.UpkeepFailed e) {
        log(
                ERROR,
                e.chore() + " failed",
                e,
                "replica",
                e.destination(),
                "error",
                e.reason(),
                "backoff",
                e.retryIn());
    }

    private static void retentionEnforced(EngineEvent.RetentionEnforced e) {
        log(
                INFO,
                "retention enforced",
                e,
                "replica",
                e.destination(),
                "deleted_count",
                e.files(),
                "size",
                e.bytes(),
                "elapsed",
                e.took());
    }

    private static void retentionImpossible(EngineEvent.RetentionImpossible e) {
        log(
                WARNING,
                "retention impossible, nothing is deleted at this replica",
                e,
                "replica",
                e.destination(),
                "error",
                e.reason());
    }

    private static void verificationPassed(EngineEvent.VerificationPassed e) {
        log(
                INFO,
                "replica verified",
                e,
                "replica",
                e.destination(),
                "txid",
                e.txid(),
                "size",
                e.bytes(),
                "elapsed",
                e.took());
    }

    private static void verificationFailed(EngineEvent.VerificationFailed e) {
        log(ERROR, "replica is bad", e, "replica", e.destination(), "error", e.reason());
    }

    private static void verificationInconclusive(EngineEvent.VerificationInconclusive e) {
        log(
                WARNING,
                "replica could not be verified",
                e,
                "replica",
                e.destination(),
                "reason",
                e.reason());
    }

    private static void claimLost(EngineEvent.ClaimLost e) {
        log(
                WARNING,
                "spool full, replica gets every page instead of what it lacks",
                e,
                "replica",
                e.destination(),
                "limit",
                e.limitBytes());
    }

    private static void filesMissing(EngineEvent.FilesMissing e) {
        String message = "files of the replica were removed, and not by this program";
        log(WARNING, message, e, "replica", e.destination(), "files", e.files());
    }

    private static void rightMissing(EngineEvent.RightMissing e) {
        String message = "replica lacks a right, replication goes on";
        log(WARNING, message, e, "replica", e.destination(), "reason", e.reason());
    }

    private static void destinationStopped(EngineEvent.DestinationStopped e) {
        log(
                ERROR,
                "replica stopped, a person must act",
                e,
                "replica",
                e.destination(),
                "error",
                e.reason());
    }

    private void degraded(EngineEvent.Degraded e) {
        if (isDue(e.database())) {
            log(ERROR, "sync error", e, "error", e.reason());
        }
    }

    private void recovered(EngineEvent.Recovered e) {
        told.remove(e.database());
        log(INFO, "sync recovered", e);
    }

    private boolean isDue(Object failure) {
        long now = clock.nanoTime();
        Long before = told.get(failure);
        boolean due = before == null || now - before >= REPEAT_AFTER.toNanos();
        if (due) {
            told.put(failure, now);
        }
        return due;
    }

    private static void log(
            System.Logger.Level level, String message, EngineEvent event, Object... attributes) {
        List<Object> all = new ArrayList<>();
        all.add("db");
        all.add(String.valueOf(event.database().getFileName()));
        Collections.addAll(all, attributes);
        LOGGER.log(level, message, all.toArray());
    }
}
