package io.litestream.replica;

import io.litestream.ltx.Txid;

import java.util.List;
import java.util.Optional;

/// What a [RestorePlanner] found: the files to read, or why there are none.
public sealed interface PlanResult {

    /// The files to apply, oldest first, to get the state after `txid`. The first holds a whole
    /// database; each of the others begins at the latest where the one before it ended, and goes
    /// further.
    record Plan(List<ReplicaFile> files, Txid txid) implements PlanResult {
        public Plan {
            files = List.copyOf(files);
            if (files.isEmpty() || !files.getLast().range().last().equals(txid)) {
                throw new IllegalArgumentException(
                        "a plan for txid %s cannot be %s".formatted(txid, files));
            }
        }

        /// Returns how many bytes the plan reads.
        public long sizeBytes() {
            return files.stream().mapToLong(ReplicaFile::size).sum();
        }
    }

    /// There is no file at all.
    record NoBackup() implements PlanResult {}

    /// Files are missing: the state after `reached` can be had (nothing at all, if empty), and the
    /// next file begins only at `next`.
    record Gap(Optional<Txid> reached, Txid next) implements PlanResult {

        /// Returns the first transaction that no usable file covers.
        public Txid firstMissing() {
            return reached.map(Txid::next).orElse(Txid.FIRST);
        }
    }

    /// The state after the transaction asked for cannot be had, but some before or after it can:
    /// its own files have been merged with their neighbours, or have expired.
    record NotABoundary(Optional<Txid> before, Optional<Txid> after) implements PlanResult {}

    /// The transaction asked for is after the newest one.
    record Beyond(Txid newest) implements PlanResult {}
}
