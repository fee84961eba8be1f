package io.litestream.replica;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.Txid;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// What was restored.
///
/// @param time when the state was captured
/// @param checksum the database checksum of what was written
/// @param check the check that the database passed
/// @param readBytes the sizes of the files that it was put together from
/// @param passedOver the keys of damaged files that others stood in for
public record RestoreResult(
        Path output,
        Txid txid,
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

    /// Returns the size of the database file.
    public long sizeBytes() {
        return pageSize * pageCount;
    }
}
