package io.litestream.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The program under test, as users start it: `bin/litestream` of this checkout, or the command
/// that `LITESTREAM` names.
public final class Litestream {

    private Litestream() {}

    /// Returns the directory that holds the whole project.
    public static Path root() {
        for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
            if (Files.isExecutable(up.resolve("bin/litestream"))) {
                return up;
            }
        }
        throw new IllegalStateException("no bin/litestream above " + Path.of("").toAbsolutePath());
    }

    /// Returns the words that start the program.
    public static List<String> command() {
        return Command.WORDS;
    }

    /// The command, once it has run: from a checkout that has changed the first start builds the
    /// program, which takes longer than any test waits.
    private static final class Command {

        private static final long BUILD_MINUTES = 15;
        private static final List<String> WORDS = built();

        private static List<String> built() {
            String named = System.getenv("LITESTREAM");
            List<String> words =
                    named == null || named.isBlank()
                            ? List.of(root().resolve("bin/litestream").toString())
                            : List.of(named.trim().split("\\s+"));
            List<String> version = new ArrayList<>(words);
            version.add("version");
            try {
                Process process =
                        new ProcessBuilder(version)
                                .redirectErrorStream(true)
                                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                .start();
                if (!process.waitFor(BUILD_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
                    throw new IllegalStateException("cannot run " + version);
                }
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException("cannot run " + version, e);
            }
            return words;
        }
    }

    /// Starts the program; its output goes to the end of a file.
    public static Subprocess start(Path output, String... arguments) throws IOException {
        return start(output, Map.of(), arguments);
    }

    private static Subprocess start(
            Path output, Map<String, String> environment, String... arguments) throws IOException {
        List<String> words = new ArrayList<>(command());
        words.addAll(List.of(arguments));
        return Subprocess.start(words, environment, output);
    }

    /// How a run of the program ended, and all that it said.
    public record Outcome(int exit, String output) {

        public boolean succeeded() {
            return exit == 0;
        }
    }

    /// Runs the program to its end.
    public static Outcome run(Path scratch, String... arguments)
            throws IOException, InterruptedException {
        return run(scratch, Map.of(), arguments);
    }

    /// Runs the program to its end, with additions to its environment.
    public static Outcome run(Path scratch, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile(scratch, "litestream", ".log");
        try (Subprocess process = start(output, environment, arguments)) {
            int exit = process.awaitExit();
            return new Outcome(exit, Files.readString(output));
        } finally {
            Files.deleteIfExists(output);
        }
    }

    /// Returns the URL of a replica in a directory.
    public static String url(Path replica) {
        return "file://" + replica.toAbsolutePath();
    }
}
