package io.litestream.dist;

import static io.litestream.dist.Trainee.litestream;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;

/// Replicates a database that is written meanwhile, so that the JVM learns which classes that
/// takes.
///
/// It ends in an orderly way, without which there is no cache.
public final class Training {

    private Training() {}

    /// Works in the directory that the argument names.
    public static void main(String[] args) throws IOException, SQLException, InterruptedException {
        Trainee trainee = new Trainee(Path.of(args[0]));
        trainee.configure("{path: %s}".formatted(Trainee.quoted(trainee.replica())));
        String configuration = trainee.configuration().toString();
        litestream("version");
        litestream("help");
        litestream("databases", "-config", configuration);
        trainee.begin();
        litestream("replicate", "-once", "-config", configuration);
        trainee.replicateWhileItIsWritten();
    }
}
