package io.litestream.replica.state;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.Txid;
import io.litestream.sqlite.WalPosition;

import java.util.Optional;

/// How far the capture of a database has come: the last transaction of its line, what the database
/// was then, and where the WAL goes on.
///
/// @param wal up to where the WAL has been read; nothing if it was empty, or not known, as after a
///   comparison
public record Position(
        Txid txid, int pageSize, long pageCount, Checksum checksum, Optional<WalPosition> wal) {

    public Position {
        DatabaseSize.check(pageSize, pageCount);
    }
}
