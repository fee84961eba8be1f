package io.litestream.engine;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.PageHash;
import io.litestream.ltx.WalOrigin;
import io.litestream.replica.state.Position;
import io.litestream.sqlite.LockPage;
import io.litestream.sqlite.WalFile;
import io.litestream.sqlite.WalHeader;
import io.litestream.sqlite.WalMismatchException;
import io.litestream.sqlite.WalPosition;
import io.litestream.sqlite.WalRead;
import io.litestream.sqlite.WalReader;
import io.litestream.time.Clock;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

/// Takes what was committed since the line's position from the WAL, and publishes it as the next
/// files of the line.
///
/// Only frames that SQLite itself counts are read: a writer that dies in its commit can leave a
/// whole transaction in the file that SQLite does not count, and that the next one overwrites in
/// part. Confined to the worker that drives the database.
final class Capture {

    private final OpenDatabase database;
    private final Line line;
    private final FileGuard guard;
    private final long maxChunkBytes;
    private final Clock clock;
    private final Consumer<Line.Published> published;

    /// @param maxChunkBytes how much of the WAL one file takes before it ends at the next commit
    Capture(
            OpenDatabase database,
            Line line,
            FileGuard guard,
            long maxChunkBytes,
            Clock clock,
            Consumer<Line.Published> published) {
        this.database = database;
        this.line = line;
        this.guard = guard;
        this.maxChunkBytes = maxChunkBytes;
        this.clock = clock;
        this.published = published;
    }

    /// Captures to the end of the WAL, as it is when this is called: what is committed meanwhile is
    /// left for the next time. Returns false if others restarted the WAL while it was looked at, or
    /// something else wrote to the database file: nothing is lost, but it must be looked at again.
    ///
    /// @throws ContinuityLost if the line's position is not in this WAL, and it cannot be proven
    ///   that it need not be
    boolean toEnd() throws IOException, ContinuityLost {
        Look before = Look.at(database.file(), clock.instant());
        Optional<WalTail> asked = database.tail();
        if (asked.isEmpty()) {
            return false;
        }
        WalTail tail = asked.get();
        Optional<Look> explained = guard.explained(before, tail);
        if (explained.isEmpty()) {
            return false;
        }
        Look look = explained.get();
        Optional<WalPosition> from = start(tail);
        if (from.isEmpty() || from.get().frames() == tail.validFrames()) {
            line.settled(look, tail.isBackfilled());
            return true;
        }
        WalPosition at = from.get();
        while (at.frames() < tail.validFrames()) {
            if (!chunk(at, tail, look)) {
                return false;
            }
            at = line.position().wal().orElseThrow();
        }
        return true;
    }

    /// Returns how many frames are not captured yet.
    long pendingFrames(WalTail tail) throws ContinuityLost {
        return start(tail).map(from -> tail.validFrames() - from.frames()).orElse(0L);
    }

    /// Returns where to go on: empty if there is no valid frame, so that there is nothing to read.
    private Optional<WalPosition> start(WalTail tail) throws ContinuityLost {
        if (tail.validFrames() == 0) {
            return Optional.empty();
        }
        WalHeader header = tail.header().orElseThrow();
        Position position = line.position();
        if (header.pageSize() != position.pageSize()) {
            throw new ContinuityLost(
                    "the wal has pages of %d bytes, expected %d"
                            .formatted(header.pageSize(), position.pageSize()));
        }
        Optional<WalPosition> known = position.wal().filter(wal -> wal.header().equals(header));
        if (known.isEmpty()) {
            return Optional.of(WalPosition.start(header));
        }
        if (tail.validFrames() < known.get().frames()) {
            throw new ContinuityLost(
                    "the wal has %d valid frames, fewer than the %d that were captured"
                            .formatted(tail.validFrames(), known.get().frames()));
        }
        return known;
    }

    private boolean chunk(WalPosition from, WalTail tail, Look look)
            throws IOException, ContinuityLost {
        WalFile wal = database.wal();
        FrameIndex pages = new FrameIndex();
        int pageSize = from.header().pageSize();
        long lockPage = LockPage.number(pageSize);
        WalRead read;
        try {
            read =
                    WalReader.read(
                            wal,
                            from,
                            tail.validFrames(),
                            maxChunkBytes,
                            (frame, page, buffer, offset) -> {
                                if (page != lockPage) {
                                    pages.put(
                                            page,
                                            frame,
                                            PageHash.of(page, buffer, offset, pageSize));
                                }
                            });
        } catch (WalMismatchException e) {
            if (!database.header().equals(tail.header())) {
                return false;
            }
            throw new ContinuityLost(e);
        }
        if (!database.header().equals(tail.header())) {
            return false;
        }
        publish(from, read, pages, tail, look);
        return true;
    }

    private void publish(WalPosition from, WalRead read, FrameIndex pages, WalTail tail, Look look)
            throws IOException {
        int pageSize = from.header().pageSize();
        WalFile wal = database.wal();
        GrowthPages growth = new GrowthPages(database.file(), wal, pageSize);
        growth.addMissing(pages, line.position().pageCount(), read.pageCount(), from);
        CapturedPages captured =
                new CapturedPages(pages.sorted(read.pageCount()), wal, growth, pageSize);
        Checksum checksum = line.table().preview(read.pageCount(), captured);
        WalPosition end = read.end();
        Line.NextFile next =
                new Line.NextFile(
                        line.head().next(),
                        pageSize,
                        read.pageCount(),
                        Optional.of(line.position().checksum()),
                        checksum,
                        origin(from, end),
                        Optional.of(end),
                        tail.backfilledFrames() >= end.frames(),
                        captured,
                        Optional.empty());
        published.accept(line.publish(next, look));
    }

    private static WalOrigin origin(WalPosition from, WalPosition end) {
        WalHeader header = end.header();
        return new WalOrigin(
                from.offset(), end.offset() - from.offset(), header.salt1(), header.salt2());
    }
}
