package io.litestream.engine;

import io.litestream.time.Interrupts;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The threads of an engine: one for time, a few that drive databases, a few that stream images, a
/// few that checkpoint, a few for the upkeep of destinations, and a few that merge what waits for
/// them.
///
/// They are platform threads, since SQLite and files would hold the carriers of virtual ones; and
/// nobody interrupts them, since that would close the channel on a database file and drop the
/// process's locks on it.
final class Scheduler implements AutoCloseable {

    private static final int IMAGES_AT_ONCE = 2;
    private static final int CHECKPOINTS_AT_ONCE = 2;
    private static final int UPKEEPS_AT_ONCE = 8; // they wait for stores, mostly
    private static final long UPKEEP_THREADS_LAST_SECONDS = 30;
    private static final int MERGES_AT_ONCE = 2; // each has up to 64 files open
    private static final long CLOSE_SECONDS = 60;

    private final ScheduledThreadPoolExecutor time;
    private final ExecutorService workers;
    private final ExecutorService images;
    private final ExecutorService checkpoints;
    private final ExecutorService upkeeps;
    private final Semaphore imageSlots = new Semaphore(IMAGES_AT_ONCE);
    private final ExecutorService verification;
    private final ExecutorService merges;

    Scheduler(int workerCount) {
        time = new ScheduledThreadPoolExecutor(1, threads("litestream-time"));
        time.setRemoveOnCancelPolicy(true);
        time.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        time.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
        workers = Executors.newFixedThreadPool(workerCount, threads("litestream-worker-"));
        images = Executors.newFixedThreadPool(IMAGES_AT_ONCE, threads("litestream-image-"));
        checkpoints =
                Executors.newFixedThreadPool(
                        CHECKPOINTS_AT_ONCE, threads("litestream-checkpoint-"));
        merges = Executors.newFixedThreadPool(MERGES_AT_ONCE, threads("litestream-merge-"));
        upkeeps = upkeeps();
        verification = Executors.newSingleThreadExecutor(lowPriority("litestream-verify"));
    }

    private static ExecutorService upkeeps() {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(
                        UPKEEPS_AT_ONCE,
                        UPKEEPS_AT_ONCE,
                        UPKEEP_THREADS_LAST_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        threads("litestream-upkeep-"));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /// Runs a step of a database on one of the workers. Does nothing once this is closed.
    void work(Runnable step) {
        submit(workers, step);
    }

    /// Asks for a thread to stream an image, and says whether there is one: an image that waits
    /// would hold a pin. If so, [#stream] or [#returnImage] must follow.
    boolean reserveImage() {
        return imageSlots.tryAcquire();
    }

    /// Gives back a thread that was not needed.
    void returnImage() {
        imageSlots.release();
    }

    /// Streams an image on the thread that was reserved. Does nothing once this is closed.
    void stream(Runnable image) {
        submit(
                images,
                () -> {
                    try {
                        image.run();
                    } finally {
                        imageSlots.release();
                    }
                });
    }

    /// Waits for the disk beside the workers.
    ///
    /// @throws RejectedExecutionException once this is closed
    <T> Future<T> checkpoint(Callable<T> task) {
        return checkpoints.submit(task);
    }

    /// Runs the chores of a destination that are due. Does nothing once this is closed.
    void upkeep(Runnable chores) {
        submit(upkeeps, chores);
    }

    /// Verifies a destination, when no other one is verified. Does nothing once this is closed.
    void verify(Runnable chores) {
        submit(verification, chores);
    }

    /// Merges what waits for a destination. The result fails once this is closed.
    <T> Future<T> merge(Callable<T> merge) {
        return merges.submit(merge);
    }

    /// Runs something after that long; running the result calls it off.
    Runnable after(Duration delay, Runnable action) {
        try {
            Future<?> task = time.schedule(action, delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> task.cancel(false);
        } catch (RejectedExecutionException closed) {
            return () -> {};
        }
    }

    /// Waits for what runs; nothing new begins.
    @Override
    public void close() {
        List<ExecutorService> all =
                List.of(time, workers, images, checkpoints, upkeeps, merges, verification);
        all.forEach(ExecutorService::shutdown);
        try {
            for (ExecutorService each : all) {
                each.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Interrupts.keep();
        }
    }

    private static void submit(ExecutorService to, Runnable task) {
        try {
            to.execute(task);
        } catch (RejectedExecutionException closed) {
            // the engine is closing; what is left was reported as not done
        }
    }

    /// Nothing relies on the priority: it leaves the processor to others where there is none to
    /// spare.
    @SuppressWarnings("ThreadPriorityCheck")
    private static ThreadFactory lowPriority(String name) {
        return Thread.ofPlatform().name(name).priority(Thread.MIN_PRIORITY).daemon().factory();
    }

    private static ThreadFactory threads(String name) {
        return name.endsWith("-")
                ? Thread.ofPlatform().name(name, 0).daemon().factory()
                : Thread.ofPlatform().name(name).daemon().factory();
    }
}
