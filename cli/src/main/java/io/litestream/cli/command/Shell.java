package io.litestream.cli.command;

import io.litestream.cli.config.PlaceReader;
import io.litestream.cli.config.UserPaths;
import io.litestream.time.Clock;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/// What the program was started from.
///
/// @param out the standard output
/// @param err the standard error output
/// @param environment the environment variables
/// @param home the user's home directory
/// @param workingDirectory where relative paths begin
public record Shell(
        PrintStream out,
        PrintStream err,
        Map<String, String> environment,
        Path home,
        Path workingDirectory,
        Terminal terminal,
        Clock clock) {

    public Shell {
        Objects.requireNonNull(out);
        Objects.requireNonNull(err);
        environment = Map.copyOf(environment);
        Objects.requireNonNull(home);
        Objects.requireNonNull(workingDirectory);
        Objects.requireNonNull(terminal);
        Objects.requireNonNull(clock);
    }

    /// Returns what this process was started from.
    public static Shell ofProcess() {
        return new Shell(
                System.out,
                System.err,
                System.getenv(),
                Path.of(System.getProperty("user.home", "/")),
                Path.of(System.getProperty("user.dir", "/")),
                Terminal.OF_PROCESS,
                Clock.system());
    }

    PlaceReader placeReader() {
        return new PlaceReader(paths(), environment);
    }

    UserPaths paths() {
        return new UserPaths(home, workingDirectory);
    }
}
