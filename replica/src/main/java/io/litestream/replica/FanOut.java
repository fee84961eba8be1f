package io.litestream.replica;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/// Asks a store many things at once, on virtual threads, with a limit on how many.
final class FanOut {

    private FanOut() {}

    /// A question to a store.
    @FunctionalInterface
    interface Question<T, R> {
        R ask(T about) throws IOException;
    }

    /// Returns the answers in the order of `about`. After a failure nothing more is asked, and once
    /// all questions have ended, the first failure in that order is thrown.
    static <T, R> List<R> all(String name, List<T> about, int limit, Question<T, R> question)
            throws IOException {
        Semaphore permits = new Semaphore(limit);
        AtomicBoolean failed = new AtomicBoolean();
        List<FutureTask<R>> asked = new ArrayList<>(about.size());
        Thread.Builder threads = Thread.ofVirtual().name(name + " ", 0);
        try {
            for (T item : about) {
                acquire(permits);
                if (failed.get()) {
                    permits.release();
                    break;
                }
                FutureTask<R> task = new FutureTask<>(() -> ask(question, item, failed));
                asked.add(task);
                threads.start(() -> {
                    task.run();
                    permits.release();
                });
            }
        } finally {
            permits.acquireUninterruptibly(limit);
        }
        List<R> answers = new ArrayList<>(about.size());
        for (FutureTask<R> task : asked) {
            answers.add(result(task));
        }
        return answers;
    }

    private static <T, R> R ask(Question<T, R> question, T about, AtomicBoolean failed)
            throws IOException {
        boolean answered = false;
        try {
            R answer = question.ask(about);
            answered = true;
            return answer;
        } finally {
            if (!answered) {
                failed.set(true);
            }
        }
    }

    private static void acquire(Semaphore permits) throws InterruptedIOException {
        try {
            permits.acquire();
        } catch (InterruptedException e) {
            throw new InterruptedIOException("interrupted while waiting for a store");
        }
    }

    private static <R> R result(FutureTask<R> ended) throws IOException {
        try {
            return ended.get();
        } catch (ExecutionException e) {
            throw unwrapped(e);
        } catch (InterruptedException e) {
            throw new InterruptedIOException("interrupted while waiting for a store");
        }
    }

    /// Returns the failure of a task, to be thrown; throws it if it is not one of reading.
    static IOException unwrapped(ExecutionException failed) {
        return switch (failed.getCause()) {
            case IOException e -> e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case null, default -> new IOException(failed);
        };
    }
}
