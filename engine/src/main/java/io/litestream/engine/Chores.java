package io.litestream.engine;

import io.litestream.replica.Compactor;
import io.litestream.replica.Level;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// What is done for a destination of a database from time to time.
record Chores(DatabaseSettings settings, Destination destination, Context context) {

    /// Returns what does them. A verification takes long, and so holds up no other chore.
    ///
    /// @param spool the local files of the database, once it was opened
    /// @param wake makes the database look for what it is asked
    Stream<Upkeep> upkeeps(Supplier<Optional<Spool>> spool, LiveReadings readings, Runnable wake) {
        Path database = settings.database();
        Upkeep chores = new Upkeep(database, destination, inOrder(spool, wake), context);
        Duration validation =
                destination.validationInterval().orElse(context.settings().validationInterval());
        if (validation.isZero()) {
            return Stream.of(chores);
        }
        List<Chore> verification =
                List.of(
                        new VerificationChore(
                                database, destination, validation, readings, wake, context));
        return Stream.of(
                chores,
                new Upkeep(
                        database, destination, verification, context, context.scheduler()::verify));
    }

    /// Those that are due at once run in this order.
    private List<Chore> inOrder(Supplier<Optional<Spool>> spool, Runnable wake) {
        List<Chore> chores = new ArrayList<>(compactions(spool));
        String identity = settings.database() + " " + destination.name();
        chores.add(new SnapshotChore(destination, settings.upkeep(), identity, wake));
        retention().ifPresent(chores::add);
        return chores;
    }

    private List<Chore> compactions(Supplier<Optional<Spool>> spool) {
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
                            context.merges(),
                            context.clock(),
                            context.events()));
        }
        return chores;
    }

    private Optional<Chore> retention() {
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
