package io.litestream.storage;

import io.litestream.time.Clock;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// A store whose calls end: one that shows no sign of life for too long is given up, and fails as
/// [StorageException.Unavailable], as does each read of a stream.
///
/// A sign of life is an answer, or that the store takes more of the content that it is to keep. A
/// call that was given up is not interrupted. It may still end later, and its object may come to
/// be, but it gets no more content; a stream that it opens then is closed. As with every call whose
/// outcome is unknown, repeating it settles it.
public final class DeadlineObjectStore implements ObjectStore {

    private final ObjectStore store;
    private final Limits limits;
    private final Clock clock;
    private final Set<Call<?>> calls = ConcurrentHashMap.newKeySet();
    private volatile Optional<Long> end = Optional.empty(); // on the clock's steady count

    /// How long a store may be silent.
    ///
    /// @param answer until it answers, or takes or gives the next bytes
    /// @param listing until it answers a listing, which may take it many requests
    /// @param bytesPerSecond how many of the bytes that it took it sends on, at least: until it has
    ///   sent them it may be silent, too
    public record Limits(Duration answer, Duration listing, long bytesPerSecond) {

        public static final Limits DEFAULT =
                new Limits(Duration.ofSeconds(10), Duration.ofSeconds(60), 128 << 10);

        /// After that many bytes a store has sent some of them.
        private static final long MOST_AT_ONCE = 64L << 20;

        public Limits {
            if (!answer.isPositive() || !listing.isPositive() || bytesPerSecond < 1) {
                throw new IllegalArgumentException(
                        "limits must be positive, but are %s, %s, %d bytes a second"
                                .formatted(answer, listing, bytesPerSecond));
            }
        }

        private long nanosAfter(long bytes) {
            long seconds = Math.min(bytes, MOST_AT_ONCE) / bytesPerSecond;
            return answer.plusSeconds(seconds).toNanos();
        }
    }

    /// Puts limits to the calls of a store.
    public DeadlineObjectStore(ObjectStore store, Limits limits, Clock clock) {
        this.store = Objects.requireNonNull(store);
        this.limits = Objects.requireNonNull(limits);
        this.clock = Objects.requireNonNull(clock);
    }

    /// Gives up every call that has not ended after that long, and those to come as well. Returns
    /// at once. The store itself stays open.
    public void giveUpAfter(Duration grace) {
        long moment = clock.nanoTime() + grace.toNanos();
        end = Optional.of(moment);
        calls.forEach(call -> call.endBy(moment));
    }

    @Override
    public void create(ObjectKey key, Instant created, ObjectContent content) throws IOException {
        call(
                "creation of " + key,
                limits.answer,
                call -> {
                    store.create(key, created, watched(content, call));
                    return key;
                });
    }

    @Override
    public void replace(ObjectKey key, Instant created, ObjectContent content) throws IOException {
        call(
                "replacement of " + key,
                limits.answer,
                call -> {
                    store.replace(key, created, watched(content, call));
                    return key;
                });
    }

    @Override
    public InputStream open(ObjectKey key, long offset, long length) throws StorageException {
        InputStream in =
                ask(
                        "opening of " + key,
                        limits.answer,
                        _ -> store.open(key, offset, length),
                        DeadlineObjectStore::closeOrphan);
        return new DeadlineInput(this, key, in);
    }

    @Override
    public Optional<ObjectInfo> find(ObjectKey key) throws StorageException {
        return ask("question for " + key, limits.answer, _ -> store.find(key), _ -> {});
    }

    @Override
    public List<ObjectInfo> list(ObjectKey prefix, String after, int limit)
            throws StorageException {
        return ask(
                "listing of " + prefix,
                limits.listing,
                _ -> store.list(prefix, after, limit),
                _ -> {});
    }

    @Override
    public void delete(ObjectKey key) throws StorageException {
        ask(
                "deletion of " + key,
                limits.answer,
                _ -> {
                    store.delete(key);
                    return key;
                },
                _ -> {});
    }

    @Override
    public void close() {
        store.close();
    }

    /// Makes a call for a stream that was opened here.
    <T> T call(String what, Call.Body<T> body, Consumer<T> orphaned) throws IOException {
        return call(new Call<>(what, limits.answer, clock, orphaned), body);
    }

    private <T> void call(String what, Duration patience, Call.Body<T> body) throws IOException {
        call(new Call<T>(what, patience, clock, _ -> {}), body);
    }

    private <T> T ask(String what, Duration patience, Call.Body<T> body, Consumer<T> orphaned)
            throws StorageException {
        try {
            return call(new Call<>(what, patience, clock, orphaned), body);
        } catch (StorageException e) {
            throw e;
        } catch (IOException e) {
            throw new StorageException.Unavailable(what + " failed: " + e.getMessage(), e);
        }
    }

    private <T> T call(Call<T> call, Call.Body<T> body) throws IOException {
        calls.add(call);
        try {
            end.ifPresent(call::endBy);
            call.start(body);
            return call.await();
        } finally {
            calls.remove(call);
        }
    }

    private <T> ObjectContent watched(ObjectContent content, Call<T> call) {
        return out -> content.writeTo(new Watched<>(out, call));
    }

    private static void closeOrphan(InputStream in) {
        try {
            in.close();
        } catch (IOException e) {
            // nobody reads it
        }
    }

    /// Content on its way to the store: each piece that it takes is a sign of life.
    private final class Watched<T> extends FilterOutputStream {

        private final Call<T> call;
        private long taken;

        Watched(OutputStream out, Call<T> call) {
            super(out);
            this.call = call;
        }

        @Override
        public void write(int b) throws IOException {
            call.alive(limits.nanosAfter(taken));
            out.write(b);
            taken++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            call.alive(limits.nanosAfter(taken));
            out.write(bytes, offset, length);
            taken += length;
            call.alive(limits.nanosAfter(taken));
        }
    }
}
