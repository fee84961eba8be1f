package io.litestream.engine;

import io.litestream.ltx.Txid;
import io.litestream.replica.Level;
import io.litestream.replica.ReplicaFile;
import io.litestream.sqlite.CheckpointMode;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// What the engine tells the outside: the only thing that leaves it for logs, metrics and health.
public sealed interface EngineEvent {

    /// The database that it is about.
    Path database();

    /// The database is looked at from now on; `head` is zero if its line has not begun.
    record Opened(Path database, long head) implements EngineEvent {}

    /// There is no file yet, or an empty one; replication begins when an application has written to
    /// it.
    record Waiting(Path database, String reason) implements EngineEvent {}

    /// Write-ahead logging was off, and was switched on.
    record WalSwitchedOn(Path database, String before) implements EngineEvent {}

    /// The database stays in a rollback journal mode: whenever it changed it is read whole and
    /// compared with what was published.
    ///
    /// @param network the type of the network file system that it lies on, if it does
    record RollbackJournalKept(Path database, Optional<String> network) implements EngineEvent {}

    /// What was committed is in the local state directory.
    record Captured(Path database, Txid txid, long pages, long bytes) implements EngineEvent {}

    /// What was captured up to this transaction is at the destination.
    record Durable(Path database, String destination, Txid txid, ReplicaFile file, Duration took)
            implements EngineEvent {}

    /// A whole database is at the destination.
    record ImageStored(
            Path database, String destination, Level level, Txid txid, long bytes, Duration took)
            implements EngineEvent {}

    /// Frames went from the WAL to the database file.
    record Checkpointed(
            Path database,
            CheckpointMode mode,
            long validFrames,
            long backfilledFrames,
            Duration took)
            implements EngineEvent {}

    /// The write lock was held to finish a WAL that a writer without a pause did not let end.
    record Sealed(Path database, Duration held) implements EngineEvent {}

    /// The WAL cannot restart, since this process reads an old state of the database.
    record ReaderHoldsWal(Path database, long pid, long walBytes) implements EngineEvent {}

    /// It could not be proven that nothing was missed, so the database was compared with what was
    /// published. `differing` pages were published.
    record Compared(
            Path database, String reason, Txid head, long pages, long differing, Duration took)
            implements EngineEvent {}

    /// The file was replaced, deleted, or changed by something other than SQLite.
    record FileChanged(Path database, String what) implements EngineEvent {}

    /// The line goes on after the destination's head, since the local state is older or gone.
    record HistoryAdopted(Path database, String destination, Txid head) implements EngineEvent {}

    /// An operation on a destination failed, and is tried again.
    record DestinationFailed(Path database, String destination, String reason, Duration retryIn)
            implements EngineEvent {}

    /// A destination refused an operation because of credentials, rights or settings. It is tried
    /// again, but a person must act.
    record DestinationRefused(Path database, String destination, String reason, Duration retryIn)
            implements EngineEvent {}

    /// The destination answers again.
    record DestinationRecovered(Path database, String destination, int failures)
            implements EngineEvent {}

    /// Transactions of a destination were merged into one file.
    ///
    /// @param inputs how many files were merged
    record Compacted(Path database, String destination, ReplicaFile file, int inputs, Duration took)
            implements EngineEvent {}

    /// Something that is done for a destination from time to time failed, and is tried again.
    /// Replication to it goes on.
    ///
    /// @param chore what it was, such as `compaction`
    record UpkeepFailed(
            Path database, String destination, String chore, String reason, Duration retryIn)
            implements EngineEvent {}

    /// Files that nobody has to be able to restore from any more were deleted at a destination.
    record RetentionEnforced(
            Path database, String destination, int files, long bytes, Duration took)
            implements EngineEvent {}

    /// A destination does not let us delete, or does not do it. Nothing more is deleted there;
    /// replication to it goes on.
    record RetentionImpossible(Path database, String destination, String reason)
            implements EngineEvent {}

    /// A point of a destination was put together, and is what was captured.
    ///
    /// @param bytes how much was read from the destination
    record VerificationPassed(
            Path database, String destination, Txid txid, long bytes, Duration took)
            implements EngineEvent {}

    /// A destination does not hold what it should. A person must look.
    record VerificationFailed(Path database, String destination, String reason)
            implements EngineEvent {}

    /// Nothing is known to be wrong with a destination, but that could not be found out.
    record VerificationInconclusive(Path database, String destination, String reason)
            implements EngineEvent {}

    /// The spool is full, so files that this destination had not got are gone. It gets every page
    /// instead.
    record ClaimLost(Path database, String destination, long limitBytes) implements EngineEvent {}

    /// So many files that were stored at a destination are gone, and nobody else writes there. If
    /// it can no longer be restored, the whole database is stored again.
    record FilesMissing(Path database, String destination, int files) implements EngineEvent {}

    /// The credentials for a destination lack a right, so that something is left undone there.
    /// Replication to it goes on. Told once for each thing.
    record RightMissing(Path database, String destination, String reason) implements EngineEvent {}

    /// This destination gets nothing more: somebody else writes there, or a person must act.
    record DestinationStopped(Path database, String destination, String reason)
            implements EngineEvent {}

    /// The database cannot be replicated now.
    record Degraded(Path database, String reason) implements EngineEvent {}

    /// The database can be replicated again.
    record Recovered(Path database) implements EngineEvent {}

    /// No connection and no open file until the database changes.
    record Rested(Path database) implements EngineEvent {}

    /// Replication of the database has ended.
    record Closed(Path database) implements EngineEvent {}
}
