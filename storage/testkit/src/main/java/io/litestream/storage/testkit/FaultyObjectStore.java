package io.litestream.storage.testkit;

import io.litestream.storage.ObjectContent;
import io.litestream.storage.ObjectInfo;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.ObjectStore;
import io.litestream.storage.StorageException;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/// A store with faults to switch on, by kind of call and by key, or at random.
///
/// Of several faults that fit a call, the one that was injected first befalls it. Without any,
/// calls go through as they are.
public final class FaultyObjectStore implements ObjectStore {

    private final ObjectStore store;
    private final List<Injection> injections = new CopyOnWriteArrayList<>();

    /// Creates a store that passes its calls to another, which it closes.
    public FaultyObjectStore(ObjectStore store) {
        this.store = Objects.requireNonNull(store);
    }

    /// Makes a fault befall each call of one kind to a key (for listings, a prefix) like this.
    public Injection inject(Operation operation, Predicate<ObjectKey> keys, Fault fault) {
        return inject(operation, keys, fault, Long.MAX_VALUE);
    }

    /// Makes a fault befall that many calls of one kind to a key (for listings, a prefix) like
    /// this.
    public Injection inject(
            Operation operation, Predicate<ObjectKey> keys, Fault fault, long times) {
        if (!fault.fits(operation)) {
            throw new IllegalArgumentException("that fault cannot befall " + operation);
        }
        return add(new Scripted(EnumSet.of(operation), keys, fault, times));
    }

    /// Makes a fault befall every call that it can befall.
    public Injection injectEverywhere(Fault fault) {
        Set<Operation> operations = EnumSet.allOf(Operation.class);
        operations.removeIf(operation -> !fault.fits(operation));
        return add(new Scripted(operations, _ -> true, fault, Long.MAX_VALUE));
    }

    /// Makes one of these faults befall a call with this probability. The same seed and the same
    /// calls in the same order have the same faults.
    public Injection injectRandomly(
            RandomGenerator random, double probability, List<Fault> faults) {
        return add(new Chance(random, probability, List.copyOf(faults)));
    }

    /// Takes all faults out. Calls that hang go on hanging.
    public void heal() {
        injections.clear();
    }

    @Override
    public void create(ObjectKey key, Instant created, ObjectContent content) throws IOException {
        Fault fault = draw(Operation.CREATE, key);
        fault.before();
        store.create(key, created, content);
        fault.after();
    }

    @Override
    public void replace(ObjectKey key, Instant created, ObjectContent content) throws IOException {
        Fault fault = draw(Operation.REPLACE, key);
        fault.before();
        store.replace(key, created, content);
        fault.after();
    }

    @Override
    public InputStream open(ObjectKey key, long offset, long length) throws StorageException {
        Fault fault = draw(Operation.OPEN, key);
        fault.before();
        fault.after(); // to the caller of open all the same, and so no stream is left open
        return fault.reading(store.open(key, offset, length), offset);
    }

    @Override
    public Optional<ObjectInfo> find(ObjectKey key) throws StorageException {
        Fault fault = draw(Operation.FIND, key);
        fault.before();
        Optional<ObjectInfo> found = store.find(key);
        fault.after();
        return found;
    }

    @Override
    public List<ObjectInfo> list(ObjectKey prefix, String after, int limit)
            throws StorageException {
        Fault fault = draw(Operation.LIST, prefix);
        fault.before();
        List<ObjectInfo> found = store.list(prefix, after, limit);
        fault.after();
        return found;
    }

    @Override
    public void delete(ObjectKey key) throws StorageException {
        Fault fault = draw(Operation.DELETE, key);
        fault.before();
        store.delete(key);
        fault.after();
    }

    @Override
    public void close() {
        store.close();
    }

    private Injection add(Injection injection) {
        injections.add(injection);
        return injection;
    }

    private Fault draw(Operation operation, ObjectKey key) {
        for (Injection injection : injections) {
            Fault fault = injection.draw(operation, key);
            if (fault != Fault.NONE) {
                injection.hits.incrementAndGet();
                return fault;
            }
        }
        return Fault.NONE;
    }

    /// A fault, or a choice of faults, that is switched on.
    public abstract sealed class Injection {

        private final AtomicLong hits = new AtomicLong();

        /// Returns how many calls it has befallen.
        public long hits() {
            return hits.get();
        }

        /// Switches it off.
        public void remove() {
            injections.remove(this);
        }

        abstract Fault draw(Operation operation, ObjectKey key);
    }

    private final class Scripted extends Injection {

        private final Set<Operation> operations;
        private final Predicate<ObjectKey> keys;
        private final Fault fault;
        private final AtomicLong left;

        Scripted(Set<Operation> operations, Predicate<ObjectKey> keys, Fault fault, long times) {
            this.operations = operations;
            this.keys = keys;
            this.fault = fault;
            this.left = new AtomicLong(times);
        }

        @Override
        Fault draw(Operation operation, ObjectKey key) {
            boolean befalls =
                    operations.contains(operation)
                            && keys.test(key)
                            && left.getAndUpdate(times -> Math.max(0, times - 1)) > 0;
            return befalls ? fault : Fault.NONE;
        }
    }

    private final class Chance extends Injection {

        private final RandomGenerator random;
        private final double probability;
        private final List<Fault> faults;

        Chance(RandomGenerator random, double probability, List<Fault> faults) {
            this.random = random;
            this.probability = probability;
            this.faults = faults;
        }

        @Override
        synchronized Fault draw(Operation operation, ObjectKey key) {
            if (random.nextDouble() >= probability) {
                return Fault.NONE;
            }
            List<Fault> fitting = faults.stream().filter(fault -> fault.fits(operation)).toList();
            return fitting.isEmpty() ? Fault.NONE : fitting.get(random.nextInt(fitting.size()));
        }
    }
}
