package io.litestream.engine;

import java.io.IOException;
import java.util.Optional;

/// What a start goes by; the view is taken when it is first needed.
final class Start {

    private final OpenDatabase database;
    private final Spool spool;
    private final Look look;
    private final WalTail tail;
    private Optional<PinnedView> view = Optional.empty();

    Start(OpenDatabase database, Spool spool, Look look, WalTail tail) {
        this.database = database;
        this.spool = spool;
        this.look = look;
        this.tail = tail;
    }

    OpenDatabase database() {
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

    PinnedView view() throws IOException, ContinuityLost {
        if (view.isEmpty()) {
            view = Optional.of(PinnedView.take(database, tail));
        }
        return view.get();
    }
}
