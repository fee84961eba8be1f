package io.litestream.cli.command;

import com.google.errorprone.annotations.concurrent.GuardedBy;

import io.litestream.time.Clock;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// What makes a running replication stop: a signal, or the end of the process that it runs.
///
/// Signals are handled here and not in a shutdown hook, since a process that ends by way of its
/// hooks ends with the signal's exit code, and a replication that was stopped in order ends with 0.
final class StopRequests {

    private static final List<String> SIGNALS = List.of("INT", "TERM", "HUP");

    /// More than anybody sends before the process is gone.
    private static final int LIMIT = 16;

    /// Signals that come together are one: a signal to a group of processes often reaches us
    /// through a parent, too, that passes it on. The second one would cut the end short.
    private static final long ECHO_NANOS = Duration.ofMillis(200).toNanos();

    private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>(LIMIT);
    private final Clock clock;

    @GuardedBy("this")
    private @Nullable Long signalledAt;

    StopRequests(Clock clock) {
        this.clock = clock;
    }

    /// A reason to stop.
    sealed interface Request {}

    /// A signal came.
    record Signalled(String name) implements Request {
        @Override
        public String toString() {
            return switch (name) {
                case "INT" -> "interrupt";
                case "HUP" -> "hangup";
                default -> "terminated";
            };
        }
    }

    /// The process that is run beside the replication ended.
    record ChildEnded(int status) implements Request {}

    /// Catches signals from now on; of those that the process was started to ignore SIGINT alone. A
    /// shell without job control has all that it puts into the background ignore that one, and who
    /// sends it to a process means it; `nohup` means that SIGHUP is ignored.
    void catchSignals() {
        IgnoredSignals.heedInterrupt();
        for (String name : SIGNALS) {
            Signals.handle(name, () -> signalled(name));
        }
    }

    /// Adds a signal, unless it is the echo of another.
    synchronized void signalled(String name) {
        long now = clock.nanoTime();
        if (signalledAt == null || now - signalledAt >= ECHO_NANOS) {
            signalledAt = now;
            add(new Signalled(name));
        }
    }

    /// Adds a reason. Never waits.
    void add(Request request) {
        boolean _ = requests.offer(request);
    }

    /// Waits for a reason.
    Request await() throws InterruptedException {
        return requests.take();
    }

    /// Returns a reason if there is one.
    Optional<Request> poll() {
        return Optional.ofNullable(requests.poll());
    }

    /// Waits for a reason, but not longer than this.
    Optional<Request> await(Duration limit) throws InterruptedException {
        return Optional.ofNullable(requests.poll(limit.toNanos(), TimeUnit.NANOSECONDS));
    }
}
