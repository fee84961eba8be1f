package io.litestream.replica;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.Txid;
import io.litestream.storage.StorageException;
import io.litestream.time.Clock;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Finds out whether a replica holds what was committed, by reading it: puts a point together
/// without keeping more of it than its checksum, and compares that with what was noted when it was
/// captured and with the live database.
///
/// Nothing is written, neither here nor to the replica.
public final class Verification {

    private static final int LISTINGS = 5;

    private final Replica replica;
    private final Clock clock;
    private final Retries retries;
    private final VerificationEffort effort;
    private final Pacing pacing;

    /// The clock measures, keeps to the pace, and waits before a store that did not answer is asked
    /// again.
    public Verification(Replica replica, Clock clock, VerificationEffort effort) {
        this.replica = replica;
        this.clock = clock;
        this.retries = new Retries(clock);
        this.effort = effort;
        this.pacing = new Pacing(effort, clock);
    }

    /// Verifies. Blocks until the outcome is known. A replica that does not answer makes it
    /// inconclusive.
    public VerificationReport run(VerificationScope scope, LiveState live) {
        Instant at = clock.instant();
        long start = clock.nanoTime();
        Findings findings = new Findings();
        Optional<String> cut = Optional.empty();
        try {
            verify(scope, live, findings);
        } catch (InterruptedIOException e) {
            cut = Optional.of("the verification was interrupted");
        } catch (IOException e) {
            cut = Optional.of("cannot read from %s: %s".formatted(replica.name(), e.getMessage()));
        }
        cut.ifPresent(findings::open);
        return new VerificationReport(
                replica.name(),
                scope,
                findings.verdict(),
                at,
                findings.point(),
                findings.objects(),
                findings.points(),
                findings.files(),
                findings.bytes(),
                Duration.ofNanos(clock.nanoTime() - start));
    }

    private void verify(VerificationScope scope, LiveState live, Findings findings)
            throws IOException {
        Inventory inventory = verifyPoint(live, findings);
        if (inventory.isEmpty()) {
            findings.wrong(replica.name() + " holds no file, so nothing can be restored from it");
            return;
        }
        if (scope == VerificationScope.DEEP) {
            DeepReading reading = new DeepReading(replica, retries, effort, pacing, findings);
            findings.points(reading.run(inventory));
        } else {
            findings.points(RestorablePoints.of(inventory, findings.damage()));
        }
    }

    /// Puts a point together; again if files have vanished since they were listed. Returns the
    /// files of the replica.
    private Inventory verifyPoint(LiveState live, Findings findings) throws IOException {
        for (int listing = 1; ; listing++) {
            Inventory inventory = retries.call(replica::inventory);
            if (inventory.isEmpty()) {
                return inventory;
            }
            Txid target = target(inventory, live, findings);
            try {
                verifyPoint(inventory, target, live, findings);
                return inventory;
            } catch (RestoreException.Damaged e) {
                findings.disagree(e);
                findings.lost(target);
                return inventory;
            } catch (RestoreException e) {
                findings.wrong(String.valueOf(e.getMessage()));
                findings.lost(target);
                return inventory;
            } catch (StorageException.NotFound e) {
                if (listing == LISTINGS) {
                    findings.wrong("a file is listed, but not there: " + e.getMessage());
                    findings.lost(target);
                    return inventory;
                }
            }
        }
    }

    private void verifyPoint(Inventory inventory, Txid target, LiveState live, Findings findings)
            throws IOException {
        TargetResolver resolver = new TargetResolver(replica, retries, findings.damage());
        while (true) {
            PlanResult.Plan plan = resolver.plan(inventory, new RestoreTarget.AtTxid(target));
            try {
                findings.point(carryOut(plan, live, findings));
                return;
            } catch (DamagedFileException e) {
                findings.damaged(e.file(), e.damage());
            }
        }
    }

    /// Returns the point to look at: the one at which the live database is, if the replica has it,
    /// else the newest.
    private Txid target(Inventory inventory, LiveState live, Findings findings) {
        Txid head = inventory.head().orElseThrow();
        return switch (live) {
            case LiveState.Absent _ -> head;
            case LiveState.Unknown(String why) -> {
                findings.open("not compared with the live database: " + why);
                yield head;
            }
            case LiveState.At(Txid txid, Checksum _) -> {
                if (RestorePlanner.points(inventory).contains(txid)) {
                    yield txid;
                }
                findings.open(
                        txid.isAfter(head)
                                ? "the live database is at txid %s, but %s goes only to %s"
                                        .formatted(txid, replica.name(), head)
                                : "%s has no point at txid %s any more, where the live database was"
                                        .formatted(replica.name(), txid));
                yield head;
            }
        };
    }

    private VerifiedPoint carryOut(PlanResult.Plan plan, LiveState live, Findings findings)
            throws IOException {
        ReplicaReader reader =
                new ReplicaReader(replica, retries, effort.parallelism(), pacing.next());
        ReplicaFile last = plan.files().getLast();
        LtxHeader newest = reader.header(last);
        TagProof proof = new TagProof(reader, last, newest);
        HashedDatabase database = new HashedDatabase(newest, effort);
        Checksum checksum = new Assembly(reader, plan, newest, proof).run(database);
        plan.files().forEach(findings::read);
        Proof proven = proof.of(checksum);
        return compare(plan.txid(), newest.timestamp(), checksum, proven, live, findings);
    }

    private VerifiedPoint compare(
            Txid txid,
            Instant time,
            Checksum checksum,
            Proof proof,
            LiveState live,
            Findings findings) {
        VerifiedPoint.Comparison comparison = VerifiedPoint.Comparison.NONE;
        if (live instanceof LiveState.At(Txid at, Checksum found) && at.equals(txid)) {
            boolean same = found.equals(checksum);
            comparison = same ? VerifiedPoint.Comparison.EQUAL : VerifiedPoint.Comparison.DIFFERENT;
            if (!same) {
                findings.lost(txid);
                findings.wrong(
                        ("at txid %s the live database has the checksum %s, but what %s holds has"
                                        + " %s")
                                .formatted(txid, found, replica.name(), checksum));
            }
        }
        if (comparison == VerifiedPoint.Comparison.NONE
                && proof instanceof Proof.Unproven(var why)) {
            findings.open("every file is sound, but there is nothing to compare with: " + why);
        }
        return new VerifiedPoint(txid, time, checksum, proof, comparison);
    }
}
