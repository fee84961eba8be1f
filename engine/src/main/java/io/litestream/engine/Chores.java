package io.litestream.engine;

import java.util.List;
import java.util.Optional;

/// What is done for each destination from time to time.
final class Chores {

    private Chores() {}

    /// Returns the chores of a destination, in the order in which those run that are due at once.
    static List<Chore> of(DatabaseSettings settings, Destination destination, Context context) {
        return retention(settings, destination, context).stream().toList();
    }

    private static Optional<Chore> retention(
            DatabaseSettings settings, Destination destination, Context context) {
        return destination
                .retention()
                .map(retention ->
                        new RetentionChore(
                                settings.database(),
                                destination,
                                retention.policy(),
                                retention.checkInterval(),
                                context));
    }
}
