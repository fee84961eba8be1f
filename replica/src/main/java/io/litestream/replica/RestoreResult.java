package io.litestream.replica;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.Txid;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What was restored.
///
/// @param point where in the backup it is
/// @param time when the state was captured
/// @param checksum the database checksum of what was written
/// @param check the check that the database passed
/// @param readBytes the sizes of the files that it was put together from
/// @param passedOver the keys of damaged files that others stood in for
public record RestoreResult(
        Path output,
        RestoredPoint point,
        Instant time,
        int pageSize,
        long pageCount,
        Checksum checksum,
        Proof proof,
        IntegrityCheck check,
        long readBytes,
        Duration duration,
        List<String> passedOver) {

    public RestoreResult {
        passedOver = List.copyOf(passedOver);
    }

    /// Returns the transaction; a backup of Litestream 0.3 has none.
    public Optional<Txid> txid() {
        return point.txid();
    }

    /// Returns the size of the database file.
    public long sizeBytes() {
        return pageSize * pageCount;
    }
}
