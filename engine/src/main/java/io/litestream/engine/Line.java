package io.litestream.engine;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.IntegrityTag;
import io.litestream.ltx.LtxEncoder;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.ltx.WalOrigin;
import io.litestream.replica.state.Baseline;
import io.litestream.replica.state.BaselineFile;
import io.litestream.replica.state.PageHashTable;
import io.litestream.replica.state.Position;
import io.litestream.sqlite.WalPosition;
import io.litestream.storage.file.Publication;
import io.litestream.time.Clock;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/// The local end of a database's line: its position, the hashes of its pages there, and the files
/// of level 0.
///
/// A file is published in this order: the baseline that goes with it, the file, the hashes. A crash
/// between any two is told apart at the next start: a baseline counts only for the newest file, and
/// the newest files are applied to the hashes again. Confined to the worker that drives the
/// database, but for [#head].
final class Line implements AutoCloseable {

    /// How many files may come between two times that the hashes are forced to disk: the files
    /// since then are kept.
    private static final int TABLE_FORCE_FILES = 64;

    /// After how many bytes of files they are forced at the latest.
    private static final long TABLE_FORCE_BYTES = 64L << 20;

    private final Spool spool;
    private final PageHashTable table;
    private final BaselineFile baselines;
    private final Clock clock;
    private Instant lastTimestamp;
    private volatile Position position;
    private int filesSinceForce;
    private long bytesSinceForce;
    private @Nullable Baseline lastBaseline;

    Line(
            Spool spool,
            PageHashTable table,
            BaselineFile baselines,
            Position position,
            Instant lastTimestamp,
            Clock clock) {
        this.spool = spool;
        this.table = table;
        this.baselines = baselines;
        this.position = position;
        this.lastTimestamp = lastTimestamp;
        this.clock = clock;
    }

    Position position() {
        return position;
    }

    Txid head() {
        return position.txid();
    }

    Spool spool() {
        return spool;
    }

    PageHashTable table() {
        return table;
    }

    /// The time of the newest transaction: its header's.
    Instant headTimestamp() {
        return lastTimestamp;
    }

    /// Notes where in the WAL the line stands, after it was proven that the database is as the line
    /// has it.
    void located(Optional<WalPosition> wal) {
        Position p = position;
        position = new Position(p.txid(), p.pageSize(), p.pageCount(), p.checksum(), wal);
    }

    /// Notes what the files looked like before a sync that found nothing new: from here the next
    /// start goes on.
    void settled(Look look, boolean backfilled) throws IOException {
        Baseline baseline = look.baseline(position, backfilled);
        Baseline before = lastBaseline;
        boolean known =
                before != null
                        && before.position().equals(baseline.position())
                        && before.database().equals(baseline.database())
                        && before.wal().equals(baseline.wal())
                        && before.backfilled() == backfilled
                        && !Look.isYoung(before.database(), before.taken());
        if (!known) {
            write(baseline);
        }
    }

    private void write(Baseline baseline) throws IOException {
        baselines.write(baseline);
        lastBaseline = baseline;
    }

    /// Publishes the next file of the line, and moves the position.
    ///
    /// @param look what the files looked like before the sync
    Published publish(NextFile next, Look look) throws IOException {
        Txid txid = next.txid();
        Instant now = clock.instant();
        Instant timestamp = now.isAfter(lastTimestamp) ? now : lastTimestamp;
        Position to =
                new Position(txid, next.pageSize(), next.pageCount(), next.checksum(), next.wal());
        write(look.baseline(to, next.backfilled()));
        try (Publication publication = spool.create(txid);
                LtxEncoder encoder = new LtxEncoder(publication.out(), header(next, timestamp))) {
            next.pages().writeTo(encoder);
            encoder.finish();
            publication.commitReplace();
        }
        long bytes = spool.published(txid, now);
        lastTimestamp = timestamp;
        updateTable(next, bytes);
        position = to;
        return new Published(txid, next.pages().count(), bytes);
    }

    /// What was published.
    record Published(Txid txid, long pages, long bytes) {}

    /// Returns the newest transaction whose file is not needed here any more, as far as the hashes
    /// go.
    Txid durableTable() {
        return table.durableThrough().orElse(Txid.FIRST);
    }

    private static LtxHeader header(NextFile next, Instant timestamp) {
        return new LtxHeader(
                next.pageSize(),
                next.pageCount(),
                TxidRange.of(next.txid()),
                timestamp,
                next.origin(),
                0,
                new IntegrityTag(next.before(), Optional.of(next.checksum())));
    }

    private void updateTable(NextFile next, long bytes) throws IOException {
        if (next.filled().isPresent()) {
            next.filled().get().commit();
        } else {
            table.apply(next.pageCount(), next.txid(), next.pages());
        }
        if (!table.checksum().equals(next.checksum())) {
            throw new IOException(
                    "page hashes of txid %s have checksum %s, expected %s; the table is void"
                            .formatted(next.txid(), table.checksum(), next.checksum()));
        }
        filesSinceForce++;
        bytesSinceForce += bytes;
        if (filesSinceForce >= TABLE_FORCE_FILES || bytesSinceForce >= TABLE_FORCE_BYTES) {
            forceTable();
        }
    }

    void forceTable() throws IOException {
        table.force();
        filesSinceForce = 0;
        bytesSinceForce = 0;
    }

    @Override
    public void close() throws IOException {
        try (table;
                baselines) {
            // both are closed, whatever fails
        }
    }

    /// A file that is about to be published.
    ///
    /// @param before checksum of the whole database before it; empty if that is not known
    /// @param checksum of the whole database as the file leaves it
    /// @param wal where in the WAL the database is as the file leaves it; empty if the WAL has no
    ///   valid frame
    /// @param backfilled whether the database file alone holds all of it
    /// @param filled the table's update if it was filled already, so that only its commit is left
    record NextFile(
            Txid txid,
            int pageSize,
            long pageCount,
            Optional<Checksum> before,
            Checksum checksum,
            WalOrigin origin,
            Optional<WalPosition> wal,
            boolean backfilled,
            Pages pages,
            Optional<PageHashTable.Update> filled) {

        /// Returns the same file with a table update that was filled already.
        NextFile withFilled(PageHashTable.Update update) {
            return new NextFile(
                    txid,
                    pageSize,
                    pageCount,
                    before,
                    checksum,
                    origin,
                    wal,
                    backfilled,
                    pages,
                    Optional.of(update));
        }
    }
}
