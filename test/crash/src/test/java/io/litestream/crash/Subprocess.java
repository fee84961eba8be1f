package io.litestream.crash;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A process that a test started. Closing it kills it, and so does the end of this one.
public final class Subprocess implements AutoCloseable {

    private static final long LIMIT_SECONDS = 120;

    private final Process process;
    private final String name;
    private final Thread hook;

    private Subprocess(Process process, String name) {
        this.process = process;
        this.name = name;
        this.hook = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /// Starts a command with additions to the environment; its output goes to the end of a file.
    public static Subprocess start(List<String> command, Map<String, String> more, Path output)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(more);
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        return new Subprocess(builder.start(), String.join(" ", command));
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public void signal(Signal signal) {
        if (process.isAlive()) {
            signal.send(process.pid());
        }
    }

    /// Closes its standard input, which asks a writer to end.
    public void endInput() throws IOException {
        process.getOutputStream().close();
    }

    /// Kills it as `kill -9` does, and waits until it is gone.
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        awaitExit();
    }

    /// Waits for its end, and returns its exit status.
    public int awaitExit() throws InterruptedException {
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(
                    "still runs after %d s: %s".formatted(LIMIT_SECONDS, name));
        }
        forget();
        return process.exitValue();
    }

    private void forget() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // this process ends
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            awaitExit();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
