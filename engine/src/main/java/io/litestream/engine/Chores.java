package io.litestream.engine;

import java.util.List;

/// What is done for each destination from time to time.
final class Chores {

    private Chores() {}

    /// Returns the chores of a destination, in the order in which those run that are due at once.
    static List<Chore> of(DatabaseSettings settings, Destination destination, Context context) {
        return List.of();
    }
}
