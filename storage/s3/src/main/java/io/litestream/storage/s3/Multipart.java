package io.litestream.storage.s3;

import io.litestream.storage.ObjectKey;
import io.litestream.storage.StorageException;
import io.litestream.time.Clock;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.services.s3.model.CompletedPart;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;

/// An object on its way in parts, several at once, on threads of their own.
///
/// There are as many buffers as parts may be under way, the one that is being filled included. A
/// part that fails for now is sent again a few times, as otherwise a large object would begin anew
/// for each of its thousands of parts that meets a busy server. For one thread.
final class Multipart implements AutoCloseable {

    static final int MOST_PARTS = 10_000;

    private static final int ATTEMPTS = 4;
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private final MultipartCalls calls;
    private final ObjectKey key;
    private final S3Options options;
    private final Clock clock;
    private final StaleUploads stale;
    private final String upload;
    private final ExecutorService threads;

    private final BlockingQueue<byte[]> free = new LinkedBlockingQueue<>();
    private final ConcurrentNavigableMap<Integer, CompletedPart> parts =
            new ConcurrentSkipListMap<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /// How many buffers there are: the first is the one that the first part comes in.
    private int buffers = 1;

    private int lastPart;
    private boolean completed;

    private Multipart(
            MultipartCalls calls,
            ObjectKey key,
            S3Options options,
            Clock clock,
            StaleUploads stale,
            String upload) {
        this.calls = calls;
        this.key = key;
        this.options = options;
        this.clock = clock;
        this.stale = stale;
        this.upload = upload;
        this.threads =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("upload " + key + " ", 1).factory());
    }

    static Multipart begin(
            MultipartCalls calls,
            ObjectKey key,
            String upload,
            S3Options options,
            Clock clock,
            StaleUploads stale) {
        stale.began(upload);
        return new Multipart(calls, key, options, clock, stale, upload);
    }

    /// Sends a full buffer as the next part, and returns one to fill.
    ///
    /// @throws StorageException if a part before it failed
    byte[] exchange(byte[] full) throws StorageException, InterruptedIOException {
        add(new Buffer(full, full.length));
        byte[] next = free.poll();
        if (next == null && buffers < options.concurrency()) {
            buffers++;
            return new byte[full.length];
        }
        try {
            next = next == null ? free.take() : next;
        } catch (InterruptedException e) {
            throw new InterruptedIOException("interrupted while uploading object " + key);
        }
        throwFailure();
        return next;
    }

    /// Sends a part.
    ///
    /// @throws StorageException if a part before it failed, or there are too many
    void add(Buffer content) throws StorageException {
        throwFailure();
        int number = ++lastPart;
        if (number > MOST_PARTS) {
            throw new StorageException.Rejected(
                    "cannot create object %s: it needs more than %d parts of %d bytes; set part-size to more"
                            .formatted(key, MOST_PARTS, options.partSize()),
                    null);
        }
        threads.execute(() -> send(number, content));
    }

    /// Waits for all parts, and makes the object of them.
    ///
    /// @throws StorageException if a part failed
    ObjectCalls.Outcome complete(Requests.Condition condition) throws StorageException {
        threads.close();
        throwFailure();
        ObjectCalls.Outcome outcome =
                calls.complete(key, upload, List.copyOf(parts.values()), condition);
        completed = outcome == ObjectCalls.Outcome.STORED;
        return outcome;
    }

    /// Gives up the upload if it is not completed.
    @Override
    public void close() {
        threads.close();
        stale.ended(upload);
        if (!completed) {
            stale.abort(key.value(), upload);
        }
    }

    private void send(int number, Buffer content) {
        try {
            if (failure.get() == null) {
                parts.put(number, sent(number, content));
            }
        } catch (StorageException | InterruptedException | RuntimeException e) {
            failure.compareAndSet(null, e);
        } finally {
            free.add(content.array());
        }
    }

    private CompletedPart sent(int number, Buffer content)
            throws StorageException, InterruptedException {
        Duration wait = FIRST_WAIT;
        for (int attempt = 1; ; attempt++) {
            try {
                return calls.part(key, upload, number, content);
            } catch (StorageException.Unavailable e) {
                boolean isLong = e.retryAfter().compareTo(LONGEST_WAIT) > 0;
                if (attempt == ATTEMPTS || isLong || failure.get() != null) {
                    throw e;
                }
                clock.sleep(e.retryAfter().compareTo(wait) > 0 ? e.retryAfter() : wait);
            }
            wait = wait.multipliedBy(2);
        }
    }

    private void throwFailure() throws StorageException {
        switch (failure.get()) {
            case null -> {}
            case StorageException e -> throw e;
            case RuntimeException e -> throw e;
            case Throwable e ->
                    throw new StorageException.Unavailable("cannot upload object " + key, e);
        }
    }
}
