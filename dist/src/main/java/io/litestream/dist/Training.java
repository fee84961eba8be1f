package io.litestream.dist;

import io.litestream.cli.command.ExitCode;
import io.litestream.cli.command.Program;
import io.litestream.cli.command.Shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Does once what users do most, so that the JVM learns which classes that takes.
///
/// It ends in an orderly way, without which there is no cache.
public final class Training {

    private final Path configuration;

    private Training(Path scratch) {
        this.configuration = scratch.resolve("litestream.yml");
    }

    /// Works in the directory that the argument names.
    public static void main(String[] args) throws IOException {
        Path scratch = Path.of(args[0]);
        Training training = new Training(scratch);
        training.configure(scratch.resolve("app.db"), scratch.resolve("replica"));
        training.run("help");
        training.run("databases", "-config", training.configuration.toString());
        training.run("version");
    }

    private void configure(Path database, Path replica) throws IOException {
        Files.writeString(
                configuration,
                """
                dbs:
                  - path: %s
                    replica:
                      path: %s
                """
                        .formatted(database, replica));
    }

    private void run(String... words) {
        ExitCode code = new Program(Shell.ofProcess()).run(List.of(words));
        if (code != ExitCode.SUCCESS) {
            throw new IllegalStateException("litestream %s failed".formatted(List.of(words)));
        }
    }
}
