package io.litestream.replica;

import io.litestream.ltx.TxidRange;

import java.time.Instant;
import java.util.Objects;

/// An LTX file of a replica, as a listing tells of it: where it is, how many bytes it has, and when
/// it was created.
///
/// `created` is a hint: the time that counts is in the file's header.
public record ReplicaFile(Level level, TxidRange range, long size, Instant created) {

    public ReplicaFile {
        Objects.requireNonNull(level);
        Objects.requireNonNull(range);
        Objects.requireNonNull(created);
        if (size < 0) {
            throw new IllegalArgumentException(
                    "size of %s at level %s is %d".formatted(range, level, size));
        }
    }

    /// Returns the file's name, without its level.
    public String name() {
        return range.fileName();
    }

    /// Says whether both are at the same place, whatever their size and time.
    public boolean samePlace(ReplicaFile other) {
        return level.equals(other.level) && range.equals(other.range);
    }

    @Override
    public String toString() {
        return level + "/" + name();
    }
}
