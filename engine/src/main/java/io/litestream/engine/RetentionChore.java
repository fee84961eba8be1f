package io.litestream.engine;

import io.litestream.replica.Inventory;
import io.litestream.replica.Level;
import io.litestream.replica.ReplicaFile;
import io.litestream.replica.retention.DeletionIgnoredException;
import io.litestream.replica.retention.Deletions;
import io.litestream.replica.retention.Pin;
import io.litestream.replica.retention.RetentionPlan;
import io.litestream.replica.retention.RetentionPlanner;
import io.litestream.replica.retention.RetentionPolicy;
import io.litestream.replica.retention.WatchedPins;
import io.litestream.storage.StorageException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Deletes the files of a destination that nobody has to be able to restore from any more.
///
/// Without anything to delete it asks nothing of the store, and does not even plan until a file
/// came or the plan named a time. Confined to the upkeep of its destination.
final class RetentionChore implements Chore {

    /// Pins may be made and removed by others at any time; where they alone hold something back,
    /// they are asked for again after this.
    private static final Duration PINS_AGAIN = Duration.ofHours(1);

    /// How many slots go at once: those of this time. Each deletion takes a look for pins, and
    /// often a catalog, which is dear beside the slots of a few seconds.
    private static final Duration SLOTS_AT_ONCE = Duration.ofMinutes(5);

    /// When it is tried again after a refusal: somebody may have given us the right, or the
    /// credentials had expired.
    private static final Duration REFUSED_AGAIN = Duration.ofDays(1);

    private final Path database;
    private final Destination destination;
    private final RetentionPolicy policy;
    private final Duration interval;
    private final Context context;
    private final WatchedPins pins;
    private final Deletions deletions;

    private @Nullable Inventory settled; // nothing of it can go before `until`
    private Optional<Instant> until = Optional.empty(); // for ever, if empty
    private Instant deletedAt = Instant.EPOCH;
    private Optional<Instant> refusedAt = Optional.empty();
    private boolean told; // that it is refused

    RetentionChore(
            Path database,
            Destination destination,
            RetentionPolicy policy,
            Duration interval,
            Context context) {
        this.database = database;
        this.destination = destination;
        this.policy = policy;
        this.interval = interval;
        this.context = context;
        this.pins = new WatchedPins(destination.replica());
        this.deletions = new Deletions(destination.replica(), context.clock());
    }

    @Override
    public String name() {
        return "retention enforcement";
    }

    @Override
    public Duration interval() {
        return interval;
    }

    @Override
    public void run(Turn turn) throws IOException {
        if (isRefused(turn.now()) || isSettled(destination.inventory(), turn.now())) {
            return;
        }
        try {
            enforce(turn);
        } catch (StorageException.Denied | StorageException.Rejected | DeletionIgnoredException e) {
            refused(e, turn.now());
        }
    }

    private boolean isRefused(Instant now) {
        return refusedAt
                .filter(at -> !now.isBefore(at) && now.isBefore(at.plus(REFUSED_AGAIN)))
                .isPresent();
    }

    private void refused(IOException refusal, Instant now) {
        refusedAt = Optional.of(now);
        if (!told) {
            told = true;
            context.events()
                    .accept(
                            new EngineEvent.RetentionImpossible(
                                    database,
                                    destination.name(),
                                    String.valueOf(refusal.getMessage())));
        }
    }

    private boolean isSettled(Inventory inventory, Instant now) {
        return inventory == settled && until.filter(time -> !now.isBefore(time)).isEmpty();
    }

    private void enforce(Turn turn) throws IOException {
        Inventory inventory = destination.inventory();
        RetentionPlan plan = RetentionPlanner.plan(inventory, policy, List.of(), turn.now());
        if (!plan.deletions().isEmpty()) {
            if (canWait(plan, turn.now())) {
                return;
            }
            List<Pin> pinned = pins.now();
            plan = RetentionPlanner.plan(inventory, policy, pinned, turn.now());
            if (plan.deletions().isEmpty()) {
                settle(inventory, Optional.of(turn.now().plus(PINS_AGAIN)));
            } else {
                delete(plan, turn);
            }
            return;
        }
        settle(inventory, plan.next());
    }

    private boolean canWait(RetentionPlan plan, Instant now) {
        boolean recent = !now.isBefore(deletedAt) && now.isBefore(deletedAt.plus(SLOTS_AT_ONCE));
        return recent
                && plan.deletions().stream().allMatch(file -> file.level().equals(Level.CAPTURED));
    }

    private void settle(Inventory inventory, Optional<Instant> time) {
        settled = inventory;
        until = time;
    }

    private void delete(RetentionPlan plan, Turn turn) throws IOException {
        long began = context.clock().nanoTime();
        destination.catalog().release(plan.deletions());
        Deleted deleted = new Deleted();
        try {
            deletions.run(
                    plan.deletions(),
                    turn.ending(),
                    files -> {
                        destination.removed(files);
                        deleted.add(files);
                    });
            deletedAt = turn.now();
            told = false;
        } finally {
            if (deleted.files > 0) {
                Duration took = Duration.ofNanos(context.clock().nanoTime() - began);
                context.events()
                        .accept(
                                new EngineEvent.RetentionEnforced(
                                        database,
                                        destination.name(),
                                        deleted.files,
                                        deleted.bytes,
                                        took));
            }
        }
    }

    private static final class Deleted {

        private int files;
        private long bytes;

        void add(List<ReplicaFile> more) {
            files += more.size();
            bytes += more.stream().mapToLong(ReplicaFile::size).sum();
        }
    }
}
