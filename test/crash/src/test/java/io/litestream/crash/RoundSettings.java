package io.litestream.crash;

import java.util.List;
import java.util.Optional;
import java.util.Random;

/// What a round is like, all of it drawn from its seed.
///
/// @param rate commits each second of each writer; 0 for as many as it can
/// @param store where it replicates to
/// @param upkeep how often files are merged and removed
/// @param replicatorFirst whether replication begins before there is a database
/// @param ending how the round ends
record RoundSettings(
        int pageSize,
        int autoVacuum,
        int writers,
        double rate,
        int destinations,
        Store store,
        int syncMillis,
        int minCheckpointPages,
        int checkpointSeconds,
        String maxSyncWalBytes,
        Upkeep upkeep,
        boolean replicatorFirst,
        Ending ending) {

    /// A kind of storage.
    enum Store {
        DIRECTORY,
        BUCKET
    }

    /// How often files are merged and removed.
    enum Upkeep {
        /// As if nothing was said: nothing happens within a round.
        STANDARD(""),
        /// Files are merged all the time, and the whole database is stored again and again.
        MERGING(
                "levels: [{interval: 1s}, {interval: 2s}, {interval: 4s}]\n"
                        + "snapshot: {interval: 2s}\n"),
        /// The same, and what is older than a moment is removed.
        REMOVING(
                "levels: [{interval: 1s}, {interval: 2s}, {interval: 4s}]\n"
                        + "snapshot: {interval: 2s, retention: 2s}\n"
                        + "l0-retention: 1s\nl0-retention-check-interval: 500ms\n");

        private final String keys;

        Upkeep(String keys) {
            this.keys = keys;
        }
    }

    /// How a round ends.
    enum Ending {
        /// With everything durable.
        DURABLE,
        /// With another replicator that writes to the same places.
        INTRUDED
    }

    /// Returns the keys of the configuration, at its top level, that say what is done besides
    /// replicating.
    String upkeepKeys() {
        return switch (ending) {
            case DURABLE -> upkeep.keys;
            case INTRUDED -> upkeep.keys + "l0-retention: 24h\n"; // points are looked for again
        };
    }

    /// Draws what a round is like.
    ///
    /// @param only where to replicate to, if that is not to be drawn
    static RoundSettings draw(Random random, Optional<Store> only) {
        Ending ending = random.nextInt(7) == 0 ? Ending.INTRUDED : Ending.DURABLE;
        Upkeep upkeep =
                List.of(Upkeep.STANDARD, Upkeep.MERGING, Upkeep.REMOVING).get(random.nextInt(3));
        if (ending == Ending.INTRUDED && upkeep == Upkeep.REMOVING) {
            upkeep = Upkeep.MERGING;
        }
        Store drawn = random.nextInt(3) == 0 ? Store.BUCKET : Store.DIRECTORY;
        return new RoundSettings(
                pick(random, 512, 1024, 4096, 4096, 8192, 65536),
                pick(random, 0, 0, 1, 2),
                pick(random, 1, 1, 2, 3),
                pick(random, 20, 100, 300, 0),
                pick(random, 1, 1, 2),
                only.orElse(drawn),
                pick(random, 0, 50, 300, 1000),
                pick(random, 20, 200, 1000),
                pick(random, 0, 1, 60),
                List.of("64KiB", "1MiB", "64MiB").get(random.nextInt(3)),
                upkeep,
                random.nextInt(4) == 0,
                ending);
    }

    private static int pick(Random random, int... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
