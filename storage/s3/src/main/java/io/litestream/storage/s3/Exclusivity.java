package io.litestream.storage.s3;

import io.litestream.storage.StorageException;
import io.litestream.storage.s3.ObjectCalls.Outcome;
import io.litestream.storage.s3.ProviderTraits.ConditionalCreate;
import io.litestream.time.Interrupts;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/// Whether the server keeps an upload on `If-None-Match: *` from replacing an object. Some do not
/// know the condition, and of these some say nothing.
///
/// It is found out with the first object that is created: what was just stored is sent again, and
/// must be refused. If it is not, nothing is lost, as the content is the same. The one who stored
/// it does not wait for that; the next one does, and so does a deletion, as the object would be
/// there again. For any number of threads.
final class Exclusivity implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Exclusivity.class.getName());

    /// How long an answer is waited for at the end.
    private static final Duration LAST_WAIT = Duration.ofSeconds(1);

    private final String host;
    private volatile State state;
    private volatile @Nullable Thread asking;

    Exclusivity(S3Options options) {
        this.host = options.host();
        this.state =
                switch (options.provider().traits().conditionalCreate()) {
                    case ConditionalCreate.HONOURED -> State.HONOURED;
                    case ConditionalCreate.FOUND_OUT -> State.UNKNOWN;
                };
    }

    private enum State {
        UNKNOWN,
        HONOURED,
        IGNORED
    }

    /// What to ask the server: to store an object that it just stored.
    @FunctionalInterface
    interface Question {
        Outcome ask() throws StorageException;
    }

    /// Tells whether the condition can be relied on, once a question under way is answered.
    boolean isHonoured() throws StorageException.Unavailable {
        awaitAnswer();
        return state == State.HONOURED;
    }

    /// Asks on a thread of its own, unless the answer is known, or was asked for. Without an
    /// answer, the next object will tell.
    synchronized void findOut(Question question) {
        if (state == State.UNKNOWN && asking == null) {
            asking = Thread.ofVirtual().name("litestream-s3-question").start(() -> put(question));
        }
    }

    private void put(Question question) {
        try {
            learn(question.ask());
        } catch (StorageException | IllegalStateException _) {
            // the object is stored; or the store was closed meanwhile
        } finally {
            synchronized (this) {
                asking = null;
            }
        }
    }

    /// Waits while a question is under way.
    void awaitAnswer() throws StorageException.Unavailable {
        Thread asks = asking;
        if (asks == null) {
            return;
        }
        try {
            asks.join();
        } catch (InterruptedException e) {
            Interrupts.keep();
            throw new StorageException.Unavailable(
                    "interrupted while %s was asked about If-None-Match".formatted(host), e);
        }
    }

    /// Waits a little, so that a bad answer is said by a program that ends, too.
    @Override
    public void close() {
        Thread asks = asking;
        try {
            if (asks != null) {
                asks.join(LAST_WAIT);
            }
        } catch (InterruptedException e) {
            Interrupts.keep();
        }
    }

    /// Returns what to send with a creation.
    Requests.Condition condition() {
        return state == State.IGNORED ? Requests.Condition.NONE : Requests.Condition.IF_ABSENT;
    }

    /// Learns from what became of an upload to a key that holds an object.
    void learn(Outcome ofTakenKey) {
        switch (ofTakenKey) {
            case TAKEN -> state = State.HONOURED;
            case STORED, CONDITION_UNKNOWN -> ignored();
        }
    }

    private synchronized void ignored() {
        if (state != State.IGNORED) {
            state = State.IGNORED;
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} does not keep an upload from replacing an object (If-None-Match), so two"
                        + " writers of one replica may not notice each other; make sure that only"
                        + " one writes",
                    host);
        }
    }
}
