package io.litestream.replica.state;

import io.litestream.sqlite.FileStat;

import java.time.Instant;

/// A position, and what the files looked like when it was right. The files are looked at *before*
/// the sync that leads to the position: a change that comes in between shows as one afterwards.
///
/// @param taken when the files were looked at. A change in the same grain of the file system's
///   clock may not show.
/// @param backfilled whether the database file alone held all of it: if so, another WAL may follow
///   the one of the position, and if not, it may not
public record Baseline(
        Position position, FileStat database, FileStat wal, Instant taken, boolean backfilled) {}
