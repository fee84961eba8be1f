package io.litestream.replica;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/// Asks a store many things at once, on virtual threads, with a limit on how many.
final class FanOut {

    private FanOut() {}

    /// A question to a store.
    @FunctionalInterface
    interface Question<T, R> {
        R ask(T about) throws IOException;
    }

    /// Returns the answers in the order of `about`. The first failure in that order is thrown,
    /// after all questions have ended.
    static <T, R> List<R> all(String name, List<T> about, int limit, Question<T, R> question)
            throws IOException {
        Semaphore permits = new Semaphore(limit);
        Function<T, Callable<R>> bounded =
                item ->
                        () -> {
                            permits.acquire();
                            try {
                                return question.ask(item);
                            } finally {
                                permits.release();
                            }
                        };
        try (ExecutorService threads =
                Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(name, 0).factory())) {
            List<Future<R>> futures = new ArrayList<>();
            about.forEach(item -> futures.add(threads.submit(bounded.apply(item))));
            List<R> answers = new ArrayList<>();
            for (Future<R> future : futures) {
                answers.add(result(future));
            }
            return answers;
        }
    }

    private static <R> R result(Future<R> future) throws IOException {
        try {
            return future.get();
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
