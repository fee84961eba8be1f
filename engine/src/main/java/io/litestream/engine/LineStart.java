package io.litestream.engine;

import static java.lang.System.Logger.Level.WARNING;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.CorruptFileException;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.Txid;
import io.litestream.replica.ReplicaFile;
import io.litestream.replica.TouchedPages;
import io.litestream.replica.state.BaselineFile;
import io.litestream.replica.state.PageHashTable;
import io.litestream.replica.state.Position;
import io.litestream.replica.state.RestoredPosition;
import io.litestream.replica.state.StateDirectory;
import io.litestream.sqlite.WalPosition;
import io.litestream.storage.file.DurableFiles;
import io.litestream.time.Clock;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Finds out, with the pin held, how the line of a database goes on; and publishes what that takes.
///
/// | Local state              | Destinations' highest head | The line                                             |
/// |--------------------------|----------------------------|------------------------------------------------------|
/// | none                     | none                       | begins: transaction 1 is the base                    |
/// | at N, proven continuous  | up to N                    | goes on from the WAL                                 |
/// | at N, with page hashes   | up to N                    | N + 1 holds what differs                             |
/// | at N, without            | up to N                    | N + 1 holds every page                               |
/// | at P or restored to P    | M after P                  | M + 1 holds what differs, and what P + 1…M touched   |
/// | none, or without hashes  | M                          | M + 1 holds every page                               |
final class LineStart {

    private static final System.Logger LOGGER = System.getLogger(LineStart.class.getName());

    private final DatabaseSettings settings;
    private final StateDirectory state;
    private final List<Destination> destinations;
    private final Clock clock;
    private final Consumer<EngineEvent> events;

    LineStart(
            DatabaseSettings settings,
            StateDirectory state,
            List<Destination> destinations,
            Clock clock,
            Consumer<EngineEvent> events) {
        this.settings = settings;
        this.state = state;
        this.destinations = destinations;
        this.clock = clock;
        this.events = events;
    }

    /// A line that has begun, and what the files looked like before it was found out how.
    record Begun(Line line, Look look, WalTail tail) {}

    /// Returns the line, or nothing if it cannot be known yet how it goes on: there is no local
    /// state, and no destination has answered; or the WAL does not settle.
    Optional<Begun> begin(LiveSource database, Spool spool) throws IOException, ContinuityLost {
        Look look = Look.at(database.file(), clock.instant());
        Optional<WalTail> tail = database.tail();
        Optional<LtxHeader> newest = newest(spool);
        Optional<RestoredPosition> restored =
                newest.isEmpty() ? RestoredPosition.read(state.restored()) : Optional.empty();
        boolean known = newest.isPresent() || restored.isPresent() || isAnyKnown();
        if (tail.isEmpty() || !known) {
            return Optional.empty();
        }
        Start start = new Start(database, spool, look, tail.get());
        Line line = choose(start, newest, restored);
        DurableFiles.deleteIfExists(state.restored());
        return Optional.of(new Begun(line, look, tail.get()));
    }

    /// Compares the database with what was published, and publishes what differs as the next
    /// transaction. The line given is used up: what is returned takes its place.
    Line reconcile(Line line, LiveSource database, String reason)
            throws IOException, ContinuityLost {
        Start start = start(line, database);
        if (start.pageSize() == line.position().pageSize()) {
            compare(start, line, line.head().next(), reason, new BitSet());
            return line;
        }
        Txid next = line.head().next();
        Instant timestamp = line.headTimestamp();
        line.close();
        return rebase(start, next, timestamp, reason);
    }

    /// Publishes every page as the transaction that follows the newest file of a destination. The
    /// line given is used up: what is returned takes its place.
    Line jump(Line line, LiveSource database, Destination ahead)
            throws IOException, ContinuityLost {
        ReplicaFile past =
                ahead.inventory().files().stream()
                        .max(Comparator.comparing(file -> file.range().last()))
                        .orElseThrow();
        events.accept(
                new EngineEvent.HistoryAdopted(
                        settings.database(), ahead.name(), past.range().last()));
        Start start = start(line, database);
        Instant timestamp =
                line.headTimestamp().isAfter(past.created())
                        ? line.headTimestamp()
                        : past.created();
        String reason =
                "a destination is at txid %s, after the line; every page is published"
                        .formatted(past.range().last());
        line.close();
        return rebuild(start, past.range().last().next(), timestamp, reason);
    }

    private Start start(Line line, LiveSource database) throws IOException {
        Look look = Look.at(database.file(), clock.instant());
        WalTail tail =
                database.tail()
                        .orElseThrow(
                                () -> new IOException("the wal does not settle; looking again"));
        return new Start(database, line.spool(), look, tail);
    }

    private Line choose(
            Start start, Optional<LtxHeader> newest, Optional<RestoredPosition> restored)
            throws IOException, ContinuityLost {
        Optional<Destination> ahead = highest();
        Optional<Txid> away = ahead.flatMap(Destination::durable);
        Optional<Txid> local = newest.map(header -> header.range().last());
        if (away.isPresent() && (local.isEmpty() || away.get().isAfter(local.get()))) {
            return adopt(start, newest, restored, ahead.get(), away.get());
        }
        if (newest.isPresent()) {
            return goOn(start, newest.get());
        }
        return first(start);
    }

    private Line first(Start start) throws IOException, ContinuityLost {
        PageView view = start.view();
        PageHashTable table = PageHashTable.create(state.table(), view.pageSize());
        PageHashTable.Update update = table.begin(view.pageCount(), Txid.FIRST);
        Comparison all = Comparison.withNothing(update, view);
        update.commit();
        table.force();
        return line(start, table, Txid.FIRST, all.checksum(), clock.instant());
    }

    private Line goOn(Start start, LtxHeader newest) throws IOException, ContinuityLost {
        Txid txid = newest.range().last();
        Optional<PageHashTable> table = TableLoad.at(newest, start.spool(), state.table());
        if (table.isEmpty()) {
            String reason = "there are no page hashes that agree with txid " + txid;
            return rebuild(start, txid.next(), newest.timestamp(), reason);
        }
        Line line = line(start, table.get(), txid, table.get().checksum(), newest.timestamp());
        try (BaselineFile baselines = BaselineFile.open(state.baseline())) {
            line.located(
                    Continuity.prove(
                            baselines.read(),
                            line.position(),
                            start.database(),
                            start.look(),
                            start.tail()));
            return line;
        } catch (ContinuityLost e) {
            line.close();
            return compareOrRebuild(start, newest, e.reason());
        }
    }

    private Line compareOrRebuild(Start start, LtxHeader newest, String reason)
            throws IOException, ContinuityLost {
        Txid txid = newest.range().last();
        if (start.pageSize() != newest.pageSize()) {
            return rebase(start, txid.next(), newest.timestamp(), reason);
        }
        PageHashTable table = TableLoad.at(newest, start.spool(), state.table()).orElseThrow();
        Line line = line(start, table, txid, table.checksum(), newest.timestamp());
        compare(start, line, txid.next(), reason, new BitSet());
        return line;
    }

    private Line adopt(
            Start start,
            Optional<LtxHeader> newest,
            Optional<RestoredPosition> restored,
            Destination ahead,
            Txid head)
            throws IOException, ContinuityLost {
        if (newest.isEmpty() && restored.isEmpty()) {
            requireSamePageSize(start, ahead, head);
        }
        events.accept(new EngineEvent.HistoryAdopted(settings.database(), ahead.name(), head));
        Instant timestamp = headerOf(ahead, head).timestamp();
        Optional<PageHashTable> table =
                newest.isPresent()
                        ? TableLoad.at(newest.get(), start.spool(), state.table())
                        : restored.isPresent() ? restoredTable(restored.get()) : Optional.empty();
        String reason = "the replica is at txid " + head + ", after the local state";
        Optional<BitSet> touched = touched(start, table, ahead, head);
        if (touched.isEmpty()) {
            if (table.isPresent()) {
                table.get().close();
            }
            return rebuild(start, head.next(), timestamp, reason + "; every page is published");
        }
        Txid from = table.orElseThrow().txid().orElseThrow();
        Line line = line(start, table.get(), from, table.get().checksum(), timestamp);
        compare(start, line, head.next(), reason, touched.get());
        return line;
    }

    /// Returns the pages to publish besides those that differ; empty if only all of them will do.
    private static Optional<BitSet> touched(
            Start start, Optional<PageHashTable> table, Destination ahead, Txid head)
            throws IOException, ContinuityLost {
        PageView view = start.view();
        if (table.isEmpty() || table.get().pageSize() != view.pageSize()) {
            return Optional.empty();
        }
        Txid from = table.get().txid().orElseThrow();
        Optional<TouchedPages> touched =
                TouchedPages.between(ahead.replica(), ahead.inventory(), from, head);
        boolean joins =
                touched.isPresent()
                        && TakenSlot.joins(
                                touched.get().before(), Optional.of(table.get().checksum()));
        return joins ? Optional.of(pages(touched.get(), view.pageCount())) : Optional.empty();
    }

    /// Returns the touched pages, and all beyond the size that the database had after them.
    private static BitSet pages(TouchedPages touched, long pageCount) throws IOException {
        BitSet pages = new BitSet();
        touched.pages().forEach(page -> pages.set(Math.toIntExact(page)));
        if (pageCount > touched.pageCount()) {
            pages.set(Math.toIntExact(touched.pageCount() + 1), Math.toIntExact(pageCount + 1));
        }
        return pages;
    }

    private Optional<PageHashTable> restoredTable(RestoredPosition restored) throws IOException {
        Optional<PageHashTable> table = PageHashTable.open(state.table());
        if (table.isPresent() && !table.get().checksum().equals(restored.checksum())) {
            table.get().close();
            return Optional.empty();
        }
        return table;
    }

    /// Publishes what differs, and `more`, as transaction `next`; nothing if nothing does and
    /// nothing must.
    private void compare(Start start, Line line, Txid next, String reason, BitSet more)
            throws IOException, ContinuityLost {
        long began = clock.nanoTime();
        Comparison found = start.compare(line.table(), more);
        PageView view = found.view();
        boolean jump = !next.equals(line.head().next());
        boolean resized = view.pageCount() != line.position().pageCount();
        if (found.count() > 0 || jump || resized) {
            BitSet atLeastOne = new BitSet();
            atLeastOne.set(1);
            line.publish(
                    found.including(atLeastOne)
                            .file(next, joined(line, next), start.isBackfilled()),
                    start.look());
        } else {
            line.located(view.position());
            line.settled(start.look(), start.isBackfilled());
        }
        report(reason, line.head(), view, found.count(), began);
    }

    private static Optional<Checksum> joined(Line line, Txid next) {
        return line.head().next().equals(next)
                ? Optional.of(line.position().checksum())
                : Optional.empty();
    }

    /// Publishes every page, in another size. What the destinations have cannot be applied to it:
    /// they need a new base.
    private Line rebase(Start start, Txid next, Instant timestamp, String reason)
            throws IOException, ContinuityLost {
        Line line = rebuild(start, next, timestamp, reason + "; the page size changed");
        destinations.forEach(Destination::needsBase);
        return line;
    }

    /// Publishes every page as transaction `next`.
    private Line rebuild(Start start, Txid next, Instant timestamp, String reason)
            throws IOException, ContinuityLost {
        long began = clock.nanoTime();
        PageView view = start.view();
        PageHashTable table = PageHashTable.create(state.table(), view.pageSize());
        PageHashTable.Update update = table.begin(view.pageCount(), next);
        Comparison all = Comparison.withNothing(update, view);
        Line line = line(start, table, next, all.checksum(), timestamp);
        line.publish(
                all.file(next, Optional.empty(), start.isBackfilled()).withFilled(update),
                start.look());
        line.forceTable();
        report(reason, next, view, all.count(), began);
        return line;
    }

    private Line line(
            Start start, PageHashTable table, Txid txid, Checksum checksum, Instant timestamp)
            throws IOException, ContinuityLost {
        Optional<WalPosition> wal = start.position();
        Position position = new Position(txid, table.pageSize(), table.pageCount(), checksum, wal);
        BaselineFile baselines = BaselineFile.open(state.baseline());
        return new Line(start.spool(), table, baselines, position, timestamp, clock);
    }

    private void report(String reason, Txid head, PageView view, long differing, long began) {
        Duration took = Duration.ofNanos(clock.nanoTime() - began);
        events.accept(
                new EngineEvent.Compared(
                        settings.database(), reason, head, view.pageCount(), differing, took));
    }

    private boolean isAnyKnown() {
        return destinations.stream().anyMatch(d -> d.standing() == Destination.Standing.READY);
    }

    private Optional<Destination> highest() {
        return destinations.stream()
                .filter(d -> d.standing() == Destination.Standing.READY && d.durable().isPresent())
                .max(Comparator.comparing(d -> d.durable().orElseThrow()));
    }

    /// A replica with other pages, and nothing here that tells of it, is that of another database.
    private void requireSamePageSize(Start start, Destination ahead, Txid head)
            throws IOException, ContinuityLost {
        int theirs = headerOf(ahead, head).pageSize();
        int ours = start.pageSize();
        if (theirs != ours) {
            ahead.stop(
                    "it holds a database with pages of %d bytes, and this one has %d: it belongs to another database;"
                                    .formatted(theirs, ours)
                            + " give this one a path of its own");
            throw new IOException("destination %s was refused".formatted(ahead.name()));
        }
    }

    private static LtxHeader headerOf(Destination destination, Txid head) throws IOException {
        ReplicaFile file =
                destination.inventory().files().stream()
                        .filter(f -> f.range().last().equals(head))
                        .findFirst()
                        .orElseThrow();
        return destination.replica().header(file);
    }

    /// What is damaged is passed over: then the page hashes do not agree with what is left.
    private static Optional<LtxHeader> newest(Spool spool) throws IOException {
        Optional<Txid> txid = spool.newest();
        while (txid.isPresent()) {
            try {
                return Optional.of(spool.header(txid.get()));
            } catch (CorruptFileException e) {
                LOGGER.log(WARNING, e.getMessage() + "; set aside, every page is published");
                spool.setAside(txid.get());
                txid = spool.newest();
            }
        }
        return Optional.empty();
    }
}
