package io.litestream.engine;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.IntegrityTag;
import io.litestream.ltx.LtxEncoder;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.PageHash;
import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.ltx.WalOrigin;
import io.litestream.replica.Level;
import io.litestream.replica.ReplicaFile;
import io.litestream.replica.state.Position;
import io.litestream.storage.DeadlineObjectStore;
import io.litestream.storage.StorageException;
import io.litestream.time.Clock;
import io.litestream.time.Interrupts;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Streams every page of a database to a destination, as of one transaction of its line, while
/// syncing goes on.
///
/// It holds a pin of its own, or a copy, and checks at the end that what it read has the checksum
/// that the line has for that transaction; else nothing is stored. Runs once, on a thread of its
/// own.
final class ImageJob implements Runnable {

    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final Duration CANCEL_GRACE = Duration.ofSeconds(1);
    private static final long SLOTS_POLL_MILLIS = 10;

    private final Path database;
    private final Destination destination;
    private final DeadlineObjectStore store;
    private final Request request;
    private final Closeable pin;
    private final PageView view;
    private final Position position;
    private final Instant timestamp;
    private final Clock clock;
    private final Consumer<EngineEvent> events;
    private final Consumer<ImageJob> done;
    private volatile boolean cancelled;
    private volatile boolean contradicts;
    private volatile Duration retryIn = RETRY;

    /// What is to be stored: a snapshot begins at the first transaction, at level 9; a file that
    /// fills a hole begins after the last one of level 1, at level 1.
    record Request(Level level, TxidRange range) {

        /// Returns what a destination needs of a line.
        static Request of(Destination destination, Level level, Txid head) {
            Txid first =
                    level.equals(Level.SNAPSHOT)
                            ? Txid.FIRST
                            : destination
                                    .inventory()
                                    .head(level)
                                    .map(Txid::next)
                                    .orElse(Txid.FIRST.next());
            return new Request(level, new TxidRange(first, head));
        }
    }

    ImageJob(
            Path database,
            Destination destination,
            Request request,
            Closeable pin,
            PageView view,
            Position position,
            Instant timestamp,
            Clock clock,
            Consumer<EngineEvent> events,
            Consumer<ImageJob> done) {
        this.database = database;
        this.destination = destination;
        this.store = destination.openCalls();
        this.request = request;
        this.pin = pin;
        this.view = view;
        this.position = position;
        this.timestamp = timestamp;
        this.clock = clock;
        this.events = events;
        this.done = done;
    }

    Destination destination() {
        return destination;
    }

    Request request() {
        return request;
    }

    /// Returns how long to wait until the next one, once it has ended: nothing if it succeeded.
    Duration retryIn() {
        return retryIn;
    }

    /// Says whether what it read is not what the line has, though nothing else has shown that.
    boolean contradicts() {
        return contradicts;
    }

    /// Makes it end soon, without an object.
    void cancel() {
        cancelled = true;
        store.giveUpAfter(CANCEL_GRACE);
    }

    @Override
    public void run() {
        try {
            store();
            retryIn = Duration.ZERO;
        } catch (StorageException e) {
            retryIn = cancelled ? RETRY : destination.imageFailed(e);
        } catch (IOException e) {
            if (!cancelled) {
                String what = "level %s txid %s: ".formatted(request.level(), request.range());
                events.accept(
                        new EngineEvent.DestinationFailed(
                                database, destination.name(), what + e.getMessage(), RETRY));
            }
        } finally {
            try {
                unpin();
            } finally {
                done.accept(this); // or its database would wait for it for ever
            }
        }
    }

    private void unpin() {
        try {
            pin.close();
        } catch (IOException e) {
            throw new IllegalStateException("cannot give up what was read of " + database, e);
        }
    }

    private void store() throws IOException {
        Optional<Txid> missing = awaitSlots();
        long began = clock.nanoTime();
        ReplicaFile file =
                destination
                        .replica()
                        .through(store)
                        .create(request.level(), request.range(), timestamp, this::write);
        if (missing.isPresent() && !file.range().isSnapshot()) {
            destination.fence().mergedStored(file, missing.get());
        }
        destination.imageStored(file);
        Duration took = Duration.ofNanos(clock.nanoTime() - began);
        events.accept(
                new EngineEvent.ImageStored(
                        database,
                        destination.name(),
                        request.level(),
                        request.range().last(),
                        file.size(),
                        took));
    }

    /// Waits until the slots up to the image are there: what somebody else may have written there
    /// must not get a base that is not its own. Returns the first of them if it cannot come, since
    /// the image is in place of it.
    private Optional<Txid> awaitSlots() throws IOException {
        Txid last = request.range().last();
        while (true) {
            Optional<Txid> durable = destination.durable();
            if (last.equals(Txid.FIRST) || durable.filter(has -> !last.isAfter(has)).isPresent()) {
                return Optional.empty();
            }
            Spool line = destination.spool().orElseThrow();
            if (destination.lacks(line, last)) {
                if (durable.isPresent()) {
                    destination.fence().requireNewest(durable.get(), line);
                }
                return Optional.of(durable.orElse(Txid.FIRST).next());
            }
            if (cancelled || !destination.isAnswering()) {
                cancelled = true;
                throw new IOException("its slots cannot be sent");
            }
            pause();
        }
    }

    private synchronized void pause() throws InterruptedIOException {
        try {
            TimeUnit.MILLISECONDS.timedWait(this, SLOTS_POLL_MILLIS);
        } catch (InterruptedException e) {
            Interrupts.keep(); // nobody does
            throw new InterruptedIOException("interrupted while slots were awaited");
        }
    }

    private void write(OutputStream out) throws IOException {
        try (LtxEncoder encoder = new LtxEncoder(out, header())) {
            Checksum read = write(encoder);
            if (!read.equals(position.checksum())) {
                contradicts = true;
                throw new IOException(
                        "the database as read for txid %s has checksum %s, expected %s"
                                .formatted(position.txid(), read, position.checksum()));
            }
            encoder.finish();
        }
    }

    /// Writes all pages, and returns the checksum of what was read.
    private Checksum write(LtxEncoder encoder) throws IOException {
        long[] checksum = {0};
        view.forEach((page, buffer, offset) -> {
            if (cancelled) {
                throw new IOException("cancelled at page " + page);
            }
            checksum[0] ^= PageHash.of(page, buffer, offset, view.pageSize());
            encoder.page(page, buffer, offset);
        });
        return new Checksum(checksum[0]);
    }

    private LtxHeader header() {
        return new LtxHeader(
                position.pageSize(),
                position.pageCount(),
                request.range(),
                timestamp,
                WalOrigin.COMPARISON,
                0,
                IntegrityTag.after(position.checksum()));
    }
}
