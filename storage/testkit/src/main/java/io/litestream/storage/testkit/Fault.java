package io.litestream.storage.testkit;

import io.litestream.storage.StorageException;
import io.litestream.time.Clock;

import java.io.InputStream;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;

/// What can go wrong in a call to a [FaultyObjectStore].
public abstract sealed class Fault {

    static final Fault NONE = new None();

    private Fault() {}

    /// The call fails as [StorageException.Unavailable], and nothing of it is done.
    public static Fault failBefore() {
        return failBefore(() -> new StorageException.Unavailable("no answer (injected)", null));
    }

    /// The call fails in this way, and nothing of it is done.
    public static Fault failBefore(Supplier<? extends StorageException> failure) {
        return new FailBefore(failure);
    }

    /// The call fails as [StorageException.Unavailable] after all of it has been done: the answer
    /// is lost.
    public static Fault failAfter() {
        return failAfter(() -> new StorageException.Unavailable("lost answer (injected)", null));
    }

    /// The call fails in this way after all of it has been done.
    public static Fault failAfter(Supplier<? extends StorageException> failure) {
        return new FailAfter(failure);
    }

    /// The call waits at the gate before anything of it is done.
    public static Fault hang(Gate gate) {
        return new Hang(gate);
    }

    /// The call waits at the gate after all of it has been done: the answer is late, or never
    /// comes.
    public static Fault hangAfter(Gate gate) {
        return new HangAfter(gate);
    }

    /// The call fails as [StorageException.Unavailable], and the store asks to be left alone for
    /// that long.
    public static Fault retryAfter(Duration wait) {
        return failBefore(() -> new StorageException.Unavailable("busy (injected)", null, wait));
    }

    /// Each read of a stream that is opened waits at the gate.
    public static Fault hangReads(Gate gate) {
        return new HangReads(gate);
    }

    /// The call takes that much longer.
    public static Fault slow(Duration delay, Clock clock) {
        return new Slow(delay, clock);
    }

    /// A stream that is opened ends after that many bytes, as if the object did.
    public static Fault truncateReads(long bytes) {
        return new Reads(bytes, FaultyInput.End.ENDS, Long.MAX_VALUE);
    }

    /// A stream that is opened fails after that many bytes, with an [java.io.IOException].
    public static Fault breakReads(long bytes) {
        return new Reads(bytes, FaultyInput.End.BREAKS, Long.MAX_VALUE);
    }

    /// A stream that is opened has one bit changed in the byte at that offset of the object.
    public static Fault corruptReads(long offset) {
        return new Reads(Long.MAX_VALUE, FaultyInput.End.ENDS, offset);
    }

    /// Takes its turn before the call.
    void before() throws StorageException {}

    /// Takes its turn after the call has succeeded.
    void after() throws StorageException {}

    /// Takes its turn on what `open` returns, which begins at this offset of the object.
    InputStream reading(InputStream in, long offset) {
        return in;
    }

    /// Tells whether it can befall this kind of call.
    boolean fits(Operation operation) {
        return true;
    }

    private static final class None extends Fault {}

    private static final class FailBefore extends Fault {

        private final Supplier<? extends StorageException> failure;

        FailBefore(Supplier<? extends StorageException> failure) {
            this.failure = Objects.requireNonNull(failure);
        }

        @Override
        void before() throws StorageException {
            throw failure.get();
        }
    }

    private static final class FailAfter extends Fault {

        private final Supplier<? extends StorageException> failure;

        FailAfter(Supplier<? extends StorageException> failure) {
            this.failure = Objects.requireNonNull(failure);
        }

        @Override
        void after() throws StorageException {
            throw failure.get();
        }
    }

    private static final class Hang extends Fault {

        private final Gate gate;

        Hang(Gate gate) {
            this.gate = Objects.requireNonNull(gate);
        }

        @Override
        void before() {
            gate.pass();
        }
    }

    private static final class HangAfter extends Fault {

        private final Gate gate;

        HangAfter(Gate gate) {
            this.gate = Objects.requireNonNull(gate);
        }

        @Override
        void after() {
            gate.pass();
        }

        @Override
        boolean fits(Operation operation) {
            return operation != Operation.OPEN;
        }
    }

    private static final class HangReads extends Fault {

        private final Gate gate;

        HangReads(Gate gate) {
            this.gate = Objects.requireNonNull(gate);
        }

        @Override
        InputStream reading(InputStream in, long offset) {
            return new HangingInput(in, gate);
        }

        @Override
        boolean fits(Operation operation) {
            return operation == Operation.OPEN;
        }
    }

    private static final class Slow extends Fault {

        private final Duration delay;
        private final Clock clock;

        Slow(Duration delay, Clock clock) {
            this.delay = Objects.requireNonNull(delay);
            this.clock = Objects.requireNonNull(clock);
        }

        @Override
        void before() throws StorageException {
            try {
                clock.sleep(delay);
            } catch (InterruptedException e) {
                throw new StorageException.Unavailable("interrupted in an injected delay", e);
            }
        }
    }

    private static final class Reads extends Fault {

        private final long limit;
        private final FaultyInput.End end;
        private final long corruptAt;

        Reads(long limit, FaultyInput.End end, long corruptAt) {
            if (limit < 0 || corruptAt < 0) {
                throw new IllegalArgumentException(
                        "no byte %d".formatted(Math.min(limit, corruptAt)));
            }
            this.limit = limit;
            this.end = end;
            this.corruptAt = corruptAt;
        }

        @Override
        InputStream reading(InputStream in, long offset) {
            return new FaultyInput(in, limit, end, corruptAt - offset);
        }

        @Override
        boolean fits(Operation operation) {
            return operation == Operation.OPEN;
        }
    }
}
