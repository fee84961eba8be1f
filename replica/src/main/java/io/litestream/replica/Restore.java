package io.litestream.replica;

import io.litestream.ltx.LtxHeader;
import io.litestream.storage.StorageException;
import io.litestream.time.Clock;

import java.io.IOException;
import java.nio.channels.FileChannel;
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
/// proven, the output path is left as it is.
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
        OutputPlace place = new OutputPlace(request.output(), request.existing());
        Damage damage = new Damage();
        place.prepare();
        try {
            Assembly.Assembled database = assemble(request, place, damage);
            place.swap();
            return result(request, database, damage, Duration.ofNanos(clock.nanoTime() - start));
        } finally {
            place.discard();
        }
    }

    private Assembly.Assembled assemble(RestoreRequest request, OutputPlace place, Damage damage)
            throws RestoreException {
        try (FileChannel channel = place.openTemporary()) {
            return assemble(request, place, damage, channel);
        } catch (RestoreException e) {
            throw e;
        } catch (IOException e) {
            throw new RestoreException.Unreachable(replica.name(), e);
        }
    }

    /// Makes plan after plan, as files turn out to be damaged, or vanish since retention runs.
    private Assembly.Assembled assemble(
            RestoreRequest request, OutputPlace place, Damage damage, FileChannel channel)
            throws IOException {
        TargetResolver resolver = resolver(damage);
        Inventory inventory = list();
        int listings = 1;
        while (true) {
            try {
                channel.truncate(0);
                return new Assembly(
                                replica,
                                resolver.plan(inventory, request.target()),
                                retries,
                                request,
                                place.temporary(),
                                channel)
                        .run();
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
            RestoreRequest request, Assembly.Assembled database, Damage damage, Duration took) {
        LtxHeader newest = database.newest();
        return new RestoreResult(
                request.output(),
                database.plan().txid(),
                newest.timestamp(),
                newest.pageSize(),
                newest.pageCount(),
                database.checksum(),
                database.proof(),
                IntegrityCheck.NONE,
                database.plan().sizeBytes(),
                took,
                damage.names());
    }
}
