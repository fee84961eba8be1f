package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.cli.Main;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The program in a process of its own, as users run it.
final class ChildLitestream implements AutoCloseable {

    private static final int LIMIT_SECONDS = 60;

    private final Process process;
    private final Path out;
    private final Path err;

    private ChildLitestream(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    static ChildLitestream start(Path directory, String... words) throws IOException {
        return start(directory, Map.of(), words);
    }

    static ChildLitestream start(Path directory, Map<String, String> environment, String... words)
            throws IOException {
        List<String> command = new ArrayList<>(program(directory));
        command.addAll(List.of(words));
        return start(directory, environment, command);
    }

    /// Starts a line of a shell, for which the program is `litestream`, as it is for users.
    static ChildLitestream shell(Path directory, Map<String, String> environment, String line)
            throws IOException {
        Path bin = Files.createDirectories(directory.resolve("bin"));
        Path script = bin.resolve("litestream");
        if (!Files.exists(script)) {
            String quoted = "'" + String.join("' '", program(directory)) + "'";
            Files.writeString(script, "#!/bin/sh\nexec " + quoted + " \"$@\"\n");
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        }
        Map<String, String> all = new HashMap<>(environment);
        all.put("PATH", bin + ":" + System.getenv("PATH"));
        return start(directory, all, List.of("sh", "-c", line));
    }

    private static List<String> program(Path directory) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Duser.home=" + directory,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName());
    }

    private static ChildLitestream start(
            Path directory, Map<String, String> environment, List<String> command)
            throws IOException {
        Path out = Files.createTempFile(directory, "out", "");
        Path err = Files.createTempFile(directory, "err", "");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment().putAll(environment);
        return new ChildLitestream(builder.start(), out, err);
    }

    String out() throws IOException {
        return Files.readString(out);
    }

    String err() throws IOException {
        return Files.readString(err);
    }

    /// Waits for the end, and returns the exit code.
    int await() throws Exception {
        assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS))
                .as("ended after %d s; %s%s", LIMIT_SECONDS, out(), err())
                .isTrue();
        return process.exitValue();
    }

    /// Waits until the output has this text.
    void awaitOut(String text) throws Exception {
        for (int i = 0; i < LIMIT_SECONDS * 50; i++) {
            if (out().contains(text)) {
                return;
            }
            assertThat(process.isAlive()).as("alive; %s%s", out(), err()).isTrue();
            Thread.sleep(20);
        }
        assertThat(out()).contains(text);
    }

    /// Sends a signal, by its name without `SIG`.
    void signal(String name) throws Exception {
        int status =
                new ProcessBuilder("kill", "-s", name, Long.toString(process.pid()))
                        .start()
                        .waitFor();
        assertThat(status).isZero();
    }

    /// Kills the process if it is still there.
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
