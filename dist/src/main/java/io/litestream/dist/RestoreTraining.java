package io.litestream.dist;

import io.litestream.cli.Main;
import io.litestream.cli.command.ExitCode;
import io.litestream.cli.command.Program;
import io.litestream.cli.command.Shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Restores from a bucket, and from a directory, so that the JVM learns which classes that takes.
///
/// It ends in an orderly way, without which there is no cache.
public final class RestoreTraining {

    private RestoreTraining() {}

    /// Restores what [TrainingReplica] left in a directory.
    ///
    /// @param args the directory, and the endpoint of a [TrainingBucket] with the replica
    public static void main(String[] args) throws IOException {
        Path scratch = Path.of(args[0]);
        Path configuration = scratch.resolve("bucket.yml");
        Path database = scratch.resolve("app.db");
        Files.writeString(
                configuration,
                """
                dbs:
                  - path: %s
                    replica:
                      type: s3
                      bucket: %s
                      path: %s
                      endpoint: %s
                      region: us-east-1
                      access-key-id: training
                      secret-access-key: training
                      force-path-style: true
                """
                        .formatted(database, TrainingBucket.NAME, TrainingBucket.REPLICA, args[1]));
        Objects.requireNonNull(Main.class); // which ends the process, and so cannot be called
        String output = scratch.resolve("restored.db").toString();
        restore("-o", output, "-config", configuration.toString(), database.toString());
        restore("-o", output, "-config", configuration.toString(), database.toString());
        restore("-o", output, "file://" + TrainingReplica.in(scratch));
        run(List.of("ltx", "-config", configuration.toString(), database.toString()));
    }

    private static void restore(String... options) {
        List<String> words = new ArrayList<>(List.of("restore", "-force"));
        words.addAll(List.of(options));
        run(words);
    }

    private static void run(List<String> words) {
        ExitCode code = new Program(Shell.ofProcess()).run(words); // as Main does
        if (code != ExitCode.SUCCESS) {
            throw new IllegalStateException("litestream %s failed".formatted(words));
        }
    }
}
