package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.replica.KeyLayout;
import io.litestream.replica.Replica;
import io.litestream.storage.testkit.MemoryObjectStore;
import io.litestream.storage.testkit.Operation;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/// What a database costs in requests that is written once a second, with every default: the whole
/// engine, on a clock that is told what time it is.
///
/// Three quarters of an hour have all that a day has, as there are a snapshot and a merge to the
/// highest level in them, and more often. For another length: `-Dlitestream.budget.minutes=1440`.
final class RequestBudgetTest {

    private static final int MINUTES = Integer.getInteger("litestream.budget.minutes", 45);
    private static final int SECONDS = MINUTES * 60;
    private static final Duration WARM = Duration.ofMinutes(6);
    private static final Instant END = Instant.parse("2026-05-07T00:10:00Z");
    private static final double BUDGET = 1.06;

    @TempDir Path directory;

    private final MemoryObjectStore store = new MemoryObjectStore();
    private final Replica replica = new Replica("memory", store, KeyLayout.PLAIN);

    @Test
    void aWriteASecondCostsLittleMoreThanItsUploads() throws Exception {
        Instant start = END.minusSeconds(SECONDS).minus(WARM);
        try (SteppedEngine engine =
                new SteppedEngine(directory, start, "CREATE TABLE t(id INTEGER PRIMARY KEY, v)")) {
            engine.start(replica, RetentionSettings.DEFAULT, UpkeepSettings.DEFAULT);
            Txid before = write(engine, WARM.toSeconds());
            store.resetCounts();

            Txid after = write(engine, SECONDS);

            long slots = after.value() - before.value();
            long paid = store.calls() - store.calls(Operation.DELETE);
            String costs =
                    "%d slots; created %d, replaced %d, opened %d, found %d, listed %d; deleted %d"
                            .formatted(
                                    slots,
                                    store.calls(Operation.CREATE),
                                    store.calls(Operation.REPLACE),
                                    store.calls(Operation.OPEN),
                                    store.calls(Operation.FIND),
                                    store.calls(Operation.LIST),
                                    store.calls(Operation.DELETE));
            System.out.println(costs);
            assertThat(slots).isEqualTo(SECONDS);
            assertThat(store.calls(Operation.LIST)).as(costs).isZero();
            assertThat(paid / (double) slots).as(costs).isLessThanOrEqualTo(BUDGET);
            long merges = MINUTES * 2 + MINUTES / 5 + Math.ceilDiv(MINUTES, 60);
            assertThat(store.calls(Operation.CREATE) - slots)
                    .as("merges and a snapshot: " + costs)
                    .isBetween(merges, merges + 2);
            assertThat(engine.events).noneMatch(EngineEvent.UpkeepFailed.class::isInstance);
        }
        assertThat(replica.inventory().files()).hasSizeLessThan(700 + 2 * MINUTES + MINUTES / 4);
    }

    private static Txid write(SteppedEngine engine, long seconds) throws Exception {
        Txid last = Txid.FIRST;
        for (long second = 0; second < seconds; second++) {
            last = engine.commit("REPLACE INTO t VALUES(%d, %d)".formatted(second % 100, second));
            engine.pass(Duration.ofSeconds(1));
        }
        return last;
    }
}
