package io.litestream.interop;

import io.litestream.crash.Litestream;

import org.junit.jupiter.api.Assumptions;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The original's own code, as a SQLite extension that reads a replica in place, and writes to it.
///
/// `LITESTREAM_VFS` names its file; else it is where `.ci/oracle` puts it. It runs in the program
/// `sqlite3`, a process for each use.
final class Original {

    private static final Duration SYNC_INTERVAL = Duration.ofMillis(200);

    private final Path extension;
    private final Path log;

    private Original(Path extension, Path scratch) {
        this.extension = extension;
        this.log = scratch.resolve("original.log");
    }

    /// Finds it, or says that the test is skipped.
    static Original assumeThere(Path scratch) {
        SqliteProgram.assumeThere();
        Optional<Path> extension =
                Optional.ofNullable(System.getenv("LITESTREAM_VFS"))
                        .map(Path::of)
                        .or(() -> TestCache.find("litestream-vfs.so"));
        Assumptions.assumeTrue(
                extension.isPresent(),
                "the original's extension is not here: run .ci/oracle, or set LITESTREAM_VFS to"
                        + " the path of litestream-vfs.so");
        return new Original(extension.get(), scratch);
    }

    /// Returns the newest content of a replica, as statements.
    String dump(Path replica) {
        return SqliteProgram.run(opening() + ".dump\n", environment(replica));
    }

    /// Returns the newest content of a replica at a URL, as statements.
    String dump(String url, Map<String, String> credentials) {
        Map<String, String> environment = new HashMap<>(credentials);
        environment.put("LITESTREAM_REPLICA_URL", url);
        environment.put("LITESTREAM_LOG_FILE", log.toString());
        environment.put("AWS_CA_BUNDLE", ""); // it fails over some
        return SqliteProgram.run(opening() + ".dump\n", environment);
    }

    /// Returns the content that a replica had at some time.
    String dump(Path replica, Instant at) {
        String travel = "SELECT litestream_set_time('%s');\n".formatted(at);
        return SqliteProgram.run(
                opening() + ".output /dev/null\n" + travel + ".output stdout\n.dump\n",
                environment(replica));
    }

    /// Returns the newest transaction of a replica.
    String txid(Path replica) {
        return SqliteProgram.run(opening() + "SELECT litestream_txid();\n", environment(replica))
                .trim();
    }

    /// Writes to a replica, and waits until that is in it. One batch for each process: it does not
    /// bear more.
    void write(Path replica, String statements) {
        Map<String, String> environment = environment(replica);
        environment.put("LITESTREAM_WRITE_ENABLED", "true");
        environment.put("LITESTREAM_SYNC_INTERVAL", SYNC_INTERVAL.toMillis() + "ms");
        environment.put("LITESTREAM_BUFFER_PATH", log.resolveSibling("buffer").toString());
        SqliteProgram.run(opening() + statements + "\n.shell sleep 1\n", environment);
    }

    private String opening() {
        return ".load %s\n.open file:replica.db?vfs=litestream\n".formatted(extension);
    }

    private Map<String, String> environment(Path replica) {
        return new HashMap<>(
                Map.of(
                        "LITESTREAM_REPLICA_URL", Litestream.url(replica),
                        "LITESTREAM_LOG_FILE", log.toString()));
    }
}
