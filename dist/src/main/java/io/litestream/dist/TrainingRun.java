package io.litestream.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs [Training] in a JVM of its own that writes down which classes it loaded, how they are
/// linked, and what it learnt about them: the AOT cache.
///
/// The JVM takes the cache only for a class path that begins with that of the training, and made of
/// jars; so the training runs the very files that are shipped, in the place where they stay.
final class TrainingRun {

    private static final long LIMIT_SECONDS = 120;

    private final Path build;

    TrainingRun(Path build) {
        this.build = build;
    }

    /// Writes the cache under its name only when it is whole.
    void write(Path cache) throws IOException, InterruptedException {
        Path temporary = build.resolve("training.aot");
        Path log = build.resolve("training.log");
        Path scratch = Files.createDirectories(build.resolve("training"));
        Process process =
                new ProcessBuilder(command(temporary, scratch))
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(
                    "training still ran after %d s; see %s".formatted(LIMIT_SECONDS, log));
        }
        if (process.exitValue() != 0 || !Files.exists(temporary)) {
            throw new IOException(
                    "training ended with %d and %s cache; see %s:%n%s"
                            .formatted(
                                    process.exitValue(),
                                    Files.exists(temporary) ? "a" : "no",
                                    log,
                                    Files.readString(log)));
        }
        Assembly.deleteTree(scratch);
        Files.move(temporary, cache, StandardCopyOption.ATOMIC_MOVE);
    }

    private List<String> command(Path cache, Path scratch) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:AOTCacheOutput=" + cache,
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-Dorg.sqlite.lib.path=" + build.resolve("native"),
                "-Djava.library.path=" + build.resolve("native"),
                "-classpath",
                build.resolve(ProgramJar.NAME).toString(),
                Training.class.getName(),
                scratch.toString());
    }
}
