package io.litestream.engine;

import io.litestream.ltx.Txid;
import io.litestream.replica.Level;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// Which files of the spool are kept, and for whom.
///
/// A destination has a claim on what it lacks. If that is more than the spool may hold, the one
/// that lags the most loses its claim, those that get nothing more before all others: it gets every
/// page later. A few files that all have are kept, too: if one falls behind, they are merged with
/// what it lacks. Confined to the step of the database.
final class Claims {

    /// How many files that all destinations have are kept, and how many bytes, at most.
    private static final int KEPT_FILES = 1024;

    private static final long KEPT_BYTES = 16L << 20;

    private static final long RELEASE_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Path database;
    private final int levels; // that are merged; a backlog goes to level 1 in any case
    private final List<Destination> destinations;
    private final Context context;
    private final Set<Destination> lost = new HashSet<>();
    private long nextRelease; // on the clock's steady count

    /// The transaction as of which a destination is being sent every page.
    private final Map<Destination, Txid> streamed = new ConcurrentHashMap<>();

    Claims(DatabaseSettings settings, List<Destination> destinations, Context context) {
        this.database = settings.database();
        this.levels = Math.max(Backlog.LEVEL.number(), settings.upkeep().levels().size());
        this.destinations = destinations;
        this.context = context;
        this.nextRelease = context.clock().nanoTime();
    }

    /// Returns how many bytes the spool may have.
    long limit(long databaseBytes) {
        return Math.max(context.settings().spoolBytes(), 2 * databaseBytes);
    }

    /// Notes that a destination is sent every page. What came before it does not need then, unless
    /// it has slots that these continue.
    void streaming(Destination destination, ImageJob.Request request) {
        boolean continues =
                request.level().equals(Level.SNAPSHOT)
                        && destination.inventory().head(Level.CAPTURED).isPresent();
        if (!continues) {
            streamed.put(destination, request.range().last());
        }
    }

    /// Notes that the stream has ended, in whatever way. Any thread may call.
    void streamed(Destination destination) {
        streamed.remove(destination);
    }

    /// Deletes the files that nobody needs. As long as there is room it looks for them once a
    /// second: some are kept in any case.
    void release(Line line, long databaseBytes) throws IOException {
        Spool spool = line.spool();
        long now = context.clock().nanoTime();
        if (now - nextRelease < 0 && spool.bytes() <= limit(databaseBytes)) {
            return;
        }
        nextRelease = now + RELEASE_INTERVAL_NANOS;
        lost.removeIf(destination -> !destination.lacks(spool, line.head()));
        List<Destination> claimants =
                destinations.stream()
                        .filter(destination -> !lost.contains(destination))
                        .filter(destination -> has(destination) < line.head().value())
                        .sorted(
                                Comparator.comparing(Claims::hasEnded, Comparator.reverseOrder())
                                        .thenComparingLong(this::has))
                        .toList();
        long limit = limit(databaseBytes);
        long needless = needless(claimants, line);
        if (spool.bytes() <= limit) {
            releaseUpTo(line, Math.min(needless, unmerged(spool, needless)));
            return;
        }
        line.forceTable(); // it needs no file then
        releaseUpTo(line, needless);
        for (int i = 0; i < claimants.size() && spool.bytes() > limit && spool.count() > 1; i++) {
            Destination loser = claimants.get(i);
            lost.add(loser);
            releaseUpTo(line, needless(claimants.subList(i + 1, claimants.size()), line));
            context.events().accept(new EngineEvent.ClaimLost(database, loser.name(), limit));
        }
    }

    private static boolean hasEnded(Destination destination) {
        return destination.isEnded();
    }

    /// Returns up to where all have everything; up to the head if there is none.
    private long needless(List<Destination> claimants, Line line) {
        return claimants.stream().mapToLong(this::has).min().orElse(line.head().value());
    }

    private long has(Destination destination) {
        long durable = value(destination.durable());
        return Math.max(durable, value(Optional.ofNullable(streamed.get(destination))));
    }

    /// Returns up to where files are not needed to be merged with what comes, either.
    private long unmerged(Spool spool, long needless) {
        long merged =
                destinations.stream()
                        .filter(destination -> !destination.isEnded())
                        .mapToLong(d -> SpooledFiles.merged(d.inventory(), levels))
                        .min()
                        .orElse(needless);
        long kept =
                needless == 0
                        ? 0
                        : spool.keepable(new Txid(needless), KEPT_FILES, KEPT_BYTES).value() - 1;
        return Math.max(merged, kept);
    }

    private static long value(Optional<Txid> txid) {
        return txid.map(Txid::value).orElse(0L);
    }

    /// The page hashes need files, too, until they are forced.
    private static void releaseUpTo(Line line, long upTo) throws IOException {
        long needless = Math.min(upTo, line.durableTable().value());
        if (needless > 0) {
            line.spool().release(new Txid(needless));
        }
    }
}
