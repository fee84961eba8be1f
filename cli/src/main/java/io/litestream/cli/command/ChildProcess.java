package io.litestream.cli.command;

import io.litestream.time.Interrupts;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The process that `-exec` runs beside the replication. It has our environment and our outputs,
/// and no input.
final class ChildProcess {

    /// What Java adds to the number of the signal that ended a process.
    private static final int SIGNALLED = 128;

    private final Process process;

    private ChildProcess(Process process) {
        this.process = process;
    }

    /// Starts a command; its end becomes a reason to stop.
    ///
    /// @throws CommandException if it cannot be started
    static ChildProcess start(List<String> words, Shell shell, StopRequests stops)
            throws CommandException {
        ProcessBuilder builder =
                new ProcessBuilder(words)
                        .directory(shell.workingDirectory().toFile())
                        .redirectInput(nothing())
                        .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                        .redirectError(ProcessBuilder.Redirect.INHERIT);
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.putAll(shell.environment());
        try {
            ChildProcess child = new ChildProcess(builder.start());
            Thread.ofVirtual().name("exec").start(() -> child.watch(stops));
            return child;
        } catch (IOException e) {
            throw new CommandException(
                    "cannot start exec process: %s; is it on the path?".formatted(e.getMessage()));
        }
    }

    private static ProcessBuilder.Redirect nothing() {
        return ProcessBuilder.Redirect.from(
                new File(Path.of(File.separator, "dev", "null").toString()));
    }

    private void watch(StopRequests stops) {
        try {
            stops.add(new StopRequests.ChildEnded(process.waitFor()));
        } catch (InterruptedException e) {
            Interrupts.keep(); // nobody does; the process goes on by itself
        }
    }

    /// Sends a signal on, by its name without `SIG`. If it cannot be sent, the process is asked to
    /// end in the usual way.
    void signal(String name) {
        if (!name.equals("TERM")) {
            try {
                new ProcessBuilder("kill", "-s", name, Long.toString(process.pid())).start();
                return;
            } catch (IOException e) {
                // no such program: what follows is what is left
            }
        }
        process.destroy();
    }

    /// Ends the process whatever it is doing.
    void kill() {
        process.destroyForcibly();
    }

    /// Tells whether the status is that of a process that a signal ended.
    static boolean isSignalled(int status) {
        return status > SIGNALLED;
    }
}
