package io.litestream.replica;

import io.litestream.ltx.CorruptFileException;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.Txid;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Finds the files for a target: the newest state, that of a transaction, or that of a time.
final class TargetResolver {

    // A time is looked up in the files' headers. A transaction has the earliest time of the files
    // that end with it: merged files keep the time of their last input, but a snapshot has the time
    // at which it was taken. Damaged files take part in choosing the transaction, so that damage
    // never leads to an older state than the one asked for without anybody being told.

    private static final int HEADERS_AT_ONCE = 32;

    private final Replica replica;
    private final Retries retries;
    private final Damage damage;

    /// The times in the headers read so far.
    private final Map<ReplicaFile, Instant> times = new HashMap<>();

    /// When each transaction was captured, as far as any header says, even in a file with the wrong
    /// name.
    private final NavigableMap<Txid, Instant> mentioned = new TreeMap<>();

    TargetResolver(Replica replica, Retries retries, Damage damage) {
        this.replica = replica;
        this.retries = retries;
        this.damage = damage;
    }

    /// Returns the files to read.
    ///
    /// @throws RestoreException if the target cannot be had
    PlanResult.Plan plan(Inventory inventory, RestoreTarget target) throws IOException {
        Txid head = inventory.head().orElseThrow(RestoreException.NoBackup::new);
        return switch (target) {
            case RestoreTarget.Latest() -> plan(inventory, head);
            case RestoreTarget.AtTxid(Txid txid) -> plan(inventory, txid);
            case RestoreTarget.AtTime(Instant time) -> plan(inventory, time);
            case RestoreTarget.InGeneration generation -> throw new AssertionError(generation);
        };
    }

    /// Returns the newest time that is in the header of one of these files and not after `limit`.
    Optional<Instant> newestTime(Inventory inventory, Instant limit) throws IOException {
        readTimes(inventory);
        return inventory.files().stream()
                .flatMap(file -> Stream.ofNullable(times.get(file)))
                .filter(time -> !time.isAfter(limit))
                .max(Comparator.naturalOrder());
    }

    private PlanResult.Plan plan(Inventory inventory, Txid target) throws RestoreException {
        return switch (RestorePlanner.plan(damage.soundOf(inventory), target)) {
            case PlanResult.Plan plan -> plan;
            case PlanResult why -> {
                PlanResult otherwise = RestorePlanner.plan(inventory, target);
                throw otherwise instanceof PlanResult.Plan
                        ? damage.failure(replica.name())
                        : failure(target, why);
            }
        };
    }

    private RestoreException failure(Txid target, PlanResult why) {
        return switch (why) {
            case PlanResult.NoBackup() -> new RestoreException.NoBackup();
            case PlanResult.Gap gap -> new RestoreException.Missing(replica.name(), gap);
            case PlanResult.NotABoundary(Optional<Txid> before, Optional<Txid> after) ->
                    new RestoreException.NotAPoint(
                            "no matching backup files available: %s has no restore point at txid %s: %s"
                                    .formatted(replica.name(), target, nearest(before, after)),
                            before,
                            after);
            case PlanResult.Beyond(Txid newest) ->
                    new RestoreException.NotAPoint(
                            "no matching backup files available: %s has nothing as new as txid %s: the newest is %s"
                                    .formatted(replica.name(), target, newest),
                            Optional.of(newest),
                            Optional.empty());
            case PlanResult.Plan plan -> throw new AssertionError(plan);
        };
    }

    private static String nearest(Optional<Txid> before, Optional<Txid> after) {
        return "the nearest before it is %s, the nearest after it is %s"
                .formatted(
                        before.map(Txid::toString).orElse("none"),
                        after.map(Txid::toString).orElse("none"));
    }

    private PlanResult.Plan plan(Inventory inventory, Instant time) throws IOException {
        readTimes(inventory);
        NavigableMap<Txid, Instant> boundaries = boundaries(inventory);
        Txid newest = newestNotAfter(boundaries, time);
        Txid point = reachable(inventory, boundaries, newest, time);
        PlanResult asOfThen = RestorePlanner.plan(notAfter(inventory, time), point);
        return asOfThen instanceof PlanResult.Plan plan ? plan : plan(inventory, point);
    }

    /// Reads the headers that are not known yet. A file with a damaged one has no time.
    private void readTimes(Inventory inventory) throws IOException {
        List<ReplicaFile> unknown = new ArrayList<>(damage.soundOf(inventory).files());
        unknown.removeAll(times.keySet());
        FanOut.all("times of " + replica.name(), unknown, HEADERS_AT_ONCE, this::readTime)
                .forEach(Reading::note);
    }

    private Reading readTime(ReplicaFile file) throws IOException {
        try {
            LtxHeader header = retries.call(() -> replica.anyHeader(file));
            return () -> note(file, header);
        } catch (CorruptFileException e) {
            return () -> damage.add(file, e);
        }
    }

    private void note(ReplicaFile file, LtxHeader header) {
        mentioned.merge(header.range().last(), header.timestamp(), TargetResolver::earlier);
        try {
            times.put(file, replica.checked(file, header).timestamp());
        } catch (CorruptFileException e) {
            damage.add(file, e);
        }
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    /// A header that was read, to be noted by the one thread that takes notes.
    @FunctionalInterface
    private interface Reading {
        void note();
    }

    /// Returns when the database was at the end of each sound file.
    private NavigableMap<Txid, Instant> boundaries(Inventory inventory) {
        NavigableMap<Txid, Instant> boundaries = new TreeMap<>();
        for (ReplicaFile file : damage.soundOf(inventory).files()) {
            Instant time = times.get(file);
            if (time != null) {
                boundaries.merge(file.range().last(), time, TargetResolver::earlier);
            }
        }
        return boundaries;
    }

    private Txid newestNotAfter(NavigableMap<Txid, Instant> boundaries, Instant time)
            throws RestoreException {
        for (Map.Entry<Txid, Instant> boundary : boundaries.descendingMap().entrySet()) {
            if (!boundary.getValue().isAfter(time)) {
                refuseIfDamageMayHide(Optional.of(boundary.getKey()), time);
                return boundary.getKey();
            }
        }
        refuseIfDamageMayHide(Optional.empty(), time);
        throw new RestoreException.NotAPoint(
                "timestamp does not exist: %s has nothing as old as %s: the first file is of %s"
                        .formatted(replica.name(), time, boundaries.firstEntry().getValue()),
                Optional.empty(),
                Optional.of(boundaries.firstKey()));
    }

    /// A damaged file's time is not known. If it ends after the newest point found, it may be what
    /// was asked for, unless something up to there is too new already.
    private void refuseIfDamageMayHide(Optional<Txid> newest, Instant time)
            throws RestoreException {
        for (ReplicaFile file : damage.files()) {
            Txid end = file.range().last();
            boolean later = newest.isEmpty() || end.isAfter(newest.get());
            boolean tooNew =
                    mentioned.headMap(end, true).entrySet().stream()
                            .filter(entry ->
                                    newest.isEmpty() || entry.getKey().isAfter(newest.get()))
                            .anyMatch(entry -> entry.getValue().isAfter(time));
            if (later && !tooNew) {
                throw damage.failure(replica.name());
            }
        }
    }

    private Txid reachable(
            Inventory inventory, NavigableMap<Txid, Instant> boundaries, Txid newest, Instant time)
            throws RestoreException {
        NavigableSet<Txid> points = RestorePlanner.points(inventory);
        Txid after = points.ceiling(newest);
        if (after == null) {
            throw failure(newest, RestorePlanner.plan(inventory, newest));
        }
        for (Txid point : points.headSet(newest, true).descendingSet()) {
            Instant captured = boundaries.get(point);
            if (captured != null && !captured.isAfter(time)) {
                return point;
            }
        }
        throw new RestoreException.NotAPoint(
                "timestamp does not exist: %s can no longer restore the state of %s, as the files that it needs have expired: %s"
                        .formatted(
                                replica.name(),
                                time,
                                nearest(Optional.empty(), Optional.of(after))),
                Optional.empty(),
                Optional.of(after));
    }

    private Inventory notAfter(Inventory inventory, Instant time) {
        return Inventory.of(
                damage.soundOf(inventory).files().stream()
                        .filter(file -> {
                            Instant captured = times.get(file);
                            return captured != null && !captured.isAfter(time);
                        })
                        .toList());
    }
}
