package io.litestream.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.crash.Litestream;
import io.litestream.crash.Sql;
import io.litestream.servers.S3Server;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The program and the original, on the same replicas in S3.
final class S3InteropTest {

    private static final Map<String, String> CREDENTIALS =
            Map.of(
                    "AWS_ACCESS_KEY_ID", S3Server.ACCESS_KEY,
                    "AWS_SECRET_ACCESS_KEY", S3Server.SECRET_KEY);

    @TempDir private static Path serverDirectory;

    private static S3Server server;

    @TempDir private Path directory;

    @BeforeAll
    static void startServer() throws Exception {
        server = S3Server.start(serverDirectory);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void theOriginalReadsWhatOursWrites() throws Exception {
        Original original = Original.assumeThere(directory);
        server.createBucket("interop");
        Path database = directory.resolve("app.db");
        Files.writeString(
                directory.resolve("c.yml"),
                """
                dbs:
                  - path: %s
                    replica:
                      type: s3
                      bucket: interop
                      path: some/app
                      endpoint: %s
                      access-key-id: %s
                      secret-access-key: %s
                """
                        .formatted(
                                database,
                                server.endpoint(),
                                S3Server.ACCESS_KEY,
                                S3Server.SECRET_KEY));
        try (Connection app = Sql.open(database)) {
            Sql.run(app, "PRAGMA journal_mode=WAL", "CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
            replicateOnce();
            for (int i = 0; i < 3; i++) {
                Sql.run(
                        app,
                        "INSERT INTO t(v) VALUES(randomblob(9000)), ('row %d')".formatted(i),
                        "UPDATE t SET v = v || 'x' WHERE id % 3 = 0");
                replicateOnce();
            }
        }

        String url =
                "s3://interop/some/app?endpoint=%s&region=us-east-1&forcePathStyle=true"
                        .formatted(server.endpoint());
        Dumps.assertEqual(original.dump(url, CREDENTIALS), SqliteProgram.dump(database));
    }

    private void replicateOnce() throws Exception {
        Litestream.Outcome outcome =
                Litestream.run(
                        directory,
                        "replicate",
                        "-once",
                        "-config",
                        directory.resolve("c.yml").toString());
        assertThat(outcome.succeeded()).as(outcome.output()).isTrue();
    }

    /// As their own `check.py` sees it, which uploads them with boto3.
    @Test
    void oursRestoresWhatTheOriginalWrote() throws Exception {
        Path check = GoldenReplica.root().resolve("check.py");
        String python = TestCache.find("bin/python3").map(Path::toString).orElse("python3");
        Assumptions.assumeTrue(
                new ProcessBuilder(python, "-c", "import boto3").start().waitFor() == 0,
                "no python3 with boto3: run .ci/policy-server, which brings one");
        Path output = directory.resolve("output");
        ProcessBuilder builder =
                new ProcessBuilder(
                        python,
                        check.toString(),
                        "--strict",
                        "--only",
                        "s3",
                        "--s3-endpoint",
                        server.endpoint().toString());
        builder.environment().putAll(CREDENTIALS);
        builder.environment().put("LITESTREAM", String.join(" ", Litestream.command()));
        builder.environment().put("TMPDIR", directory.toString());
        Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();

        boolean ended = process.waitFor(10, TimeUnit.MINUTES);
        process.destroyForcibly();

        List<String> lines = Files.readAllLines(output);
        assertThat(lines).filteredOn(line -> line.startsWith("FAIL")).isEmpty();
        assertThat(ended).as("ended: %s", lines).isTrue();
        assertThat(process.exitValue()).as("exit status: %s", lines).isZero();
        assertThat(lines).filteredOn(line -> line.startsWith("ok ")).hasSizeGreaterThan(15);
    }
}
