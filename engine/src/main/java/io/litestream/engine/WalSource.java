package io.litestream.engine;

import io.litestream.sqlite.DatabaseFile;
import io.litestream.sqlite.WalFile;
import io.litestream.sqlite.WalHeader;

import java.io.IOException;
import java.util.Optional;

/// An open database file and its WAL, from which pages are read.
interface WalSource {

    DatabaseFile file();

    /// Returns the header of the WAL as it is now; empty if the WAL is, or if its header is being
    /// written.
    Optional<WalHeader> header() throws IOException;

    /// Returns the open WAL.
    ///
    /// @throws IllegalStateException if none was found yet
    WalFile wal();
}
