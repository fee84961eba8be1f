package io.litestream.cli.command;

import static java.lang.System.Logger.Level.WARNING;

import io.litestream.cli.config.ReplicaConfiguration;
import io.litestream.ltx.Txid;
import io.litestream.replica.Restore;
import io.litestream.replica.RestoreException;
import io.litestream.replica.RestorePlan;
import io.litestream.replica.RestoreRequest;
import io.litestream.replica.RestoreResult;
import io.litestream.replica.RestoreTarget;
import io.litestream.time.Clock;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Restores from the best of several destinations: the one that has the newest point not after the
/// target, else the next. One that is damaged or does not answer is reported and passed over.
final class Restorer {

    private static final System.Logger LOGGER = System.getLogger(Restorer.class.getName());

    private final List<ReplicaConfiguration> replicas;
    private final Replicas opening;
    private final Clock clock;

    Restorer(List<ReplicaConfiguration> replicas, Shell shell) {
        this.replicas = List.copyOf(replicas);
        this.opening = Replicas.of(shell);
        this.clock = shell.clock();
    }

    /// What was restored, and from which destination.
    record Restored(ReplicaConfiguration replica, RestoreResult result) {}

    /// What would be restored, and from which destination.
    record Planned(ReplicaConfiguration replica, RestorePlan plan) {}

    /// Returns the best plan, without reading more than lists of files and headers.
    ///
    /// @throws RestoreException.NoBackup if every destination answered, and none has a file
    /// @throws RestoreException if no destination has the target
    Planned plan(RestoreTarget target) throws RestoreException {
        return plans(target).getFirst();
    }

    /// Restores.
    ///
    /// @throws RestoreException.NoBackup if every destination answered, and none has a file
    /// @throws RestoreException if it cannot be done from any destination; the output is as it was
    Restored run(RestoreRequest request) throws RestoreException {
        if (replicas.size() == 1) {
            return run(replicas.getFirst(), request);
        }
        List<RestoreException> failures = new ArrayList<>();
        for (Planned planned : plans(request.target())) {
            try {
                return run(planned.replica(), request);
            } catch (RestoreException e) {
                passOver(planned.replica(), e, failures);
            }
        }
        throw gravest(failures);
    }

    private Restored run(ReplicaConfiguration replica, RestoreRequest request)
            throws RestoreException {
        return new Restored(replica, restore(replica).run(request));
    }

    private Restore restore(ReplicaConfiguration replica) {
        return new Restore(opening.open(replica), clock);
    }

    /// Returns what each destination can give, the newest point first; at least one.
    private List<Planned> plans(RestoreTarget target) throws RestoreException {
        List<Planned> plans = new ArrayList<>();
        List<RestoreException> failures = new ArrayList<>();
        for (ReplicaConfiguration replica : replicas) {
            try {
                plans.add(new Planned(replica, restore(replica).plan(target)));
            } catch (RestoreException e) {
                passOver(replica, e, failures);
            }
        }
        if (plans.isEmpty()) {
            throw gravest(failures);
        }
        plans.sort(order(plans).reversed());
        return plans;
    }

    /// Transactions are in the same order everywhere, times only nearly so.
    private static Comparator<Planned> order(List<Planned> plans) {
        boolean all = plans.stream().allMatch(planned -> txid(planned.plan()).isPresent());
        return all
                ? Comparator.comparing(planned -> txid(planned.plan()).orElseThrow())
                : Comparator.comparing(planned -> planned.plan().time());
    }

    private static Optional<Txid> txid(RestorePlan plan) {
        return switch (plan) {
            case RestorePlan.OfLine line -> Optional.of(line.plan().txid());
            case RestorePlan.OfGeneration _ -> Optional.empty();
        };
    }

    /// Remembers why a destination did not do, unless another one could not do better.
    private void passOver(
            ReplicaConfiguration replica, RestoreException failure, List<RestoreException> failures)
            throws RestoreException {
        switch (failure) {
            case RestoreException.OutputExists _,
                    RestoreException.OutputInUse _,
                    RestoreException.Unsound _, // every destination has the same state
                    RestoreException.Failed _ ->
                    throw failure;
            case RestoreException.NoBackup _,
                    RestoreException.Damaged _,
                    RestoreException.Missing _,
                    RestoreException.NotAPoint _,
                    RestoreException.Unreachable _ -> {
                if (replicas.size() > 1) {
                    LOGGER.log(
                            WARNING,
                            "replica passed over",
                            "replica",
                            replica.name(),
                            "error",
                            failure.getMessage());
                }
                failures.add(failure);
            }
        }
    }

    /// Returns the failure to tell of: that there is no backup only if all say so.
    private static RestoreException gravest(List<RestoreException> failures) {
        return failures.stream()
                .filter(failure -> !(failure instanceof RestoreException.NoBackup))
                .findFirst()
                .orElseGet(failures::getFirst);
    }
}
