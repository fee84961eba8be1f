package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.servers.S3Server;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// Commands with destinations on a real S3 server, as the guide sets one up on a machine of one's
/// own.
class S3CommandsTest {

    private static final Map<String, String> CREDENTIALS =
            Map.of(
                    "LITESTREAM_ACCESS_KEY_ID", S3Server.ACCESS_KEY,
                    "LITESTREAM_SECRET_ACCESS_KEY", S3Server.SECRET_KEY);
    private static int buckets;

    @TempDir private static Path serverDirectory;

    private static S3Server server;

    @TempDir private Path dir;

    private TestShell shell;
    private Path database;
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
        bucket = newBucket();
        shell = new TestShell(dir);
        database = ReplicaFixture.database(dir.resolve("app.db"), 1, 2, 3);
    }

    private static String newBucket() throws Exception {
        String name = "bucket-" + ++buckets;
        server.createBucket(name);
        return name;
    }

    @Test
    void replicatesToTwoBucketsAndADirectoryAndRestoresFromEach() throws Exception {
        String other = newBucket();
        configure(
                """
                access-key-id: %s
                secret-access-key: %s
                endpoint: %s
                dbs:
                  - path: app.db
                    replicas:
                      - {name: east, type: s3, bucket: %s, path: prod/app}
                      - {name: west, url: 's3://%s/prod/app?region=us-west-2'}
                      - {name: here, path: backup}
                """
                        .formatted(
                                S3Server.ACCESS_KEY,
                                S3Server.SECRET_KEY,
                                server.endpoint(),
                                bucket,
                                other));

        run("replicate", "-once", "-config", "c.yml");

        String base = "0000000000000001-"; // a third destination may get its own a little later
        assertThat(server.keys(bucket)).anyMatch(key -> key.startsWith("prod/app/0009/" + base));
        assertThat(server.keys(other)).anyMatch(key -> key.startsWith("prod/app/0009/" + base));
        assertThat(dir.resolve("backup/ltx/9")).isDirectoryContaining("glob:**/" + base + "*.ltx");
        for (String name : new String[] {"east", "west", "here"}) {
            run("restore", "-config", "c.yml", "-replica", name, "-o", name + ".db", "app.db");
            assertThat(shell.out()).contains("replica:  " + name + "\n").contains("(proven)");
            assertThat(ReplicaFixture.sql(dir.resolve(name + ".db"), "select sum(x) from t"))
                    .isEqualTo("6");
        }
        run("databases", "-config", "c.yml");
        assertThat(shell.out()).contains("east,west,here");
    }

    @Test
    void goesOnWithAReplicaInABucket() throws Exception {
        shell = new TestShell(dir, CREDENTIALS);
        run("replicate", "-once", "app.db", url());
        ReplicaFixture.sql(database, "insert into t values(10)");
        run("replicate", "-once", "app.db", url());

        run("restore", "-o", "out.db", url());
        assertThat(ReplicaFixture.sql(dir.resolve("out.db"), "select sum(x) from t"))
                .isEqualTo("16");
        run("ltx", "-level", "all", url());
        assertThat(shell.out())
                .contains("0000000000000001  0000000000000001")
                .contains("0000000000000003  0000000000000003");
        run("restore", "-dry-run", "-txid", "0000000000000002", "-o", "none.db", url());
        assertThat(shell.out()).contains("source: " + url());
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3://%s?endpoint=%s", "s3://%s/?endpoint=%s"})
    void replicatesToAWholeBucket(String form) throws Exception {
        String url = form.formatted(bucket, server.endpoint());
        shell = new TestShell(dir, CREDENTIALS);

        run("replicate", "-once", "app.db", url);
        run("restore", "-o", "out.db", url);

        assertThat(server.keys(bucket)).anyMatch(key -> key.startsWith("0009/"));
        assertThat(ReplicaFixture.sql(dir.resolve("out.db"), "select sum(x) from t"))
                .isEqualTo("6");
    }

    @Test
    void passesOverADeadDestinationWhenRestoring() throws Exception {
        configureWithADeadDestination();
        new TestShell(dir, CREDENTIALS).run("replicate", "-once", "app.db", url());

        shell = new TestShell(dir, CREDENTIALS);
        run("restore", "-config", "c.yml", "-o", "out.db", "app.db");

        assertThat(shell.out())
                .contains("msg=\"replica passed over\" replica=dead error=")
                .contains("replica:  alive\n");
        assertThat(ReplicaFixture.sql(dir.resolve("out.db"), "select sum(x) from t"))
                .isEqualTo("6");
    }

    @Test
    void aDeadDestinationDoesNotStopTheOthers() throws Exception {
        configureWithADeadDestination();
        try (ChildLitestream replicator =
                ChildLitestream.start(dir, CREDENTIALS, "replicate", "-config", "c.yml")) {
            replicator.awaitOut("msg=\"snapshot complete\" db=app.db replica=alive");
            ReplicaFixture.sql(database, "insert into t values(10)");
            replicator.awaitOut(
                    "msg=\"ltx file uploaded\" db=app.db replica=alive level=0"
                            + " minTXID=0000000000000003");
        }

        shell = new TestShell(dir, CREDENTIALS);
        run("restore", "-o", "out.db", url());
        assertThat(ReplicaFixture.sql(dir.resolve("out.db"), "select sum(x) from t"))
                .isEqualTo("16");
    }

    @Test
    void probesDestinationsInADryRun() throws Exception {
        shell = new TestShell(dir, CREDENTIALS);
        run("replicate", "-dry-run", "app.db", url());

        assertThat(shell.out()).contains("ok: writable, empty: a snapshot would be written");
        assertThat(server.keys(bucket)).isEmpty();

        run("replicate", "-once", "app.db", url());
        run("replicate", "-dry-run", "app.db", url());
        assertThat(shell.out()).contains("ok: writable, holds ");
    }

    @Test
    void tellsInADryRunWhatIsWrong() throws Exception {
        String url = "s3://no-such-bucket/x?endpoint=" + server.endpoint();
        shell = new TestShell(dir, CREDENTIALS);
        assertThat(shell.run("replicate", "-dry-run", "app.db", url)).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.out()).contains("error: cannot ").contains("no-such-bucket");

        TestShell stranger =
                new TestShell(
                        dir,
                        Map.of(
                                "AWS_ACCESS_KEY_ID",
                                S3Server.ACCESS_KEY,
                                "AWS_SECRET_ACCESS_KEY",
                                "wrong"));
        assertThat(stranger.run("replicate", "-dry-run", "app.db", url()))
                .isEqualTo(ExitCode.FAILURE);
        assertThat(stranger.out()).contains("error: cannot ").contains("secret");
    }

    private void configureWithADeadDestination() throws Exception {
        configure(
                """
                dbs:
                  - path: app.db
                    replicas:
                      - {name: dead, url: 's3://bucket/app?endpoint=http://127.0.0.1:1'}
                      - {name: alive, url: '%s'}
                """
                        .formatted(url()));
    }

    private String url() {
        return "s3://%s/app?endpoint=%s".formatted(bucket, server.endpoint());
    }

    private void configure(String text) throws Exception {
        Files.writeString(dir.resolve("c.yml"), text);
    }

    private void run(String... words) {
        assertThat(shell.run(words)).as(shell.out() + shell.err()).isEqualTo(ExitCode.SUCCESS);
    }
}
