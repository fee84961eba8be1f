package io.litestream.cli.command;

import io.litestream.time.Clock;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Runs command lines in this process, and keeps what they print.
final class TestShell {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Path directory;
    private final Map<String, String> environment;
    private ExitCode code = ExitCode.SUCCESS;

    TestShell(Path directory) {
        this(directory, Map.of());
    }

    TestShell(Path directory, Map<String, String> environment) {
        this.directory = directory;
        this.environment = environment;
    }

    ExitCode run(String... words) {
        out.reset();
        err.reset();
        code = new Program(shell()).run(List.of(words));
        return code;
    }

    /// Returns how the last command ended.
    ExitCode code() {
        return code;
    }

    Shell shell() {
        return new Shell(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                environment,
                directory,
                directory,
                Terminal.NONE,
                Clock.system());
    }

    /// Returns what the last command printed.
    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    /// Returns what the last command complained of.
    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
