package io.litestream.crash;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// The program that replicates one database: a process with a configuration of its own, which is
/// started, killed and ended again and again.
final class Replicator implements AutoCloseable {

    private final Path configuration;
    private final Path log;
    private final Figures figures;
    private Subprocess process;
    private long logBytes;

    /// @param directory holds the configuration and the log, both with this name
    Replicator(Path directory, String name, String configuration, Figures figures)
            throws IOException {
        this.configuration = directory.resolve(name + ".yml");
        this.log = directory.resolve(name + ".log");
        this.figures = figures;
        Files.writeString(this.configuration, configuration);
    }

    Path log() {
        return log;
    }

    boolean isRunning() {
        return process != null;
    }

    void start() throws IOException {
        logBytes = Files.exists(log) ? Files.size(log) : 0;
        process = Litestream.start(log, "replicate", "-config", configuration.toString());
    }

    void kill() throws InterruptedException {
        process.kill();
        process = null;
        figures.count("replicators killed");
    }

    void stopFor(int millis) throws InterruptedException {
        process.signal(Signal.STOP);
        Thread.sleep(millis);
        process.signal(Signal.CONT);
        figures.count("replicators stopped for a while");
    }

    /// Ends it in order; everything committed before must be durable then.
    ///
    /// @return whether it caught the signal: just after its start the signal kills it
    boolean end() throws Exception {
        process.signal(Signal.TERM);
        int exit = process.awaitExit();
        process = null;
        if (exit != 0 && !said().contains("signal received")) {
            Finding.unless(
                    exit == 128 + 15 || said().contains("initialization of VM"),
                    "the replicator ended by itself with %d",
                    exit);
            figures.count("replicators killed");
            return false;
        }
        Finding.unless(exit == 0, "the replicator was asked to end, and ended with %d", exit);
        figures.count("replicators ended");
        return true;
    }

    /// Replicates what is there now; everything committed before must be durable then.
    void once() throws Exception {
        try (Subprocess once =
                Litestream.start(log, "replicate", "-once", "-config", configuration.toString())) {
            int exit = once.awaitExit();
            Finding.unless(exit == 0, "replicate -once ended with %d", exit);
        }
        figures.count("replications once");
    }

    /// Returns the most memory that it has had, as the kernel counts it.
    long peakMemoryBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElse(0);
    }

    /// @throws Finding if it has ended by itself
    void check() {
        Finding.unless(process == null || process.isAlive(), "the replicator ended by itself");
    }

    /// Returns what it has said since it was started last.
    String said() throws IOException {
        byte[] all = Files.readAllBytes(log);
        int from = Math.toIntExact(logBytes);
        return new String(all, from, all.length - from, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }
}
