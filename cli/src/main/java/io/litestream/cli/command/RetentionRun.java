package io.litestream.cli.command;

import static java.lang.System.Logger.Level.INFO;

import io.litestream.cli.config.DatabaseConfiguration;
import io.litestream.cli.config.ReplicaConfiguration;
import io.litestream.cli.config.RetentionConfiguration.Enforcement;
import io.litestream.replica.Replica;
import io.litestream.replica.retention.Deletions;
import io.litestream.replica.retention.Pins;
import io.litestream.replica.retention.RetentionPolicy;
import io.litestream.replica.state.StateDirectory;
import io.litestream.storage.ObjectStore;
import io.litestream.storage.StorageException;

import java.io.IOException;
import java.util.Optional;

/// Looks at what retention would do at a destination, and does it, outside of a replication.
final class RetentionRun {

    private static final System.Logger LOGGER = System.getLogger(RetentionRun.class.getName());

    private final Shell shell;

    /// Keeps others from replicating a database until it is closed.
    @FunctionalInterface
    interface StateLock extends AutoCloseable {

        StateLock NONE = () -> {};

        @Override
        void close() throws IOException;
    }

    RetentionRun(Shell shell) {
        this.shell = shell;
    }

    /// Keeps everybody else in this place from replicating a database, until it is closed.
    ///
    /// @throws CommandException if it is being replicated
    static StateLock lock(DatabaseConfiguration database) throws CommandException, IOException {
        StateDirectory state = new StateDirectory(database.metaPath());
        if (!state.exists()) {
            return StateLock.NONE;
        }
        Optional<StateDirectory.Lock> lock = state.tryLock();
        if (lock.isEmpty()) {
            String owner =
                    state.lockOwner().isPresent()
                            ? " by process " + state.lockOwner().getAsLong()
                            : "";
            throw new CommandException(
                    "cannot delete anything at the replicas of %s: it is being replicated%s, which sees to retention itself; stop that first"
                            .formatted(database.path(), owner));
        }
        return lock.get()::close;
    }

    /// Tells what would be done, and changes nothing.
    RetentionOutlook plan(ReplicaConfiguration configured, RetentionPolicy policy)
            throws IOException {
        Replica replica = Replicas.of(shell).open(configured);
        try (ObjectStore _ = replica.store()) {
            return outlook(replica, policy);
        }
    }

    /// Deletes what need not be kept.
    RetentionOutlook apply(ReplicaConfiguration configured, RetentionPolicy policy)
            throws IOException {
        Replica replica = Replicas.of(shell).open(configured);
        try (ObjectStore _ = replica.store()) {
            RetentionOutlook outlook = outlook(replica, policy);
            if (!outlook.plan().deletions().isEmpty()) {
                storeCatalog(replica, outlook);
                new Deletions(replica, shell.clock())
                        .run(outlook.plan().deletions(), () -> false, _ -> {});
            }
            return outlook.applied();
        }
    }

    /// Deletes what need not be kept at any destination of a database, as its settings say, and
    /// logs it.
    void enforce(DatabaseConfiguration database) throws CommandException, IOException {
        LOGGER.log(INFO, "enforcing retention", "path", database.path());
        try (StateLock _ = lock(database)) {
            for (ReplicaConfiguration replica : database.replicas()) {
                if (replica.retention().enforcement() == Enforcement.ON) {
                    RetentionOutlook outlook = apply(replica, replica.retention().policy());
                    LOGGER.log(
                            INFO,
                            "retention enforced",
                            "db",
                            String.valueOf(database.path().getFileName()),
                            "replica",
                            replica.name(),
                            "deleted_count",
                            outlook.plan().deletions().size(),
                            "size",
                            outlook.plan().deletedBytes());
                }
            }
        }
    }

    private RetentionOutlook outlook(Replica replica, RetentionPolicy policy) throws IOException {
        return RetentionOutlook.of(
                replica.name(),
                replica.inventory(),
                policy,
                new Pins(replica).list(),
                shell.clock().instant());
    }

    /// Where objects may be deleted, but not replaced, there is no catalog to be kept right.
    private void storeCatalog(Replica replica, RetentionOutlook outlook) throws IOException {
        try {
            replica.storeCatalog(outlook.plan().kept(), outlook.now());
        } catch (StorageException.Denied | StorageException.Rejected e) {
            shell.err().println("Warning: the catalog is not kept: " + e.getMessage());
        }
    }
}
