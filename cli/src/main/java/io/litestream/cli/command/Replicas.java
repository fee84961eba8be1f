package io.litestream.cli.command;

import io.litestream.cli.config.ReplicaConfiguration;
import io.litestream.cli.config.ReplicaPlace;
import io.litestream.cli.config.S3Access;
import io.litestream.replica.EitherPlaceObjectStore;
import io.litestream.replica.KeyLayout;
import io.litestream.replica.Replica;
import io.litestream.storage.Bandwidth;
import io.litestream.storage.ObjectStore;
import io.litestream.storage.StorageException;
import io.litestream.storage.ThrottledObjectStore;
import io.litestream.storage.file.FileObjectStore;
import io.litestream.storage.s3.S3ObjectStore;
import io.litestream.time.Clock;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/// Opens destinations. The one place that knows which kind of storage has which back end; a back
/// end is loaded when the first of its destinations is opened. Where the environment makes no sense
/// to it, that is an [UncheckedIOException].
final class Replicas {

    private final Map<String, String> environment;
    private final Clock clock;
    private final Map<S3Access, S3ObjectStore> buckets = new ConcurrentHashMap<>();

    Replicas(Map<String, String> environment, Clock clock) {
        this.environment = Map.copyOf(environment);
        this.clock = clock;
    }

    static Replicas of(Shell shell) {
        return new Replicas(shell.environment(), shell.clock());
    }

    /// Returns a replica, without a bound on what is moved.
    Replica open(ReplicaConfiguration replica) {
        return new Replica(replica.name(), store(replica.place()), layout(replica.place()));
    }

    /// Returns a replica that keeps to its own bandwidth, and to that of all together. It shares
    /// the connections to its bucket with others, and so must not be closed.
    Replica open(ReplicaConfiguration replica, Optional<Bandwidth> ofAll) {
        List<Bandwidth> limits = new ArrayList<>();
        bandwidth(replica.bandwidth()).ifPresent(limits::add);
        ofAll.ifPresent(limits::add);
        ObjectStore store = sharedStore(replica.place());
        return new Replica(
                replica.name(),
                limits.isEmpty() ? store : new ThrottledObjectStore(store, limits),
                layout(replica.place()));
    }

    /// Returns a bound of so many bytes a second.
    Optional<Bandwidth> bandwidth(OptionalLong bytesPerSecond) {
        return bytesPerSecond.isEmpty()
                ? Optional.empty()
                : Optional.of(new Bandwidth(bytesPerSecond.getAsLong(), clock));
    }

    private ObjectStore store(ReplicaPlace place) {
        return switch (place) {
            case ReplicaPlace.Directory(var path) -> new FileObjectStore(path);
            case ReplicaPlace.S3 s3 -> place(s3, bucket(s3.access()));
        };
    }

    private ObjectStore sharedStore(ReplicaPlace place) {
        return switch (place) {
            case ReplicaPlace.Directory _ -> store(place);
            case ReplicaPlace.S3 s3 -> place(s3, sharedBucket(s3.access()));
        };
    }

    /// What Litestream left under keys that begin in another way is found there.
    private static ObjectStore place(ReplicaPlace.S3 s3, S3ObjectStore bucket) {
        ObjectStore usual = bucket.below(s3.path());
        return s3.former()
                .<ObjectStore>map(
                        text -> new EitherPlaceObjectStore(usual, bucket.withKeyPrefix(text)))
                .orElse(usual);
    }

    /// Returns one and the same store for equal buckets: each has a client of the SDK, and there
    /// may be thousands of databases.
    S3ObjectStore sharedBucket(S3Access access) {
        return buckets.computeIfAbsent(access, this::bucket);
    }

    private S3ObjectStore bucket(S3Access access) {
        try {
            return S3ObjectStore.open(access.settings(), environment, clock);
        } catch (IllegalArgumentException e) { // of a variable of the environment
            String reason = "%s: %s".formatted(access, e.getMessage());
            throw new UncheckedIOException(reason, new StorageException.Rejected(reason, e));
        }
    }

    private static KeyLayout layout(ReplicaPlace place) {
        return switch (place) {
            case ReplicaPlace.Directory _ -> KeyLayout.PLAIN;
            case ReplicaPlace.S3 _ -> KeyLayout.HEX;
        };
    }
}
