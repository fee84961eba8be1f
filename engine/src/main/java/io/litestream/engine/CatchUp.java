package io.litestream.engine;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.PageHash;
import io.litestream.replica.state.Position;
import io.litestream.sqlite.LockPage;
import io.litestream.sqlite.WalHeader;
import io.litestream.sqlite.WalPosition;
import io.litestream.sqlite.WalRead;
import io.litestream.sqlite.WalReader;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Brings the checksum of a view to a position that the line has in the WAL, by the frames between
/// the two.
///
/// @param live the checksum of the view
record CatchUp(PinnedFile pinned, PinnedView view, Checksum live) {

    /// Returns the checksum of the database at a position. Empty if the position is before the
    /// view, or if it cannot be told where it is.
    ///
    /// @param untouched whether the database file alone is known to be at the position
    Optional<Checksum> to(Position line, boolean untouched) throws IOException, ContinuityLost {
        if (line.pageSize() != view.pageSize()) {
            return Optional.empty();
        }
        Optional<WalPosition> from = view.position();
        Optional<WalPosition> end = line.wal();
        if (from.isEmpty() && untouched) {
            return Optional.of(live);
        }
        if (end.isEmpty() || !pinned.header().equals(end.map(WalPosition::header))) {
            return Optional.empty();
        }
        WalHeader header = end.get().header();
        // Another WAL than the view's began after the view, which is in the file then.
        WalPosition start =
                from.filter(position -> position.header().equals(header))
                        .orElse(WalPosition.start(header));
        long frames = end.get().frames();
        if (frames < start.frames()) {
            return Optional.empty();
        }
        return frames == start.frames() ? Optional.of(live) : through(start, frames, line);
    }

    private Optional<Checksum> through(WalPosition start, long frames, Position line)
            throws IOException, ContinuityLost {
        Map<Long, Long> hashes = new HashMap<>();
        WalRead read =
                WalReader.read(
                        pinned.wal(),
                        start,
                        frames,
                        Long.MAX_VALUE,
                        (_, page, buffer, offset) ->
                                hashes.put(
                                        page, PageHash.of(page, buffer, offset, view.pageSize())));
        if (!read.end().equals(line.wal().orElseThrow())) {
            return Optional.empty();
        }
        return Optional.of(new Checksum(live.value() ^ change(hashes, read.pageCount())));
    }

    /// Returns what the checksum changes by: the pages of the frames, those that the database loses
    /// at its end, and those that it grows by and that nobody wrote, which are zeros.
    private long change(Map<Long, Long> hashes, long pageCount) throws IOException {
        byte[] page = new byte[view.pageSize()];
        long lockPage = LockPage.number(view.pageSize());
        long change = 0;
        for (Map.Entry<Long, Long> written : hashes.entrySet()) {
            long number = written.getKey();
            if (number <= pageCount && number != lockPage) {
                change ^= written.getValue();
                change ^= number <= view.pageCount() ? view.readHashed(number, page) : 0;
            }
        }
        for (long number = pageCount + 1; number <= view.pageCount(); number++) {
            change ^= number == lockPage ? 0 : view.readHashed(number, page);
        }
        byte[] zeros = new byte[view.pageSize()];
        for (long number = view.pageCount() + 1; number <= pageCount; number++) {
            boolean unwritten = number != lockPage && !hashes.containsKey(number);
            change ^= unwritten ? PageHash.of(number, zeros) : 0;
        }
        return change;
    }
}
