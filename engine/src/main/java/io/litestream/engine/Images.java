package io.litestream.engine;

import io.litestream.ltx.Txid;
import io.litestream.replica.Level;
import io.litestream.time.Interrupts;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// The whole databases that are being streamed to destinations, one at a time for each. Confined to
/// the step of the database, but for the ends of the jobs.
final class Images {

    /// How long after a failure nothing is read again, though somebody waits.
    private static final Duration HURRIED_WAIT = Duration.ofSeconds(5);

    private final Context context;
    private final List<Destination> destinations;
    private final Claims claims;
    private final Map<Destination, ImageJob> jobs = new ConcurrentHashMap<>();
    private final Map<Destination, Wait> waits = new ConcurrentHashMap<>();
    private final AtomicBoolean contradicted = new AtomicBoolean();

    /// The time until the next attempt, on the clock's steady count.
    private record Wait(long from, long until) {}

    Images(Context context, List<Destination> destinations, Claims claims) {
        this.context = context;
        this.destinations = destinations;
        this.claims = claims;
    }

    /// Begins to read a database as of the end of its line. Empty if that has to wait.
    @FunctionalInterface
    interface Source {
        Optional<ImageJob> image(Destination destination, Level level, Consumer<ImageJob> done)
                throws IOException, ContinuityLost;
    }

    boolean isEmpty() {
        return jobs.isEmpty();
    }

    /// Says whether one of them found another database than the line has, since this was asked
    /// last.
    boolean wasContradicted() {
        return contradicted.getAndSet(false);
    }

    /// Makes all of them end soon; those that are still wanted are begun again.
    void cancel() {
        jobs.values().forEach(ImageJob::cancel);
    }

    /// Begins none for a destination until that much later.
    void postpone(Destination destination, Duration delay) {
        long now = context.clock().nanoTime();
        waits.put(destination, new Wait(now, now + delay.toNanos()));
    }

    /// Lets those be tried again that have waited for some seconds, since somebody waits for them.
    void hurry() {
        long since = context.clock().nanoTime() - HURRIED_WAIT.toNanos();
        waits.values().removeIf(wait -> wait.from() - since <= 0);
    }

    /// Starts those that a destination needs.
    void start(Line line, Source source) throws IOException, ContinuityLost {
        long now = context.clock().nanoTime();
        Txid head = line.head();
        for (Destination destination : destinations) {
            boolean can =
                    destination.isAnswering()
                            && !jobs.containsKey(destination)
                            && !mustWait(destination, now);
            boolean hole = can && destination.hasHole(line.spool(), head);
            boolean wanted = hole || !destination.isBased() || destination.isSnapshotAsked();
            if (can && wanted && context.scheduler().reserveImage()) {
                Level level = hole && destination.isBased() ? new Level(1) : Level.SNAPSHOT;
                start(destination, level, source);
            }
        }
    }

    private boolean mustWait(Destination destination, long now) {
        Wait wait = waits.get(destination);
        return wait != null && now - wait.until() < 0;
    }

    private void start(Destination destination, Level level, Source source)
            throws IOException, ContinuityLost {
        boolean begun = false;
        try {
            Optional<ImageJob> job = source.image(destination, level, this::ended);
            if (job.isPresent()) {
                jobs.put(destination, job.get());
                claims.streaming(destination, job.get().request());
                begun = true;
                context.scheduler().stream(job.get());
            }
        } finally {
            if (!begun) {
                context.scheduler().returnImage();
            }
        }
    }

    /// Called on the job's own thread.
    private void ended(ImageJob job) {
        postpone(job.destination(), job.retryIn());
        claims.streamed(job.destination());
        if (job.contradicts()) {
            contradicted.set(true);
        }
        synchronized (jobs) {
            jobs.remove(job.destination());
            jobs.notifyAll();
        }
        job.destination().start(Optional.empty());
        job.destination().changed();
    }

    /// Waits until none is left.
    void await() {
        synchronized (jobs) {
            while (!jobs.isEmpty()) {
                try {
                    jobs.wait();
                } catch (InterruptedException e) {
                    Interrupts.keep(); // nobody does
                    return;
                }
            }
        }
    }
}
