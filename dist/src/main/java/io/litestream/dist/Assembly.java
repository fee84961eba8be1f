package io.litestream.dist;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Builds the program into a directory that is named for its content, and then points to it.
///
/// | File                               | Is                                                     |
/// |:-----------------------------------|:-------------------------------------------------------|
/// | `launch`                           | names the build and its JVM, for the launcher to read  |
/// | `<build>/litestream.jar`           | what to run; its manifest names the rest               |
/// | `<build>/lib/*.jar`                | our modules and the libraries                          |
/// | `<build>/native/*`                 | native libraries of this platform                      |
/// | `<build>/replica-<build>.aot`      | the AOT cache for S3 and commands that ask replicas    |
/// | `<build>/litestream-<build>.aot`   | that for all else; its presence says that all is there |
///
/// `launch` is replaced by a rename and has the time at which the build began, so that a launcher
/// never sees half a build, and can tell whether a source is newer. Earlier builds stay for a
/// while, as somebody may be running them.
public final class Assembly {

    private static final int BUILDS_KEPT = 3;
    private static final List<String> SHIPPED_CLASSES =
            List.of("Trainee", "Training", "RestoreTraining", "TrainingReplica");

    private final Path directory;
    private final List<Path> jars;

    private Assembly(Path directory, List<Path> jars) {
        this.directory = directory;
        this.jars = jars;
    }

    /// Assembles the jars of this program's own class path.
    ///
    /// @param args the directory, and the time at which the build began
    public static void main(String[] args) throws IOException, InterruptedException {
        List<Path> jars =
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .map(Path::of)
                        .filter(Files::isRegularFile)
                        .sorted(
                                Comparator.comparing(Assembly::isForOneBackEnd)
                                        .thenComparing(Path::getFileName))
                        .toList();
        new Assembly(Path.of(args[0]), jars).assemble(Instant.parse(args[1]));
    }

    /// Such jars come last, since a class is looked for in every jar before its own.
    private static boolean isForOneBackEnd(Path jar) {
        return jar.toString().contains("/software/amazon/");
    }

    private void assemble(Instant started) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        byte[] program = ProgramJar.bytes(jars, SHIPPED_CLASSES);
        String name = Fingerprint.of(program, jars);
        Path build = directory.resolve(name);
        Path cache = build.resolve("litestream-" + name + ".aot");
        if (!Files.exists(cache)) {
            deleteTree(build);
            copyInto(build, program);
            NativeLibraries.extractInto(Files.createDirectories(build.resolve("native")));
            TrainingRun training = new TrainingRun(build);
            training.writeForReplicas(build.resolve("replica-" + name + ".aot"));
            training.write(cache);
        }
        publish(name, started);
        deleteOldBuilds(build);
    }

    private void copyInto(Path build, byte[] program) throws IOException {
        Path lib = Files.createDirectories(build.resolve(ProgramJar.LIBRARIES));
        for (Path jar : jars) {
            Files.copy(jar, lib.resolve(jar.getFileName()));
        }
        Files.write(build.resolve(ProgramJar.NAME), program);
    }

    private void publish(String build, Instant started) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        String launch =
                """
                # Written by the build, read by bin/litestream.
                java=%s
                build=%s
                """
                        .formatted(quoted(java.toString()), build);
        Path temporary = directory.resolve("launch.tmp");
        Files.writeString(temporary, launch);
        Files.setLastModifiedTime(temporary, FileTime.from(started));
        Files.move(temporary, directory.resolve("launch"), StandardCopyOption.ATOMIC_MOVE);
    }

    private void deleteOldBuilds(Path current) throws IOException {
        List<Path> builds = new ArrayList<>();
        try (Stream<Path> entries = Files.list(directory)) {
            entries.filter(entry -> Files.isDirectory(entry) && !entry.equals(current))
                    .forEach(builds::add);
        }
        builds.sort(Comparator.comparing(Assembly::modified).reversed());
        for (Path build : builds.subList(Math.min(BUILDS_KEPT - 1, builds.size()), builds.size())) {
            deleteTree(build);
        }
    }

    private static FileTime modified(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> entries = Files.walk(root)) {
            for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(entry);
            }
        }
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
