package io.litestream.engine;

import io.litestream.ltx.Txid;
import io.litestream.replica.Compaction;
import io.litestream.replica.Compactor;
import io.litestream.replica.Inventory;
import io.litestream.replica.Level;
import io.litestream.time.Clock;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/// Merges what is new in the level below into one file of a level, at each multiple of its
/// interval.
///
/// What came since the last multiple waits for the next one. So a start merges only what an earlier
/// process should have merged, and however often it starts, files do not get smaller. Confined to
/// the upkeep of its destination.
final class CompactionChore implements Chore {

    private final Path database;
    private final Destination destination;
    private final Level level;
    private final Duration interval;
    private final Compactor compactor;
    private final MergePermits permits;
    private final Clock clock;
    private final Consumer<EngineEvent> events;

    /// The last transaction of a merge whose outcome is not known: the file may be there. Then the
    /// same merge is made again, which succeeds in either case.
    private @Nullable Txid attempted;

    CompactionChore(
            Path database,
            Destination destination,
            Level level,
            Duration interval,
            Compactor compactor,
            MergePermits permits,
            Clock clock,
            Consumer<EngineEvent> events) {
        this.database = database;
        this.destination = destination;
        this.level = level;
        this.interval = interval;
        this.compactor = compactor;
        this.permits = permits;
        this.clock = clock;
        this.events = events;
    }

    @Override
    public String name() {
        return "compaction";
    }

    @Override
    public Duration interval() {
        return interval;
    }

    @Override
    public void run(Turn turn) throws IOException {
        Inventory before = destination.inventory();
        Level below = new Level(level.number() - 1);
        Optional<Txid> end = before.head(below);
        if (end.isEmpty() || isEarly(before, end.get(), turn.now())) {
            return;
        }
        Optional<Compaction> due = next(before, end.get());
        while (due.isPresent()) {
            compact(due.get(), turn);
            due = next(destination.inventory(), end.get());
        }
    }

    private Optional<Compaction> next(Inventory inventory, Txid end) {
        Optional<Compaction> again =
                Optional.ofNullable(attempted)
                        .flatMap(last -> Compaction.next(inventory, level, last));
        return again.or(() -> Compaction.next(inventory, level, end));
    }

    /// Says whether all that is new was made since the last multiple of the interval. A wall clock
    /// that was set back would put the merge off for as long: then it is not early.
    private boolean isEarly(Inventory inventory, Txid end, Instant now) {
        Instant multiple = Upkeep.lastMultiple(interval, now);
        return Compaction.next(inventory, level, end)
                .map(due -> due.inputs().getFirst().created())
                .map(made -> !made.isBefore(multiple) && !made.isAfter(now.plus(interval)))
                .orElse(true);
    }

    private void compact(Compaction due, Turn turn) throws IOException {
        attempted = due.range().last();
        long began = clock.nanoTime();
        Compactor.Result result = permits.during(due, () -> compactor.compact(due, turn.ending()));
        attempted = null;
        destination.stored(result.file());
        events.accept(
                new EngineEvent.Compacted(
                        database,
                        destination.name(),
                        result.file(),
                        result.inputs().size(),
                        Duration.ofNanos(clock.nanoTime() - began)));
    }
}
