package io.litestream.storage.file;

import io.litestream.storage.testkit.PatternContent;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A running [StoreProgram]. Closing it kills it.
final class JavaProcess implements AutoCloseable {

    private final Process process;
    private final BufferedReader output;

    private JavaProcess(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    static JavaProcess start(String... arguments) throws IOException {
        return startUnder(List.of(), arguments);
    }

    /// Starts the program by way of another, such as one that changes the user.
    static JavaProcess startUnder(List<String> launcher, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(launcher);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx64m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(List.of("-cp", classPath(), StoreProgram.class.getName()));
        command.addAll(List.of(arguments));
        return new JavaProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    /// Returns the next line of its output, or `end` after the last.
    String line() throws IOException {
        String line = output.readLine();
        return line == null ? "end" : line;
    }

    /// Sends it an empty line.
    void go() throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    /// Kills it as `kill -9` does, and waits for its end.
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /// Reads its output to the end, and waits for it to end.
    String rest() {
        String rest = output.lines().collect(Collectors.joining("\n"));
        process.onExit().join();
        return rest;
    }

    @Override
    public void close() throws IOException {
        kill();
        output.close();
    }

    /// Tells whether a program is there and succeeds.
    static boolean succeeds(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException _) {
            return false;
        }
    }

    private static String classPath() {
        return Stream.of(StoreProgram.class, PatternContent.class, FileObjectStore.class)
                .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
