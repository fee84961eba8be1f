package io.litestream.replica;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;

/// Asks a store many things at once, with a limit on how many.
///
/// On platform threads: what keeps the sockets of virtual threads is a thread in the kernel, for
/// which a JVM that ends waits 300 ms.
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
        if (about.isEmpty()) {
            return List.of();
        }
        AtomicBoolean failed = new AtomicBoolean();
        List<Future<Optional<R>>> asked = new ArrayList<>(about.size());
        try (ExecutorService threads =
                Executors.newFixedThreadPool(Math.min(limit, about.size()), threads(name))) {
            for (T item : about) {
                asked.add(threads.submit(() -> ask(question, item, failed)));
            }
        }
        List<R> answers = new ArrayList<>(about.size());
        for (Future<Optional<R>> task : asked) {
            result(task).ifPresent(answers::add);
        }
        return answers;
    }

    /// Returns a maker of threads to ask a store on.
    static ThreadFactory threads(String name) {
        return Thread.ofPlatform().daemon().name(name + " ", 0).factory();
    }

    /// Returns nothing if something has failed before: then that failure is thrown in the end.
    private static <T, R> Optional<R> ask(Question<T, R> question, T about, AtomicBoolean failed)
            throws IOException {
        if (failed.get()) {
            return Optional.empty();
        }
        boolean answered = false;
        try {
            R answer = question.ask(about);
            answered = true;
            return Optional.of(answer);
        } finally {
            if (!answered) {
                failed.set(true);
            }
        }
    }

    private static <R> R result(Future<R> ended) throws IOException {
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
