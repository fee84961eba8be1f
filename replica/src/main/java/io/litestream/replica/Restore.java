package io.litestream.replica;

import io.litestream.ltx.LtxHeader;
import io.litestream.storage.StorageException;
import io.litestream.time.Clock;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;

/// Brings a database back from a replica: chooses the files, puts the database together beside its
/// path, proves it, and gives it its name.
///
/// ```java
/// RestoreResult result =
///         new Restore(replica, Clock.system())
///                 .run(RestoreRequest.of(new RestoreTarget.Latest(), Path.of("app.db")));
/// ```
///
/// A file that turns out to be damaged is passed over if others hold the same. Until everything is
/// proven, the output path is left as it is. A restore that is killed, and asked for again, goes on
/// where it was.
public final class Restore {

    private static final int LISTINGS = 5;

    private final Replica replica;
    private final Clock clock;
    private final Retries retries;

    /// The clock measures the restore, and waits before a store that did not answer is asked again.
    public Restore(Replica replica, Clock clock) {
        this.replica = replica;
        this.clock = clock;
        this.retries = new Retries(clock);
    }

    /// Returns the files that a restore would read, without reading them.
    ///
    /// @throws RestoreException if the target cannot be had
    public PlanResult.Plan plan(RestoreTarget target) throws RestoreException {
        try {
            return resolver(new Damage()).plan(list(), target);
        } catch (RestoreException e) {
            throw e;
        } catch (IOException e) {
            throw new RestoreException.Unreachable(replica.name(), e);
        }
    }

    /// Restores. Blocks until the database is at its path, durably.
    ///
    /// @throws RestoreException if it cannot be; then the path is as it was, and nothing is left
    public RestoreResult run(RestoreRequest request) throws RestoreException {
        long start = clock.nanoTime();
        OutputPlace place = OutputPlace.of(request);
        place.prepare();
        Damage damage = new Damage();
        try (TemporaryFile file = place.openTemporary()) {
            RestoreAttempt attempt = restore(request, place, file, damage);
            return result(request, attempt, damage, Duration.ofNanos(clock.nanoTime() - start));
        } catch (RestoreException e) {
            throw e;
        } catch (InterruptedIOException e) {
            throw new RestoreException.Failed("the restore was interrupted", e);
        } catch (IOException e) {
            throw new RestoreException.Unreachable(replica.name(), e);
        }
    }

    private RestoreAttempt restore(
            RestoreRequest request, OutputPlace place, TemporaryFile file, Damage damage)
            throws IOException {
        try {
            RestoreAttempt attempt = attempts(request, place, file, damage);
            file.check(request.check());
            new LeftState(place.path(), attempt, file).swap(place);
            return attempt;
        } finally {
            if (file.isOurs()) {
                place.discard();
            }
        }
    }

    /// Carries out plan after plan, as files turn out to be damaged, or vanish since retention
    /// runs.
    private RestoreAttempt attempts(
            RestoreRequest request, OutputPlace place, TemporaryFile file, Damage damage)
            throws IOException {
        TargetResolver resolver = resolver(damage);
        ReplicaReader reader =
                new ReplicaReader(replica, retries, request.parallelism(), request.progress());
        Inventory inventory = list();
        int listings = 1;
        while (true) {
            try {
                PlanResult.Plan plan = resolver.plan(inventory, request.target());
                return RestoreAttempt.carryOut(
                        plan, inventory.head().orElse(plan.txid()), reader, file, place, clock);
            } catch (DamagedFileException e) {
                damage.add(e.file(), e.damage());
                request.progress().damaged(e.damage());
            } catch (StorageException.NotFound e) {
                if (listings++ == LISTINGS) {
                    throw e;
                }
                inventory = list();
            }
        }
    }

    private TargetResolver resolver(Damage damage) {
        return new TargetResolver(replica, retries, damage);
    }

    private Inventory list() throws IOException {
        return retries.call(replica::inventory);
    }

    private static RestoreResult result(
            RestoreRequest request, RestoreAttempt attempt, Damage damage, Duration took) {
        LtxHeader newest = attempt.newest();
        return new RestoreResult(
                request.output(),
                attempt.plan().txid(),
                newest.timestamp(),
                newest.pageSize(),
                newest.pageCount(),
                attempt.checksum(),
                attempt.proof(),
                request.check(),
                attempt.plan().sizeBytes(),
                took,
                damage.names());
    }
}
