package io.litestream.engine;

import io.litestream.replica.state.PageHashTable;

import java.io.IOException;
import java.util.BitSet;
import java.util.Optional;

/// An open database that a line goes on from.
interface LiveSource extends WalSource {

    /// Asks for the valid frames of the WAL. Empty if it does not settle: then ask again later.
    Optional<WalTail> tail() throws IOException;

    /// Returns every page at the end of the valid frames. It is good until this is asked again, or
    /// closed.
    PageView view(WalTail tail) throws IOException, ContinuityLost;

    /// Compares the database with the hashes of what was published.
    ///
    /// @param more pages that are to be published though they do not differ
    Comparison compare(Start start, PageHashTable table, BitSet more)
            throws IOException, ContinuityLost;
}
