package io.litestream.replica;

import io.litestream.ltx.Txid;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// What a listing of a replica tells of it. Times are those of the listing, and so may be those of
/// the uploads.
///
/// @param levels those that have files, from level 0
/// @param oldest the oldest point that can be restored; none if there is none
/// @param newest the newest point that can be restored
/// @param bands how close points are, from the youngest
public record Survey(
        List<LevelSize> levels, Optional<Point> oldest, Optional<Point> newest, List<Band> bands) {

    /// The files of one level.
    public record LevelSize(Level level, int files, long bytes) {}

    /// A transaction after which the database can be restored.
    public record Point(Txid txid, Instant time) {}

    /// Points of a similar age.
    ///
    /// @param upTo no point is older; [#OLDER] for all that are left
    /// @param points how many there are
    /// @param widestGap the longest time between one of them and the next younger point
    public record Band(Duration upTo, int points, Duration widestGap) {

        /// The bound of the last band, which has none.
        public static final Duration OLDER = Duration.ofSeconds(Long.MAX_VALUE);
    }

    private static final List<Duration> BOUNDS =
            List.of(
                    Duration.ofHours(1),
                    Duration.ofDays(1),
                    Duration.ofDays(7),
                    Duration.ofDays(30),
                    Band.OLDER);

    public Survey {
        levels = List.copyOf(levels);
        bands = List.copyOf(bands);
    }

    /// Surveys what was listed.
    public static Survey of(Inventory inventory, Instant now) {
        List<LevelSize> levels = new ArrayList<>();
        for (Level level : Level.all()) {
            List<ReplicaFile> files = inventory.files(level);
            if (!files.isEmpty()) {
                long bytes = files.stream().mapToLong(ReplicaFile::size).sum();
                levels.add(new LevelSize(level, files.size(), bytes));
            }
        }
        NavigableMap<Txid, Instant> points = points(inventory);
        return new Survey(
                levels,
                Optional.ofNullable(points.firstEntry()).map(Survey::point),
                Optional.ofNullable(points.lastEntry()).map(Survey::point),
                bands(points, now));
    }

    private static Point point(Map.Entry<Txid, Instant> entry) {
        return new Point(entry.getKey(), entry.getValue());
    }

    /// A point has the earliest time of the files that end with it: a snapshot may have been made
    /// later.
    private static NavigableMap<Txid, Instant> points(Inventory inventory) {
        var restorable = RestorePlanner.points(inventory);
        NavigableMap<Txid, Instant> points = new TreeMap<>();
        for (ReplicaFile file : inventory.files()) {
            Txid end = file.range().last();
            if (restorable.contains(end)) {
                points.merge(end, file.created(), (a, b) -> a.isBefore(b) ? a : b);
            }
        }
        return points;
    }

    private static List<Band> bands(NavigableMap<Txid, Instant> points, Instant now) {
        int[] counts = new int[BOUNDS.size()];
        @Nullable Duration[] gaps = new Duration[BOUNDS.size()];
        @Nullable Instant younger = null;
        for (Instant time : points.descendingMap().values()) {
            int band = band(Duration.between(time, now));
            Duration gap = younger == null ? Duration.ZERO : Duration.between(time, younger);
            Duration widest = gaps[band];
            gaps[band] = widest == null ? gap : longer(widest, gap);
            counts[band]++;
            younger = time;
        }
        List<Band> bands = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            Duration widest = gaps[i];
            if (widest != null) {
                bands.add(new Band(BOUNDS.get(i), counts[i], widest));
            }
        }
        return bands;
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    private static int band(Duration age) {
        int band = 0;
        while (age.compareTo(BOUNDS.get(band)) > 0) {
            band++;
        }
        return band;
    }
}
