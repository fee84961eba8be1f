package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.ltx.Txid;
import io.litestream.replica.IntegrityCheck;
import io.litestream.replica.Inventory;
import io.litestream.replica.Level;
import io.litestream.replica.PlanResult;
import io.litestream.replica.Replica;
import io.litestream.replica.Restore;
import io.litestream.replica.RestoreException;
import io.litestream.replica.RestorePlanner;
import io.litestream.replica.RestoreRequest;
import io.litestream.replica.RestoreTarget;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// An application that commits at odd times, what it committed when, and what of that a replica
/// must have and must not have any more. It knows the promise, and nothing of how it is kept.
final class RecordedLife {

    /// The finest merge, and so how fine the points of [#MERGED] are.
    static final Duration FINEST = Duration.ofSeconds(5);

    static final Duration CAPTURED = Duration.ofSeconds(30);
    static final Duration MERGED = Duration.ofMinutes(6);
    static final Duration GRACE = Duration.ofSeconds(20);
    static final Duration CHECKS = Duration.ofSeconds(5);
    static final int HOURS = 2;

    /// Slots go five minutes' worth at a time.
    private static final Duration SLOTS_GO = CAPTURED.plus(Duration.ofMinutes(5));

    private static final String CONTENT = "SELECT id, hex(v) FROM t ORDER BY id";

    private final SteppedEngine engine;
    private final Random random;
    private final NavigableMap<Txid, Instant> times = new TreeMap<>();
    private final NavigableMap<Txid, List<String>> contents = new TreeMap<>();

    RecordedLife(SteppedEngine engine, Random random) {
        this.engine = engine;
        this.random = random;
    }

    /// Commits now and then, and is quiet for some minutes now and then.
    void live(Duration time) throws Exception {
        Instant end = engine.clock.instant().plus(time);
        while (engine.clock.instant().isBefore(end)) {
            commit();
            int quiet = random.nextInt(150) == 0 ? 60 + random.nextInt(600) : random.nextInt(12);
            for (int second = 0; second <= quiet; second++) {
                engine.pass(Duration.ofSeconds(1));
            }
        }
    }

    private void commit() throws Exception {
        int id = random.nextInt(40);
        String sql =
                random.nextInt(4) == 0
                        ? "DELETE FROM t WHERE id BETWEEN %d AND %d".formatted(id, id + 3)
                        : "REPLACE INTO t VALUES(%d, randomblob(%d))"
                                .formatted(id, random.nextInt(200));
        Txid txid = engine.commit(sql);
        times.putIfAbsent(txid, engine.clock.instant());
        contents.put(txid, engine.query(CONTENT));
    }

    /// Looks for everything that was promised, restores points, and tries some that are none.
    ///
    /// @param oneOf of so many points one is restored
    void check(Replica replica, Path scratch, int oneOf) throws Exception {
        Inventory inventory = replica.inventory();
        NavigableSet<Txid> points = RestorePlanner.points(inventory);
        for (Txid point : points.tailSet(times.firstKey())) {
            if (random.nextInt(oneOf) > 0) {
                continue;
            }
            assertThat(restored(replica, point, scratch))
                    .as("%s", point)
                    .isEqualTo(expected(point));
        }
        assertThat(points).containsAll(promised());
        assertEachHour(points);
        NavigableSet<Txid> gone = gone();
        inventory.files(Level.SNAPSHOT).forEach(file -> gone.remove(file.range().last()));
        TreeSet<Txid> still = new TreeSet<>(gone);
        still.retainAll(points);
        assertThat(still).as("single commits that were to go").isEmpty();
        for (Txid txid : gone) {
            if (txid.equals(gone.first()) || random.nextInt(20) == 0) {
                assertThatThrownBy(() -> restored(replica, txid, scratch))
                        .isInstanceOf(RestoreException.class);
            }
        }
    }

    private List<String> expected(Txid point) {
        assertThat(contents).as("a point nobody committed").containsKey(point);
        return contents.get(point);
    }

    private static List<String> restored(Replica replica, Txid txid, Path scratch)
            throws Exception {
        Path output = scratch.resolve("restored.db");
        new Restore(replica, io.litestream.time.Clock.system())
                .run(
                        RestoreRequest.of(new RestoreTarget.AtTxid(txid), output)
                                .withCheck(IntegrityCheck.NONE));
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + output)) {
            return EngineFixture.query(connection, CONTENT);
        } finally {
            Files.delete(output);
        }
    }

    private void assertEachHour(NavigableSet<Txid> points) {
        for (int i = 0; i < HOURS; i++) {
            Instant hour = engine.clock.instant().truncatedTo(ChronoUnit.HOURS);
            Set<Txid> in = in(hour.minus(Duration.ofHours(i)));
            assertThat(in.isEmpty() || in.stream().anyMatch(points::contains))
                    .as("a point %d hours before %s", i, hour)
                    .isTrue();
        }
    }

    private Set<Txid> in(Instant hour) {
        return times.entrySet().stream()
                .filter(commit -> commit.getValue().truncatedTo(ChronoUnit.HOURS).equals(hour))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /// Each commit of a short time, and the last one before each multiple of the finest interval.
    private NavigableSet<Txid> promised() {
        Instant now = engine.clock.instant();
        NavigableSet<Txid> promised = new TreeSet<>();
        times.forEach((txid, time) -> {
            if (!time.isBefore(now.minus(CAPTURED))) {
                promised.add(txid);
            }
        });
        for (Instant end = Upkeep.lastMultiple(FINEST, now);
                !end.isBefore(now.minus(MERGED));
                end = end.minus(FINEST)) {
            lastBefore(end).ifPresent(promised::add);
        }
        return promised;
    }

    private Optional<Txid> lastBefore(Instant end) {
        return times.entrySet().stream()
                .filter(commit -> commit.getValue().isBefore(end))
                .map(Map.Entry::getKey)
                .max(Txid::compareTo);
    }

    /// Returns single commits that were to be deleted by now: those of more than some minutes ago
    /// that end no merge. That of a snapshot is another matter.
    private NavigableSet<Txid> gone() {
        Instant now = engine.clock.instant();
        NavigableSet<Txid> merged = new TreeSet<>();
        for (Txid txid : times.keySet()) {
            Instant end = Upkeep.lastMultiple(FINEST, times.get(txid)).plus(FINEST);
            lastBefore(end).ifPresent(merged::add);
        }
        NavigableSet<Txid> gone = new TreeSet<>();
        Instant slotsGo = now.minus(SLOTS_GO).minus(CHECKS.multipliedBy(2));
        times.forEach((txid, time) -> {
            if (time.isBefore(slotsGo) && !merged.contains(txid)) {
                gone.add(txid);
            }
        });
        return gone;
    }

    /// Makes sure that of the time before what is kept nothing is left but what leads to a point of
    /// each hour, and to what is kept.
    void checkOld(Inventory inventory) {
        Instant since =
                engine.clock.instant().minus(MERGED).minus(GRACE).minus(CHECKS).minus(CHECKS);
        TreeSet<Txid> old = new TreeSet<>(RestorePlanner.points(inventory));
        old.removeIf(point -> !times.containsKey(point) || !times.get(point).isBefore(since));
        for (Txid kept : promised()) {
            old.removeAll(ends(inventory, kept));
        }
        int hours = 0;
        while (!old.isEmpty()) {
            old.removeAll(ends(inventory, old.last()));
            hours++;
        }
        assertThat(hours).as("points from before " + since).isLessThanOrEqualTo(HOURS);
    }

    /// Returns the points on the way to a point.
    private static Set<Txid> ends(Inventory inventory, Txid point) {
        return RestorePlanner.plan(inventory, point) instanceof PlanResult.Plan plan
                ? plan.files().stream().map(file -> file.range().last()).collect(Collectors.toSet())
                : Set.of();
    }
}
