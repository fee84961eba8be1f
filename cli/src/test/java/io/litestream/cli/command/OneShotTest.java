package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.servers.Fault;
import io.litestream.servers.FaultProxy;
import io.litestream.servers.HttpMessage;
import io.litestream.servers.S3Server;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// `replicate -once` over a network that fails: with a real S3 server behind a proxy.
class OneShotTest {

    private static int buckets;

    @TempDir private static Path serverDirectory;

    private static S3Server server;

    @TempDir private Path dir;

    private FaultProxy proxy;
    private TestShell shell;
    private String bucket;

    @BeforeAll
    static void startServer() throws Exception {
        server = S3Server.start(serverDirectory);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void prepare() throws Exception {
        bucket = "bucket-" + ++buckets;
        server.createBucket(bucket);
        proxy = FaultProxy.before(server.endpoint());
        shell = new TestShell(dir);
        ReplicaFixture.database(dir.resolve("app.db"), 1, 2, 3);
    }

    @AfterEach
    void stopProxy() throws Exception {
        proxy.close();
    }

    static Stream<Fault> passing() {
        return Stream.of(
                new Fault.Refuse(503, List.of()),
                new Fault.Refuse(429, List.of("Retry-After: 1")),
                new Fault.ResetBefore(),
                new Fault.ResetAfter());
    }

    @ParameterizedTest
    @MethodSource("passing")
    void triesAgainWhatPasses(Fault fault) throws Exception {
        configure("30s");
        AtomicInteger writes = new AtomicInteger();
        proxy.plan(request ->
                isWrite(request) && writes.incrementAndGet() <= 4 ? fault : new Fault.None());

        assertThat(shell.run("replicate", "-once", "-config", "c.yml"))
                .as(shell.out() + shell.err())
                .isEqualTo(ExitCode.SUCCESS);

        assertThat(writes.get()).as("the first ones failed").isGreaterThan(2);
        assertRestorable("far");
        assertRestorable("here");
    }

    @Test
    void finishesTheOthersWhenOneStaysAway() throws Exception {
        configure("2s");
        proxy.plan(_ -> new Fault.Refuse(503, List.of()));

        assertThat(shell.run("replicate", "-once", "-force-snapshot", "-config", "c.yml"))
                .isEqualTo(ExitCode.FAILURE);

        assertThat(shell.err())
                .contains("Error: sync replica for %s/app.db: far: ".formatted(dir))
                .doesNotContain("here");
        assertRestorable("here");
        try (Stream<Path> snapshots = Files.list(dir.resolve("backup/ltx/9"))) {
            assertThat(snapshots).as("the other one got its snapshot, too").hasSize(2);
        }
    }

    @Test
    void triesARefusalOnceAndFinishesTheOthers() throws Exception {
        configure("1h");
        proxy.plan(
                request -> isWrite(request) ? new Fault.Refuse(403, List.of()) : new Fault.None());
        long start = System.nanoTime();

        assertThat(shell.run("replicate", "-once", "-config", "c.yml")).isEqualTo(ExitCode.FAILURE);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMinutes(5));
        assertThat(shell.err()).contains("far: ");
        assertRestorable("here");
    }

    @Test
    void finishesTheOthersWhenADatabaseIsMissing() throws Exception {
        Files.writeString(
                dir.resolve("c.yml"),
                """
                dbs:
                  - {path: none.db, replica: {path: nowhere}}
                  - {path: app.db, replica: {name: here, path: backup}}
                """);

        assertThat(shell.run("replicate", "-once", "-force-snapshot", "-config", "c.yml"))
                .isEqualTo(ExitCode.FAILURE);

        assertThat(shell.err())
                .isEqualTo(
                        "Error: sync replica for %s/none.db: no position, waiting for data\n"
                                .formatted(dir));
        assertRestorable("here");
        try (Stream<Path> snapshots = Files.list(dir.resolve("backup/ltx/9"))) {
            assertThat(snapshots).hasSize(2);
        }
    }

    @Test
    void givesUpADatabaseThatCannotBeRead() throws Exception {
        configure("1s");
        Files.writeString(dir.resolve("app.db"), "no database".repeat(1000));

        assertThat(shell.run("replicate", "-once", "-config", "c.yml")).isEqualTo(ExitCode.FAILURE);

        assertThat(shell.err())
                .contains("Error: sync %s/app.db: it cannot be read, see the log".formatted(dir));
    }

    private static boolean isWrite(HttpMessage request) {
        return request.method().equals("PUT");
    }

    private void configure(String patience) throws Exception {
        Files.writeString(
                dir.resolve("c.yml"),
                """
                shutdown-sync-timeout: %s
                access-key-id: %s
                secret-access-key: %s
                dbs:
                  - path: app.db
                    replicas:
                      - {name: far, url: 's3://%s/app', endpoint: '%s'}
                      - {name: here, path: backup}
                """
                        .formatted(
                                patience,
                                S3Server.ACCESS_KEY,
                                S3Server.SECRET_KEY,
                                bucket,
                                proxy.endpoint()));
    }

    private void assertRestorable(String replica) throws Exception {
        Path output = dir.resolve(replica + ".db");
        assertThat(
                        shell.run(
                                "restore",
                                "-config",
                                "c.yml",
                                "-replica",
                                replica,
                                "-o",
                                output.toString(),
                                "app.db"))
                .as(shell.err())
                .isEqualTo(ExitCode.SUCCESS);
        assertThat(ReplicaFixture.sql(output, "select count(*) from t")).isEqualTo("3");
    }
}
