package io.litestream.cli.demo;

import java.util.ArrayList;
import java.util.List;

/// What was committed, what is in the application's database, and what came back.
///
/// @param committed how many orders the application was told are committed
record Comparison(long committed, Content original, Content restored) {

    /// Tells whether all that was committed came back.
    boolean holds() {
        return differences().isEmpty();
    }

    /// Returns what is not as it should be, each in a few words.
    List<String> differences() {
        List<String> found = new ArrayList<>();
        if (committed == 0) {
            found.add("the application committed nothing");
        }
        if (original.orders() != committed) {
            found.add(
                    "the application committed %s orders, its database has %s"
                            .formatted(
                                    Narration.number(committed),
                                    Narration.number(original.orders())));
        }
        if (original.orders() != restored.orders()) {
            found.add(
                    "the restored database has %s of %s orders"
                            .formatted(
                                    Narration.number(restored.orders()),
                                    Narration.number(original.orders())));
        } else if (!original.checksum().equals(restored.checksum())) {
            found.add("the orders of the restored database have another checksum");
        }
        if (!original.isSound()) {
            found.add("the application's database is damaged: " + original.check());
        }
        if (!restored.isSound()) {
            found.add("the restored database is damaged: " + restored.check());
        }
        return found;
    }

    /// Returns the result in a sentence.
    String verdict() {
        return holds()
                ? "Every committed row came back: %s of %s orders, proven by checksum (SHA-256) and SQLite's integrity check."
                        .formatted(Narration.number(restored.orders()), Narration.number(committed))
                : "What came back is NOT what was committed: %s."
                        .formatted(String.join("; ", differences()));
    }
}
