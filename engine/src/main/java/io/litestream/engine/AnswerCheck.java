package io.litestream.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;

import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.replica.Level;
import io.litestream.replica.Replica;
import io.litestream.replica.ReplicaFile;
import io.litestream.storage.StorageException;
import io.litestream.time.Clock;
import io.litestream.time.Interrupts;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Asks a destination that has failed a small question, to learn whether it answers again.
///
/// A question that gets no answer in time is left alone, and the next one is asked beside it; if an
/// answer comes late, it counts all the same. So a store that lost a request and one that is slow
/// are both noticed. Once [#MOST] hang at the same time, the next one waits for long.
final class AnswerCheck {

    private static final int MOST = 16;
    private static final Duration WHEN_MANY_HANG = Duration.ofMinutes(1);

    private final Replica replica;
    private final Clock clock;

    @GuardedBy("this")
    private int asked; // questions without any outcome yet

    @GuardedBy("this")
    private boolean answered;

    @GuardedBy("this")
    private Optional<StorageException.Unavailable> refusal = Optional.empty();

    /// @param replica through which a call may hang for ever
    AnswerCheck(Replica replica, Clock clock) {
        this.replica = replica;
        this.clock = clock;
    }

    /// Asks for a slot, which need not exist. A refusal is an answer, unless it is for now.
    ///
    /// @throws StorageException.Unavailable if no answer came in time
    void ask(Txid slot, Duration patience) throws StorageException.Unavailable {
        boolean many;
        synchronized (this) {
            refusal = Optional.empty();
            asked++;
            many = asked > MOST;
        }
        Thread.ofVirtual().name("litestream-probe").start(() -> question(slot));
        await(many ? WHEN_MANY_HANG : patience);
    }

    /// Ends the wait for an answer.
    synchronized void close() {
        refusal = Optional.of(new StorageException.Unavailable("closed", null));
        notifyAll();
    }

    private void question(Txid slot) {
        ReplicaFile file = new ReplicaFile(Level.CAPTURED, TxidRange.of(slot), 0, Instant.EPOCH);
        try {
            replica.store().find(replica.key(file));
            ended(Optional.empty());
        } catch (StorageException.Unavailable e) {
            ended(Optional.of(e));
        } catch (IOException refused) {
            ended(Optional.empty());
        } catch (RuntimeException e) {
            ended(Optional.of(new StorageException.Unavailable("unexpected failure: " + e, e)));
        }
    }

    private synchronized void ended(Optional<StorageException.Unavailable> how) {
        asked--;
        answered |= how.isEmpty();
        refusal = how.isPresent() ? how : refusal;
        notifyAll();
    }

    private synchronized void await(Duration patience) throws StorageException.Unavailable {
        long deadline = clock.nanoTime() + patience.toNanos();
        while (!answered) { // an answer that came between two questions counts, too
            if (refusal.isPresent()) {
                throw refusal.get();
            }
            long left = deadline - clock.nanoTime();
            if (left <= 0) {
                throw new StorageException.Unavailable(
                        "%s did not answer a question within %s".formatted(replica, patience),
                        null);
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                Interrupts.keep(); // nobody does
                throw new StorageException.Unavailable("interrupted while waiting", e);
            }
        }
        answered = false;
    }
}
