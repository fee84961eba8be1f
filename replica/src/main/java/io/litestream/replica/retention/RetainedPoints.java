package io.litestream.replica.retention;

import io.litestream.ltx.Txid;
import io.litestream.replica.Level;
import io.litestream.replica.retention.Timeline.Point;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/// Chooses the points that have to stay restorable.
final class RetainedPoints {

    private final Timeline timeline;
    private final Instant now;
    private final NavigableSet<Txid> retained = new TreeSet<>();

    private RetainedPoints(Timeline timeline, Instant now) {
        this.timeline = timeline;
        this.now = now;
    }

    static NavigableSet<Txid> of(
            Timeline timeline, RetentionPolicy policy, Collection<Pin> pins, Instant now) {
        RetainedPoints points = new RetainedPoints(timeline, now);
        if (timeline.points().isEmpty()) {
            return points.retained;
        }
        points.retained.add(timeline.txids().last());
        points.addSince(policy.captured(), Duration.ZERO, _ -> true);
        // No level is kept for less than one below: of those with the same time the lowest has all.
        Map<Optional<Duration>, Level> lowest = new LinkedHashMap<>();
        Level.all().stream()
                .skip(1)
                .forEach(level -> lowest.putIfAbsent(policy.kept(level), level));
        lowest.forEach((length, level) ->
                points.addSince(
                        length, policy.grace(), point -> point.level().compareTo(level) >= 0));
        policy.tiers()
                .counts()
                .forEach((period, count) -> points.addTier(period, count, policy.grace()));
        pins.stream()
                .map(Pin::txid)
                .filter(timeline.txids()::contains)
                .forEach(points.retained::add);
        return points.retained;
    }

    /// Adds the points of that long until now, and the one that held when that began.
    private void addSince(Optional<Duration> length, Duration grace, Predicate<Point> wanted) {
        List<Point> points = timeline.points().stream().filter(wanted).toList();
        if (length.isEmpty()) {
            points.forEach(point -> retained.add(point.txid()));
            return;
        }
        Instant since = now.minus(length.get()).minus(grace);
        Optional<Txid> before = Optional.empty();
        for (Point point : points) {
            if (point.time().isBefore(since)) {
                before = Optional.of(point.txid());
            } else {
                retained.add(point.txid());
            }
        }
        before.ifPresent(retained::add);
    }

    /// Adds the best point of each of the last periods; where one has none, the point that held.
    private void addTier(Period period, int count, Duration grace) {
        Instant first = period.plus(period.start(now.minus(grace)), 1L - count);
        Optional<Txid> held = Optional.empty();
        Map<Instant, Best> starts = new HashMap<>();
        for (Point point : timeline.points()) {
            if (point.time().isBefore(first)) {
                held = Optional.of(point.txid());
            } else {
                starts.merge(period.start(point.time()), new Best(point), Best::or);
            }
        }
        NavigableMap<Instant, Best> periods = new TreeMap<>(starts);
        Instant expected = first;
        for (Map.Entry<Instant, Best> entry : periods.entrySet()) {
            if (entry.getKey().isAfter(expected)) {
                held.ifPresent(retained::add);
            }
            Best best = entry.getValue();
            retained.add(best.point().txid());
            held =
                    Optional.of(
                            held.filter(txid -> txid.isAfter(best.newest())).orElse(best.newest()));
            expected = period.plus(entry.getKey(), 1);
        }
        if (!expected.isAfter(period.start(now))) {
            held.ifPresent(retained::add);
        }
    }

    /// The point to keep of a period: that of the highest level, since it needs the fewest files,
    /// and of these the newest.
    ///
    /// @param newest the newest point of the period, which holds in the next one if that has none
    private record Best(Point point, Txid newest) {

        Best(Point point) {
            this(point, point.txid());
        }

        Best or(Best later) {
            boolean better = later.point.level().compareTo(point.level()) >= 0;
            return new Best(better ? later.point : point, later.newest);
        }
    }
}
