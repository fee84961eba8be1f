package io.litestream.replica.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.replica.Inventory;
import io.litestream.replica.Level;
import io.litestream.replica.PlanResult;
import io.litestream.replica.ReplicaFile;
import io.litestream.replica.RestorePlanner;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/// What holds of every plan, over random replicas, settings and pins.
final class RetentionPropertiesTest {

    private static final int ROUNDS = 200;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    /// A replica, and what is asked of it.
    private record Case(
            Inventory inventory, RetentionPolicy policy, List<Pin> pins, Instant now, String of) {

        String what() {
            return "%s: %s %s at %s of %s".formatted(of, policy, pins, now, inventory.files());
        }

        RetentionPlan plan() {
            return RetentionPlanner.plan(inventory, policy, pins, now);
        }

        Case with(Inventory other) {
            return new Case(other, policy, pins, now, of);
        }
    }

    @FunctionalInterface
    private interface Property {
        void check(Case of);
    }

    private void check(Property property) {
        for (int round = 0; round < ROUNDS; round++) {
            RandomHistory history = new RandomHistory(random);
            history.grow(random.nextInt(120));
            if (random.nextBoolean()) {
                history.damage();
            }
            Instant now = history.now().plus(Duration.ofMinutes(random.nextInt(5000)));
            RetentionPolicy policy = history.policy();
            List<Pin> pins = history.pins();
            Inventory inventory = history.inventory();
            String name = "seed %d round %d".formatted(seed, round);
            property.check(new Case(inventory, policy, pins, now, name));
        }
    }

    @Test
    void noPlanChangesThePlanOfARetainedPoint() {
        check(of -> {
            RetentionPlan plan = of.plan();
            for (Txid point : plan.points()) {
                PlanResult before = RestorePlanner.plan(of.inventory(), point);
                assertThat(before).as(of::what).isInstanceOf(PlanResult.Plan.class);
                assertThat(RestorePlanner.plan(plan.kept(), point)).as(of::what).isEqualTo(before);
            }
        });
    }

    @Test
    void anyPartOfTheDeletionsLeavesEveryRetainedPoint() {
        check(of -> {
            RetentionPlan plan = of.plan();
            int done = random.nextInt(plan.deletions().size() + 1);
            Set<ReplicaFile> left = new HashSet<>(of.inventory().files());
            plan.deletions().subList(0, done).forEach(left::remove);
            NavigableSet<Txid> points = RestorePlanner.points(Inventory.of(left));
            assertThat(points).as(of::what).containsAll(plan.points());
        });
    }

    @Test
    void everyFileEitherStaysOrGoes() {
        check(of -> {
            RetentionPlan plan = of.plan();
            List<ReplicaFile> all = new ArrayList<>(plan.kept().files());
            all.addAll(plan.deletions());
            assertThat(all)
                    .as(of::what)
                    .containsExactlyInAnyOrderElementsOf(of.inventory().files());
        });
    }

    @Test
    void theOrderInWhichFilesAndPinsAreGivenMakesNoDifference() {
        check(of -> {
            List<ReplicaFile> shuffled = new ArrayList<>(of.inventory().files());
            Collections.shuffle(shuffled, random);
            RetentionPlan again = of.with(Inventory.of(shuffled)).plan();
            assertThat(again.deletions()).as(of::what).isEqualTo(of.plan().deletions());
            assertThat(again.points()).as(of::what).isEqualTo(of.plan().points());
        });
    }

    @Test
    void aPlanThatWasCarriedOutLeavesNothingToDo() {
        check(of -> {
            Case now = of;
            int rounds = 0;
            while (!now.plan().deletions().isEmpty()) {
                assertThat(rounds++).as(of::what).isLessThan(3);
                now = now.with(now.plan().kept());
            }
        });
    }

    @Test
    void nothingIsDueBeforeTheTimeThatThePlanNames() {
        check(of -> {
            RetentionPlan plan = of.plan();
            Instant end = plan.next().orElse(of.now().plus(Duration.ofDays(9000)));
            long span = Duration.between(of.now(), end).toMillis();
            Instant between = of.now().plusMillis(random.nextLong(Math.max(1, span)));
            Case settled = of.with(plan.kept());
            if (settled.plan().deletions().isEmpty() && !hasOddTime(of)) {
                RetentionPlan later =
                        RetentionPlanner.plan(plan.kept(), of.policy(), of.pins(), between);
                assertThat(later.deletions())
                        .as(() -> "at " + between + ", " + of.what())
                        .isEmpty();
            }
        });
    }

    private static boolean hasOddTime(Case of) {
        return of.inventory().files().stream()
                .anyMatch(file ->
                        file.created().isAfter(of.now()) || file.created().equals(Instant.EPOCH));
    }

    @Test
    void theNewestPointAndTheNewestFileOfEachLevelStay() {
        check(of -> {
            RetentionPlan plan = of.plan();
            NavigableSet<Txid> points = RestorePlanner.points(of.inventory());
            if (!points.isEmpty()) {
                assertThat(plan.points()).as(of::what).contains(points.last());
            }
            for (Level level : Level.all()) {
                assertThat(plan.kept().head(level))
                        .as(of::what)
                        .isEqualTo(of.inventory().head(level));
            }
        });
    }

    @Test
    void aPinKeepsItsPointOrIsToldToBeLost() {
        check(of -> {
            RetentionPlan plan = of.plan();
            for (Pin pin : of.pins()) {
                boolean kept =
                        RestorePlanner.plan(plan.kept(), pin.txid()) instanceof PlanResult.Plan;
                boolean lost = plan.lostPins().contains(pin);
                assertThat(kept).as(of::what).isNotEqualTo(lost);
            }
        });
    }

    @Test
    void theFilesOfAllPointsAreThoseOfEachPointsPlan() {
        check(of -> {
            TreeSet<Txid> some = new TreeSet<>(RestorePlanner.points(of.inventory()));
            some.removeIf(_ -> random.nextInt(3) == 0);
            Set<ReplicaFile> expected = new HashSet<>();
            for (Txid point : some) {
                if (RestorePlanner.plan(of.inventory(), point) instanceof PlanResult.Plan plan) {
                    expected.addAll(plan.files());
                }
            }
            assertThat(RestorePlanner.files(of.inventory(), some)).as(of::what).isEqualTo(expected);
        });
    }

    @Test
    void everythingPromisedIsThereAfterwards() {
        check(of -> {
            RetentionPlan plan = of.plan();
            Timeline before = new Timeline(of.inventory(), of.now());
            NavigableSet<Txid> after = RestorePlanner.points(plan.kept());
            for (Timeline.Point point : before.points()) {
                boolean promised = isWithin(of.policy().captured(), point, of.now());
                for (int level = 1; level <= point.level().number(); level++) {
                    Optional<Duration> own =
                            of.policy()
                                    .levels()
                                    .getOrDefault(new Level(level), of.policy().merged());
                    promised |= isWithin(own, point, of.now());
                }
                if (promised) {
                    assertThat(after).as(of::what).contains(point.txid());
                }
            }
            assertPeriods(of, before, plan, Period.HOUR, of.policy().tiers().hourly());
            assertPeriods(of, before, plan, Period.DAY, of.policy().tiers().daily());
            assertPeriods(of, before, plan, Period.WEEK, of.policy().tiers().weekly());
            assertPeriods(of, before, plan, Period.MONTH, of.policy().tiers().monthly());
        });
    }

    /// Else what is kept for one hour would belong to another after a deletion, and would go.
    @Test
    void theTimeOfARetainedPointDoesNotChange() {
        check(of -> {
            RetentionPlan plan = of.plan();
            Timeline before = new Timeline(of.inventory(), of.now());
            Timeline after = new Timeline(plan.kept(), of.now());
            Set<Timeline.Point> points = new HashSet<>(after.points());
            for (Timeline.Point point : before.points()) {
                if (plan.points().contains(point.txid()) && !hasOddTime(of)) {
                    assertThat(points).as(of::what).contains(point);
                }
            }
        });
    }

    private static boolean isWithin(Optional<Duration> length, Timeline.Point point, Instant now) {
        return length.isEmpty() || !point.time().isBefore(now.minus(length.get()));
    }

    /// Each period that had a point has one still; each that had none can have the state of its
    /// end.
    private static void assertPeriods(
            Case of, Timeline before, RetentionPlan plan, Period period, int count) {
        Instant start = period.start(of.now());
        for (int i = 0; i < count; i++, start = period.plus(start, -1)) {
            Instant from = start;
            Instant to = period.plus(start, 1);
            if (before.points().stream().anyMatch(point -> isIn(point, from, to))) {
                assertThat(before.points())
                        .as(() -> period + " of " + from + ", " + of.what())
                        .anyMatch(p -> plan.points().contains(p.txid()) && isIn(p, from, to));
            } else {
                before.points().stream()
                        .filter(point -> point.time().isBefore(from))
                        .map(Timeline.Point::txid)
                        .max(Txid::compareTo)
                        .ifPresent(held ->
                                assertThat(plan.points())
                                        .as(() -> period + " of " + from + ", " + of.what())
                                        .contains(held));
            }
        }
    }

    private static boolean isIn(Timeline.Point point, Instant from, Instant to) {
        return !point.time().isBefore(from) && point.time().isBefore(to);
    }
}
