package io.litestream.crash;

import java.util.List;
import java.util.Random;

/// What a round is like, all of it drawn from its seed.
///
/// @param rate commits each second of each writer; 0 for as many as it can
/// @param store where it replicates to
/// @param replicatorFirst whether replication begins before there is a database
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
        boolean replicatorFirst) {

    /// A kind of storage.
    enum Store {
        DIRECTORY,
        BUCKET
    }

    static RoundSettings draw(Random random) {
        return new RoundSettings(
                pick(random, 512, 1024, 4096, 4096, 8192, 65536),
                pick(random, 0, 0, 1, 2),
                pick(random, 1, 1, 2, 3),
                pick(random, 20, 100, 300, 0),
                pick(random, 1, 1, 2),
                random.nextInt(3) == 0 ? Store.BUCKET : Store.DIRECTORY,
                pick(random, 0, 50, 300, 1000),
                pick(random, 20, 200, 1000),
                pick(random, 0, 1, 60),
                List.of("64KiB", "1MiB", "64MiB").get(random.nextInt(3)),
                random.nextInt(4) == 0);
    }

    private static int pick(Random random, int... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
