package io.litestream.dist;

import static io.litestream.dist.Trainee.litestream;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;

/// Restores from a bucket, and from a directory, asks what is there, and replicates to the bucket,
/// so that the JVM learns which classes that takes.
///
/// It ends in an orderly way, without which there is no cache.
public final class RestoreTraining {

    private RestoreTraining() {}

    /// Restores what [TrainingReplica] left in a directory.
    ///
    /// @param args the directory, and the endpoint of a [TrainingBucket] with the replica
    public static void main(String[] args) throws IOException, SQLException, InterruptedException {
        Trainee trainee = new Trainee(Path.of(args[0]));
        trainee.configure(bucket(TrainingBucket.REPLICA, args[1]));
        String configuration = trainee.configuration().toString();
        String database = trainee.database().toString();
        String output = trainee.restored().toString();
        litestream("restore", "-force", "-o", output, "-config", configuration, database);
        litestream("restore", "-force", "-o", output, "-config", configuration, database);
        litestream("restore", "-force", "-o", output, "file://" + trainee.replica());
        litestream("ltx", "-config", configuration, database);
        litestream("status", "-config", configuration);
        Trainee other = new Trainee(Files.createDirectory(trainee.scratch().resolve("other")));
        other.configure(bucket("other", args[1]));
        other.begin();
        other.replicateWhileItIsWritten();
    }

    private static String bucket(String path, String endpoint) {
        return ("{type: s3, bucket: %s, path: %s, endpoint: '%s', region: us-east-1,"
                        + " force-path-style: true, access-key-id: training,"
                        + " secret-access-key: training}")
                .formatted(TrainingBucket.NAME, path, endpoint);
    }
}
