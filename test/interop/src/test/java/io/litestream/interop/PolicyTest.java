package io.litestream.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.crash.Litestream;
import io.litestream.crash.Signal;
import io.litestream.crash.Sql;
import io.litestream.crash.Subprocess;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.stream.Stream;

/// What the program does where policies deny something, on a server that enforces them.
final class PolicyTest {

    private static final String TWO_RIGHTS =
            """
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
              "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::backups/*"}]}
            """;
    private static final String ONE_RIGHT =
            """
            {"Version": "2012-10-17", "Statement": [
              {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::backups/*"}]}
            """;
    private static final String READER =
            """
            {"Version": "2012-10-17", "Statement": [
              {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::backups/*"},
              {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::backups"}]}
            """;
    private static final String ALL =
            """
            {"Version": "2012-10-17", "Statement": [
              {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
            """;
    private static final String NOBODY_DELETES =
            """
            {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*",
              "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::backups/*"}]}
            """;

    @TempDir private Path directory;

    private PolicyServer server;
    private Path database;
    private Path log;

    @BeforeEach
    void start() throws Exception {
        server = PolicyServer.assumeThere(directory);
        server.createBucket("backups");
        log = Files.createFile(directory.resolve("replicator.log"));
        database = Files.createDirectory(directory.resolve("live")).resolve("app.db");
        application("PRAGMA journal_mode=WAL", "CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void twoRightsAreEnoughThoughAllIsLost() throws Exception {
        PolicyServer.Role role = server.createRole("writer", TWO_RIGHTS);
        PolicyServer.Role reader = server.createRole("reader", ONE_RIGHT);
        server.enforce();
        try (Subprocess replicator = replicate(role)) {
            insertUntilLogged("compaction complete");
            replicator.kill();
        }
        loseState();
        Files.writeString(log, "");
        insert();
        try (Subprocess replicator = replicate(role)) {
            insertUntilLogged("compaction complete");
            replicator.signal(Signal.TERM);
            assertThat(replicator.awaitExit()).as(Files.readString(log)).isZero();
        }

        assertRestored(reader);
        assertThat(server.answered(403)).anyMatch(line -> line.contains("list-type=2"));
        assertThat(Files.readString(log)).doesNotContain("level=ERROR");
    }

    @Test
    void aBucketFromWhichNobodyMayDeleteIsReplicatedTo() throws Exception {
        PolicyServer.Role role = server.createRole("writer", ALL);
        server.putPolicy("backups", NOBODY_DELETES);
        server.enforce();
        try (Subprocess replicator = replicate(role)) {
            insertUntilLogged("retention impossible");
            insertUntilLogged("level=2");
            replicator.signal(Signal.TERM);
            assertThat(replicator.awaitExit()).as(Files.readString(log)).isZero();
        }

        assertThat(Files.readString(log))
                .containsOnlyOnce("nothing is deleted at this replica")
                .contains("cannot delete object app/0000/")
                .doesNotContain("level=ERROR");
        assertRestored(role);
    }

    @Test
    void whoMayOnlyReadRestoresAndIsToldThatNothingIsStored() throws Exception {
        PolicyServer.Role writer = server.createRole("writer", ALL);
        PolicyServer.Role reader = server.createRole("reader", READER);
        server.enforce();
        insert();
        assertThat(run(writer, "replicate", "-once").succeeded()).isTrue();

        assertRestored(reader);
        insert();
        Litestream.Outcome refused = run(reader, "replicate", "-once");
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.output())
                .contains("cannot create object app/0000/0000000000000003-0000000000000003.ltx")
                .contains("the credentials lack the right to do so in bucket backups")
                .contains("1 transactions not uploaded");
    }

    private Subprocess replicate(PolicyServer.Role role) throws Exception {
        return Litestream.start(log, "replicate", "-config", configuration(role));
    }

    private Litestream.Outcome run(PolicyServer.Role role, String... words) throws Exception {
        return Litestream.run(
                directory,
                Stream.concat(Stream.of(words), Stream.of("-config", configuration(role)))
                        .toArray(String[]::new));
    }

    private String configuration(PolicyServer.Role role) throws Exception {
        Path file = directory.resolve(role.accessKey() + ".yml");
        Files.writeString(
                file,
                """
                levels: [{interval: 1s}, {interval: 2s}]
                l0-retention: 1s
                l0-retention-check-interval: 1s
                dbs:
                  - path: %s
                    replica:
                      url: s3://backups/app
                      endpoint: %s
                      access-key-id: %s
                      secret-access-key: %s
                """
                        .formatted(
                                database, server.endpoint(), role.accessKey(), role.secretKey()));
        return file.toString();
    }

    private void insert() throws Exception {
        application("INSERT INTO t(v) VALUES(hex(randomblob(2000)))");
    }

    private void insertUntilLogged(String words) throws Exception {
        long end = System.nanoTime() + 60_000_000_000L;
        while (!Files.readString(log).contains(words)) {
            assertThat(System.nanoTime()).as(Files.readString(log)).isLessThan(end);
            insert();
            Thread.sleep(100);
        }
    }

    private void application(String... statements) throws Exception {
        try (Connection app = Sql.open(database)) {
            Sql.run(app, statements);
        }
    }

    private void loseState() throws Exception {
        Path state = database.resolveSibling(".app.db-litestream");
        assertThat(state).isDirectory();
        Files.move(state, directory.resolve("lost"));
    }

    private void assertRestored(PolicyServer.Role role) throws Exception {
        Path output = directory.resolve("restored.db");
        Litestream.Outcome restored =
                Litestream.run(
                        directory,
                        "restore",
                        "-config",
                        configuration(role),
                        "-o",
                        output.toString(),
                        database.toString());
        assertThat(restored.succeeded()).as(restored.output()).isTrue();
        Dumps.assertEqual(SqliteProgram.dump(output), SqliteProgram.dump(database));
    }
}
