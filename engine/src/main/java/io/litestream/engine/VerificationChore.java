package io.litestream.engine;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.Txid;
import io.litestream.replica.LiveState;
import io.litestream.replica.Verdict;
import io.litestream.replica.Verification;
import io.litestream.replica.VerificationEffort;
import io.litestream.replica.VerificationRecord;
import io.litestream.replica.VerificationReport;
import io.litestream.replica.VerificationScope;
import io.litestream.replica.VerifiedPoint;
import io.litestream.time.Interrupts;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Puts the newest point of a destination together now and then, and compares it with the live
/// database at the same transaction. It reads slowly, so that replication does not notice.
///
/// The time of the last one that came out well is kept in the destination, so that a process that
/// is started again and again does not verify each time.
final class VerificationChore implements Chore {

    private static final long BYTES_PER_SECOND = 32L << 20;
    private static final int PARALLELISM = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(100);

    private final Path database;
    private final Destination destination;
    private final Duration interval;
    private final LiveReadings readings;
    private final Runnable wake;
    private final Context context;

    /// @param wake makes a step of the database run soon
    VerificationChore(
            Path database,
            Destination destination,
            Duration interval,
            LiveReadings readings,
            Runnable wake,
            Context context) {
        this.database = database;
        this.destination = destination;
        this.interval = interval;
        this.readings = readings;
        this.wake = wake;
        this.context = context;
    }

    @Override
    public String name() {
        return "verification";
    }

    @Override
    public Duration interval() {
        return interval;
    }

    @Override
    public void run(Turn turn) throws IOException {
        if (isVerifiedSince(turn.now()) || !await(destination::isBased, turn)) {
            return; // without a base there is nothing yet that could be restored
        }
        LiveState live = readings.ask(wake, PATIENCE);
        if (live instanceof LiveState.At(Txid txid, Checksum _)) {
            await(() -> holds(txid), turn);
        }
        VerificationEffort effort =
                new VerificationEffort(PARALLELISM, BYTES_PER_SECOND, turn.ending());
        VerificationReport report =
                new Verification(destination.replica(), context.clock(), effort)
                        .run(VerificationScope.NEWEST, live);
        if (turn.ending().getAsBoolean()) {
            return;
        }
        context.events().accept(event(report));
        Optional<VerificationRecord> record = VerificationRecord.of(report);
        if (record.isPresent()) {
            record.get().write(destination.replica());
        }
    }

    /// Says whether a verification came out well in the present interval.
    private boolean isVerifiedSince(Instant now) throws IOException {
        long millis = interval().toMillis();
        return VerificationRecord.read(destination.replica())
                .map(record -> record.verified().toEpochMilli() / millis)
                .filter(period -> period == now.toEpochMilli() / millis)
                .isPresent();
    }

    private boolean holds(Txid txid) {
        return destination.durable().filter(durable -> !txid.isAfter(durable)).isPresent();
    }

    /// Waits until something is so, but not for ever; says whether it is.
    private boolean await(BooleanSupplier condition, Turn turn) {
        long deadline = context.clock().nanoTime() + PATIENCE.toNanos();
        try {
            while (!condition.getAsBoolean()
                    && !turn.ending().getAsBoolean()
                    && context.clock().nanoTime() - deadline < 0) {
                context.clock().sleep(POLL);
            }
        } catch (InterruptedException e) {
            Interrupts.keep(); // nobody does
        }
        return condition.getAsBoolean();
    }

    private EngineEvent event(VerificationReport report) {
        String name = destination.name();
        Optional<Txid> txid = report.point().map(VerifiedPoint::txid);
        return switch (report.verdict()) {
            case Verdict.Good() ->
                    new EngineEvent.VerificationPassed(
                            database, name, txid.orElseThrow(), report.bytes(), report.took());
            case Verdict.Bad(String why) -> new EngineEvent.VerificationFailed(database, name, why);
            case Verdict.Inconclusive(String why) ->
                    new EngineEvent.VerificationInconclusive(database, name, why);
        };
    }
}
