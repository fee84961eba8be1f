package io.litestream.cli.command;

import static java.lang.System.Logger.Level.WARNING;

import io.litestream.cli.config.ReplicaConfiguration;
import io.litestream.engine.LiveReader;
import io.litestream.ltx.Checksum;
import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.replica.Level;
import io.litestream.replica.LiveState;
import io.litestream.replica.Replica;
import io.litestream.replica.ReplicaFile;
import io.litestream.replica.Verification;
import io.litestream.replica.VerificationEffort;
import io.litestream.replica.VerificationRecord;
import io.litestream.replica.VerificationReport;
import io.litestream.replica.VerificationScope;
import io.litestream.replica.state.StateDirectory;
import io.litestream.time.Clock;
import io.litestream.time.Interrupts;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Verifies the destinations of a database, one after another, and keeps in each when that came out
/// well.
final class Verifier {

    private static final System.Logger LOGGER = System.getLogger(Verifier.class.getName());

    /// How long the line may take to come as far as the database, and a destination as far as the
    /// line.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration POLL = Duration.ofMillis(250);

    private final VerificationScope scope;
    private final Replicas opening;
    private final Clock clock;

    Verifier(VerificationScope scope, Shell shell) {
        this.scope = scope;
        this.opening = Replicas.of(shell);
        this.clock = shell.clock();
    }

    /// What came out for one destination.
    ///
    /// @param live what it was compared with
    record Verified(Source source, LiveState live, VerificationReport report) {}

    /// Verifies each destination.
    List<Verified> run(Source source) {
        LiveState live = live(source);
        List<Verified> all = new ArrayList<>();
        for (ReplicaConfiguration configured : source.replicas()) {
            Replica replica = opening.open(configured);
            await(replica, live);
            VerificationReport report =
                    new Verification(replica, clock, VerificationEffort.FULL).run(scope, live);
            keep(report, replica);
            all.add(new Verified(source, live, report));
        }
        return all;
    }

    private LiveState live(Source source) {
        Optional<Path> database = source.database();
        Optional<Path> state = source.state();
        return database.isPresent() && state.isPresent()
                ? new LiveReader(database.get(), new StateDirectory(state.get()), clock, PATIENCE)
                        .read()
                : new LiveState.Absent("a URL names no database");
    }

    /// Gives a destination that is just behind the time to get what the live database has.
    private void await(Replica replica, LiveState live) {
        if (live instanceof LiveState.At(Txid txid, Checksum _)) {
            ReplicaFile slot =
                    new ReplicaFile(Level.CAPTURED, TxidRange.of(txid), 0, Instant.EPOCH);
            long deadline = clock.nanoTime() + PATIENCE.toNanos();
            try {
                while (isBehind(replica, slot) && clock.nanoTime() - deadline < 0) {
                    clock.sleep(POLL);
                }
            } catch (IOException e) {
                return; // the verification finds out
            } catch (InterruptedException e) {
                Interrupts.keep();
            }
        }
    }

    private static boolean isBehind(Replica replica, ReplicaFile slot) throws IOException {
        return replica.store().find(replica.key(slot)).isEmpty()
                && replica.inventory()
                        .head()
                        .filter(head -> !slot.range().last().isAfter(head))
                        .isEmpty();
    }

    /// Without the right to write there, nothing is kept, and the outcome stands.
    private static void keep(VerificationReport report, Replica replica) {
        Optional<VerificationRecord> record = VerificationRecord.of(report);
        if (record.isEmpty()) {
            return;
        }
        try {
            record.get().write(replica);
        } catch (IOException e) {
            LOGGER.log(
                    WARNING,
                    "cannot keep the time of this verification",
                    "replica",
                    replica.name(),
                    "error",
                    e.getMessage());
        }
    }
}
