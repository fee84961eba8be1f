package io.litestream.engine;

import io.litestream.replica.state.PageHashTable;
import io.litestream.sqlite.WalPosition;

import java.io.IOException;
import java.util.BitSet;
import java.util.Optional;

/// What a start goes by; the view is taken when it is first needed.
final class Start {

    private final LiveSource database;
    private final Spool spool;
    private final Look look;
    private final WalTail tail;
    private Optional<PageView> view = Optional.empty();

    Start(LiveSource database, Spool spool, Look look, WalTail tail) {
        this.database = database;
        this.spool = spool;
        this.look = look;
        this.tail = tail;
    }

    LiveSource database() {
        return database;
    }

    Spool spool() {
        return spool;
    }

    Look look() {
        return look;
    }

    WalTail tail() {
        return tail;
    }

    boolean isBackfilled() {
        return tail.isBackfilled();
    }

    /// Returns the size of the pages at the end of the valid frames.
    int pageSize() throws IOException {
        return tail.validFrames() > 0
                ? tail.header().orElseThrow().pageSize()
                : database.file().header().pageSize();
    }

    /// Returns where the valid frames end; empty if there are none.
    Optional<WalPosition> position() throws IOException, ContinuityLost {
        return tail.validFrames() > 0 ? view().position() : Optional.empty();
    }

    /// Compares the database with the hashes of what was published.
    ///
    /// @param more pages that are to be published though they do not differ
    Comparison compare(PageHashTable table, BitSet more) throws IOException, ContinuityLost {
        return database.compare(this, table, more);
    }

    /// Says whether the view was needed already.
    boolean hasView() {
        return view.isPresent();
    }

    PageView view() throws IOException, ContinuityLost {
        if (view.isEmpty()) {
            view = Optional.of(database.view(tail));
        }
        return view.get();
    }
}
