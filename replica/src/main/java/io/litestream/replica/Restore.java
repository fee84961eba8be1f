package io.litestream.replica;

import io.litestream.ltx.CorruptFileException;
import io.litestream.ltx.LtxHeader;
import io.litestream.replica.legacy.LegacyInventory;
import io.litestream.replica.legacy.WalPoint;
import io.litestream.replica.state.StateDirectory;
import io.litestream.storage.StorageException;
import io.litestream.time.Clock;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
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
    public RestorePlan plan(RestoreTarget target) throws RestoreException {
        try {
            TargetResolver resolver = resolver(new Damage());
            return switch (choice(resolver).of(target)) {
                case FormatChoice.Chosen.Line(Inventory inventory) ->
                        planned(resolver.plan(inventory, target));
                case FormatChoice.Chosen.Legacy(LegacyInventory inventory, WalPoint point) ->
                        new RestorePlan.OfGeneration(
                                new LegacyRestore(replica).plan(inventory, point));
            };
        } catch (RestoreException e) {
            throw e;
        } catch (IOException e) {
            throw new RestoreException.Unreachable(replica.name(), e);
        }
    }

    private RestorePlan planned(PlanResult.Plan plan) throws IOException {
        ReplicaFile last = plan.files().getLast();
        try {
            return new RestorePlan.OfLine(
                    plan, retries.call(() -> replica.header(last)).timestamp());
        } catch (CorruptFileException damaged) {
            return new RestorePlan.OfLine(plan, last.created());
        }
    }

    /// Restores. Blocks until the database is at its path, durably.
    ///
    /// @throws RestoreException if it cannot be; then the path is as it was, and nothing is left
    public RestoreResult run(RestoreRequest request) throws RestoreException {
        long start = clock.nanoTime();
        OutputPlace place = OutputPlace.of(request);
        place.prepare();
        try (TemporaryFile file = place.openTemporary()) {
            try {
                Restored restored = restore(request, place, file);
                file.check(request.check());
                restored.swap(place);
                return restored.result(Duration.ofNanos(clock.nanoTime() - start));
            } finally {
                if (file.isOurs()) {
                    place.discard();
                }
            }
        } catch (RestoreException e) {
            throw e;
        } catch (InterruptedIOException e) {
            throw new RestoreException.Failed("the restore was interrupted", e);
        } catch (IOException e) {
            throw new RestoreException.Unreachable(replica.name(), e);
        }
    }

    /// A database in the temporary file, before it is checked and gets its name.
    private interface Restored {

        void swap(OutputPlace place) throws RestoreException;

        RestoreResult result(Duration took);
    }

    private Restored restore(RestoreRequest request, OutputPlace place, TemporaryFile file)
            throws IOException {
        Damage damage = new Damage();
        TargetResolver resolver = resolver(damage);
        return switch (choice(resolver).of(request.target())) {
            case FormatChoice.Chosen.Line(Inventory inventory) -> {
                RestoreAttempt attempt =
                        attempts(request, place, file, damage, resolver, inventory);
                yield restored(request, attempt, file, damage);
            }
            case FormatChoice.Chosen.Legacy(LegacyInventory inventory, WalPoint point) -> {
                RestoreRecord.delete(place.record());
                yield restored(request, legacy(request, file, choice(resolver), inventory, point));
            }
        };
    }

    private static Restored restored(
            RestoreRequest request, RestoreAttempt attempt, TemporaryFile file, Damage damage) {
        return new Restored() {
            @Override
            public void swap(OutputPlace place) throws RestoreException {
                Path state =
                        request.state().orElseGet(() -> StateDirectory.defaultPath(place.path()));
                new LeftState(place.path(), state, attempt, file).swap(place);
            }

            @Override
            public RestoreResult result(Duration took) {
                return Restore.result(request, attempt, damage, took);
            }
        };
    }

    private static Restored restored(RestoreRequest request, LegacyRestore.Restored legacy) {
        return new Restored() {
            @Override
            public void swap(OutputPlace place) throws RestoreException {
                place.swap();
            }

            @Override
            public RestoreResult result(Duration took) {
                return legacy.result(request, took);
            }
        };
    }

    private LegacyRestore.Restored legacy(
            RestoreRequest request,
            TemporaryFile file,
            FormatChoice choice,
            LegacyInventory found,
            WalPoint point)
            throws IOException {
        ReplicaReader reader =
                new ReplicaReader(replica, retries, request.parallelism(), request.progress());
        LegacyRestore legacy = new LegacyRestore(replica);
        LegacyInventory inventory = found;
        int listings = 1;
        while (true) {
            try {
                return legacy.run(inventory, point, reader, request.progress(), file);
            } catch (StorageException.NotFound e) {
                if (listings++ == LISTINGS) {
                    throw e;
                }
                inventory = choice.legacy(request.target());
            }
        }
    }

    /// Carries out plan after plan, as files turn out to be damaged, or vanish since retention
    /// runs.
    private RestoreAttempt attempts(
            RestoreRequest request,
            OutputPlace place,
            TemporaryFile file,
            Damage damage,
            TargetResolver resolver,
            Inventory found)
            throws IOException {
        ReplicaReader reader =
                new ReplicaReader(replica, retries, request.parallelism(), request.progress());
        Inventory inventory = found;
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

    private FormatChoice choice(TargetResolver resolver) {
        return new FormatChoice(replica, retries, resolver);
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
                new RestoredPoint.OfLine(attempt.plan().txid()),
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
