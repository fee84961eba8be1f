package io.litestream.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs [Training] and [RestoreTraining] each in a JVM of its own that writes down which classes it
/// loaded, how they are linked, and what it learnt about them: the AOT cache.
///
/// The JVM takes the cache only for a class path that begins with that of the training, and made of
/// jars; so the training runs the very files that are shipped, in the place where they stay.
final class TrainingRun {

    private static final long LIMIT_SECONDS = 120;

    private final Path build;

    TrainingRun(Path build) {
        this.build = build;
    }

    /// Writes the cache for everything but what asks replicas.
    void write(Path cache) throws IOException, InterruptedException {
        Path scratch = Files.createDirectories(build.resolve("training"));
        writeCache(cache, Training.class, scratch.toString());
        Assembly.deleteTree(scratch);
    }

    /// Writes the cache for restores and whatever else asks a replica: it has what it takes to read
    /// from a bucket.
    void writeForReplicas(Path cache) throws IOException, InterruptedException {
        Path scratch = Files.createDirectories(build.resolve("training"));
        run(List.of(), TrainingReplica.class, scratch.toString());
        try (TrainingBucket bucket = new TrainingBucket(new Trainee(scratch).replica())) {
            writeCache(cache, RestoreTraining.class, scratch.toString(), bucket.endpoint());
        }
        Assembly.deleteTree(scratch);
    }

    /// The cache gets its name only when it is whole.
    private void writeCache(Path cache, Class<?> training, String... arguments)
            throws IOException, InterruptedException {
        Path temporary = build.resolve("training.aot");
        run(List.of("-XX:AOTCacheOutput=" + temporary), training, arguments);
        if (!Files.exists(temporary)) {
            throw new IOException("%s left no cache".formatted(training.getSimpleName()));
        }
        Files.move(temporary, cache, StandardCopyOption.ATOMIC_MOVE);
    }

    private void run(List<String> options, Class<?> training, String... arguments)
            throws IOException, InterruptedException {
        Path log = build.resolve("training.log");
        Process process =
                new ProcessBuilder(command(options, training, arguments))
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(
                    "%s still ran after %d s; see %s"
                            .formatted(training.getSimpleName(), LIMIT_SECONDS, log));
        }
        if (process.exitValue() != 0) {
            throw new IOException(
                    "%s ended with %d; see %s:%n%s"
                            .formatted(
                                    training.getSimpleName(),
                                    process.exitValue(),
                                    log,
                                    Files.readString(log)));
        }
    }

    private List<String> command(List<String> options, Class<?> training, String... arguments) {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(options);
        words.addAll(
                List.of(
                        "-XX:+UseSerialGC",
                        "-Xmx256m",
                        "-Dorg.sqlite.lib.path=" + build.resolve("native"),
                        "-Djava.library.path=" + build.resolve("native"),
                        "-classpath",
                        build.resolve(ProgramJar.NAME).toString(),
                        training.getName()));
        words.addAll(List.of(arguments));
        return words;
    }
}
