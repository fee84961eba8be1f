package io.litestream.replica.retention;

import io.litestream.ltx.CorruptFileException;
import io.litestream.replica.Replica;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// The pins of a replica, for somebody who has to know them again and again. They are listed once,
/// and after each change; whether there was one is told by a single small object. For one thread.
public final class WatchedPins {

    // A change is noted after it was made. So pins that were listed after the note was read are at
    // least as new as the note; if they are newer, they are listed once more.

    private final Pins pins;
    private @Nullable Seen seen;

    private record Seen(Optional<String> mark, List<Pin> pins) {}

    public WatchedPins(Replica replica) {
        this.pins = new Pins(replica);
    }

    /// Returns all pins there are now.
    ///
    /// @throws CorruptFileException if an object among them is no pin
    public List<Pin> now() throws IOException {
        Optional<String> mark = pins.mark();
        Seen known = seen;
        if (known == null || !known.mark.equals(mark)) {
            known = new Seen(mark, pins.list());
            seen = known;
        }
        return known.pins;
    }
}
