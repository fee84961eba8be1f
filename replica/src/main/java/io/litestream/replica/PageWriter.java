package io.litestream.replica;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.PageHash;
import io.litestream.storage.file.SystemReason;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;

/// Writes pages to their places in a file and hashes them, on a thread of its own.
///
/// One thread puts pages. They are collected in batches, and neighbours are written at once.
final class PageWriter implements AutoCloseable {

    // The files after a snapshot have pages from all over the database, which come first. Written
    // as they come, they would cost as much as the rest: a call for each, and for each gap between
    // two of them. So pages are held back until the neighbours come that they can be written with.
    // A file with every page passes all of them in order; so there is a front, up to which nothing
    // is to come any more, and what was held back is written as it passes. After so many neighbours
    // in a row, more of them are written at once, wherever the front is.

    private static final int BATCHES = 4;
    private static final int BATCH_BYTES = 1 << 20;
    private static final int LOOK_SECONDS = 5;
    private static final long HELD_BYTES = 48 << 20;
    private static final int SHARE_OF_HEAP = 8;
    private static final int STREAK_WORTH_WRITING = 64;

    private final Path path;
    private final FileChannel channel;
    private final int pageSize;
    private final long size;
    private final PageHashes hashes;
    private final BackgroundForce force;
    private final BlockingQueue<Batch> free = new ArrayBlockingQueue<>(BATCHES);
    private final BlockingQueue<Batch> full = new ArrayBlockingQueue<>(BATCHES + 1);
    private final Batch end;
    private final Thread thread;

    private final HeldPages held;

    /// The page that was held and is being written.
    private final byte[] released;

    /// Up to this page all were put, and none is held.
    private long front;

    private long lastPut;

    /// How many pages up to the last one came one after another.
    private int streak;

    private final LongPredicate settled;

    /// Being filled.
    private @Nullable Batch current;

    private volatile @Nullable IOException failure;

    /// Written by the thread; read by others after a drain.
    private Checksum checksum;

    /// @param settled says of which pages nothing more is to come: they were put, or are in the
    ///   file already, or nobody puts them
    PageWriter(
            TemporaryFile file,
            int pageSize,
            long pageCount,
            PageHashes hashes,
            Checksum before,
            LongPredicate settled) {
        this(
                file,
                pageSize,
                pageCount,
                hashes,
                before,
                settled,
                Math.min(HELD_BYTES, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP));
    }

    /// @param heldBytes how many bytes of pages may wait for their neighbours in memory
    PageWriter(
            TemporaryFile file,
            int pageSize,
            long pageCount,
            PageHashes hashes,
            Checksum before,
            LongPredicate settled,
            long heldBytes) {
        this.hashes = hashes;
        this.settled = settled;
        this.path = file.path();
        this.channel = file.channel();
        this.pageSize = pageSize;
        this.checksum = before;
        this.force = new BackgroundForce(channel);
        this.end = new Batch(0);
        this.size = pageCount * pageSize;
        this.held =
                new HeldPages(
                        channel, pageSize, (int) Math.max(1, heldBytes / pageSize), this.size);
        this.released = new byte[pageSize];
        for (int i = 0; i < BATCHES; i++) {
            free.add(new Batch(Math.max(1, BATCH_BYTES / pageSize)));
        }
        this.thread = Thread.ofPlatform().daemon().name("restore write").unstarted(this::run);
        thread.start();
    }

    /// Takes a page, which is copied. Each page may be put once.
    ///
    /// @throws RestoreException.Failed if this page or one before could not be written
    void put(long number, byte[] page) throws IOException {
        advanceTo(number);
        streak = number == lastPut + 1 ? streak + 1 : 1;
        lastPut = number;
        if (number == front + 1) {
            front = number;
            write(number, page);
        } else if (streak > STREAK_WORTH_WRITING) {
            write(number, page);
        } else {
            hold(number, page);
        }
    }

    /// Moves the front towards this page, and writes what is held on the way.
    private void advanceTo(long number) throws IOException {
        while (front + 1 < number && settled.test(front + 1)) {
            front++;
            if (front == held.first()) {
                release();
            }
        }
    }

    private void hold(long number, byte[] page) throws IOException {
        if (held.isFull()) {
            releaseAll();
        }
        try {
            held.add(number, page);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private void release() throws IOException {
        long number = held.first();
        try {
            held.takeFirst(released);
        } catch (IOException e) {
            throw failed(e);
        }
        write(number, released);
    }

    private void releaseAll() throws IOException {
        while (holds()) {
            release();
        }
    }

    /// Says whether pages wait for others.
    boolean holds() {
        return held.first() != HeldPages.NONE;
    }

    private void write(long number, byte[] page) throws IOException {
        Batch batch = current;
        if (batch == null) {
            check();
            batch = takeFree();
            current = batch;
        }
        System.arraycopy(page, 0, batch.bytes, batch.count * pageSize, pageSize);
        batch.numbers[batch.count++] = number;
        if (batch.count == batch.numbers.length) {
            current = null;
            full.add(batch);
        }
    }

    private void drain() throws IOException {
        releaseAll();
        if (current != null) {
            full.add(current);
            current = null;
        }
        List<Batch> all = new ArrayList<>();
        for (int i = 0; i < BATCHES; i++) {
            all.add(takeFree());
        }
        free.addAll(all);
        check();
    }

    /// Waits until all pages put so far are written, and forces them to the disk.
    void force() throws IOException {
        drain();
        try {
            channel.force(false);
        } catch (IOException e) {
            throw failed(e);
        }
        check();
    }

    /// Waits until all pages are written, gives the file its size, and forces it to the disk.
    void finish() throws IOException {
        drain();
        force.close();
        check();
        try {
            channel.truncate(size);
            if (channel.size() < size) {
                channel.write(ByteBuffer.allocate(1), size - 1);
            }
            channel.force(true);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// Returns the checksum of the pages that were put until the last [#force] or [#finish].
    Checksum checksum() {
        return checksum;
    }

    /// Drops what was not written yet, and ends the threads.
    @Override
    public void close() throws IOException {
        full.add(end);
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new InterruptedIOException("interrupted while ending a restore");
        } finally {
            force.close();
        }
    }

    private void check() throws RestoreException.Failed {
        IOException failed = failure;
        if (failed == null) {
            failed = force.failure();
        }
        if (failed != null) {
            throw failed(failed);
        }
    }

    private RestoreException.Failed failed(IOException cause) {
        return new RestoreException.Failed(
                "cannot write %s: %s".formatted(path, SystemReason.of(cause)), cause);
    }

    private void run() {
        while (true) {
            Batch batch;
            try {
                batch = full.take();
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts this thread", e);
            }
            if (batch == end) {
                return;
            }
            try {
                if (failure == null) {
                    write(batch);
                }
            } catch (IOException e) {
                failure = e;
            }
            batch.count = 0;
            free.add(batch);
        }
    }

    private void write(Batch batch) throws IOException {
        long sum = checksum.value();
        for (int i = 0; i < batch.count; i++) {
            long hash = PageHash.of(batch.numbers[i], batch.bytes, i * pageSize, pageSize);
            hashes.put(batch.numbers[i], hash);
            sum ^= hash;
        }
        checksum = new Checksum(sum);
        for (int from = 0; from < batch.count; ) {
            int to = batch.runEnd(from);
            writeRun(batch, from, to);
            from = to;
        }
        force.wrote((long) batch.count * pageSize);
    }

    private void writeRun(Batch batch, int from, int to) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(batch.bytes, from * pageSize, (to - from) * pageSize);
        long position = (batch.numbers[from] - 1) * pageSize;
        while (bytes.hasRemaining()) {
            position += channel.write(bytes, position);
        }
    }

    private Batch takeFree() throws InterruptedIOException {
        try {
            Batch batch = free.poll(LOOK_SECONDS, TimeUnit.SECONDS);
            while (batch == null) {
                if (!thread.isAlive()) {
                    throw new IllegalStateException("the thread that writes has died");
                }
                batch = free.poll(LOOK_SECONDS, TimeUnit.SECONDS);
            }
            return batch;
        } catch (InterruptedException e) {
            throw new InterruptedIOException("interrupted while writing a restored database");
        }
    }

    /// Pages on their way, owned by one thread at a time.
    private final class Batch {

        private final byte[] bytes;
        private final long[] numbers;
        private int count;

        Batch(int pages) {
            this.bytes = new byte[pages * pageSize];
            this.numbers = new long[pages];
        }

        /// Returns where the neighbours of the page at `from` end.
        int runEnd(int from) {
            int to = from + 1;
            while (to < count && numbers[to] == numbers[to - 1] + 1) {
                to++;
            }
            return to;
        }
    }
}
