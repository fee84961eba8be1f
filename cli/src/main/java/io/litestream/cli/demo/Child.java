package io.litestream.cli.demo;

import io.litestream.time.Interrupts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A process that the demo started. What it prints goes into a file.
final class Child {

    /// Longer than anything takes here on a machine that does anything at all.
    static final Duration LIMIT = Duration.ofMinutes(1);

    private static final int LINES_OF_A_FAILURE = 10;

    private final String name;
    private final Process process;
    private final Path log;

    private Child(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /// Starts a process, in the directory and with the environment of this one, but for the
    /// variable that could silence what is read here.
    ///
    /// @param name what messages call it
    /// @param log where what it prints is appended
    static Child start(String name, Path log, List<String> command) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().remove("LOG_LEVEL");
        return new Child(name, builder.start(), log);
    }

    long pid() {
        return process.pid();
    }

    /// Returns the whole lines that are in its file.
    List<String> lines() throws IOException {
        String text = Files.readString(log);
        return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }

    /// Ends its standard input, by which a process can tell that nobody wants it any more.
    void closeInput() throws IOException {
        process.getOutputStream().close();
    }

    /// Asks it to end (SIGTERM).
    void terminate() {
        process.destroy();
    }

    /// Ends it whatever it is doing (SIGKILL), and returns when it is gone.
    void kill() {
        process.destroyForcibly();
        try {
            boolean _ = process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Interrupts.keep(); // it ends all the same
        }
    }

    /// Waits until it has ended, and well.
    ///
    /// @throws IOException if it ends with a failure, or not in time
    void awaitSuccess() throws IOException, InterruptedException {
        if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw failure("still runs after " + LIMIT.toSeconds() + " s");
        }
        if (process.exitValue() != 0) {
            throw failure("ended with " + process.exitValue());
        }
    }

    /// Makes sure that it runs.
    ///
    /// @throws IOException if it has ended
    void requireAlive() throws IOException {
        if (!process.isAlive()) {
            throw failure("ended with " + process.exitValue() + " before it was asked to");
        }
    }

    /// Returns what to throw about it: what it did, and its last words.
    IOException failure(String what) throws IOException {
        List<String> lines = lines();
        List<String> last =
                lines.subList(Math.max(0, lines.size() - LINES_OF_A_FAILURE), lines.size());
        return new IOException(
                "%s (process %d) %s; see %s%n%s"
                        .formatted(name, pid(), what, log, String.join("\n", last)));
    }
}
