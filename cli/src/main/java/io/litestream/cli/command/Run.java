package io.litestream.cli.command;

import static java.lang.System.Logger.Level.INFO;

import java.util.List;
import java.util.Optional;

/// A replication that goes on until it is stopped, perhaps with a process beside it.
final class Run {

    private static final System.Logger LOGGER = System.getLogger(Run.class.getName());

    private final Replication replication;
    private final StopRequests stops;
    private final Shell shell;

    Run(Replication replication, StopRequests stops, Shell shell) {
        this.replication = replication;
        this.stops = stops;
        this.shell = shell;
    }

    /// Runs until a signal comes, or the command ends if there is one. What was committed until
    /// then is synced, however it ends.
    ///
    /// @throws CommandException if the command cannot be started, or failed
    ExitCode until(List<String> exec) throws CommandException, InterruptedException {
        if (exec.isEmpty()) {
            signalled(stops.await());
            return replication.stop(stops);
        }
        ChildProcess child;
        try {
            child = ChildProcess.start(exec, shell, stops);
        } catch (CommandException e) {
            replication.stop(stops);
            throw e;
        }
        Optional<String> failure = await(child);
        ExitCode code = replication.stop(stops);
        if (failure.isPresent()) {
            throw new CommandException(failure.get());
        }
        return code;
    }

    /// Waits for the end of the child, and returns what was wrong with it.
    private Optional<String> await(ChildProcess child) throws InterruptedException {
        return switch (stops.await()) {
            case StopRequests.ChildEnded(int status) -> {
                LOGGER.log(INFO, "subprocess exited, litestream shutting down");
                yield status == 0 ? Optional.empty() : Optional.of("exit status " + status);
            }
            case StopRequests.Signalled signal -> {
                signalled(signal);
                LOGGER.log(INFO, "sending signal to exec process");
                child.signal(signal.name());
                LOGGER.log(INFO, "waiting for exec process to close");
                int status = awaitEnd(child);
                yield status == 0 || ChildProcess.isSignalled(status)
                        ? Optional.empty()
                        : Optional.of("cannot wait for exec process: exit status " + status);
            }
        };
    }

    /// Waits for the end of a child that got a signal; at the next signal it is killed.
    private int awaitEnd(ChildProcess child) throws InterruptedException {
        while (true) {
            switch (stops.await()) {
                case StopRequests.ChildEnded(int status) -> {
                    return status;
                }
                case StopRequests.Signalled _ -> child.kill();
            }
        }
    }

    private static void signalled(StopRequests.Request request) {
        LOGGER.log(INFO, "signal received, litestream shutting down", "signal", request);
    }
}
