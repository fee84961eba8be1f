package io.litestream.engine;

import io.litestream.replica.Compactor;
import io.litestream.replica.Level;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// What is done for each destination from time to time.
final class Chores {

    private Chores() {}

    /// Returns the chores of a destination, in the order in which those run that are due at once.
    ///
    /// @param spool the local files of the database, once it was opened
    /// @param wake makes the database look for what it is asked
    static List<Chore> of(
            DatabaseSettings settings,
            Destination destination,
            Supplier<Optional<Spool>> spool,
            Runnable wake,
            Context context) {
        List<Chore> chores = new ArrayList<>();
        chores.addAll(compactions(settings, destination, spool, context));
        String identity = settings.database() + " " + destination.name();
        chores.add(new SnapshotChore(destination, settings.upkeep(), identity, wake));
        retention(settings, destination, context).ifPresent(chores::add);
        return chores;
    }

    private static List<Chore> compactions(
            DatabaseSettings settings,
            Destination destination,
            Supplier<Optional<Spool>> spool,
            Context context) {
        UpkeepSettings upkeep = settings.upkeep();
        Compactor compactor =
                new Compactor(
                        destination.replica(),
                        new SpooledFiles(spool),
                        upkeep.verification(),
                        context.clock());
        List<Chore> chores = new ArrayList<>();
        for (int i = 0; i < upkeep.levels().size(); i++) {
            chores.add(
                    new CompactionChore(
                            settings.database(),
                            destination,
                            new Level(i + 1),
                            upkeep.levels().get(i),
                            compactor,
                            context.clock(),
                            context.events()));
        }
        return chores;
    }

    private static Optional<Chore> retention(
            DatabaseSettings settings, Destination destination, Context context) {
        Level highest = new Level(settings.upkeep().levels().size());
        return destination
                .retention()
                .map(retention ->
                        new RetentionChore(
                                settings.database(),
                                destination,
                                retention.policy().withHighest(highest),
                                retention.checkInterval(),
                                context));
    }
}
