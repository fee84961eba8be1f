package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;

/// Replicas of Litestream in buckets, which puts a slash and the rest of the key behind a path
/// whatever that begins or ends with.
class FormerKeysTest {

    @TempDir Path dir;

    private S3Stub stub;
    private Path database;
    private TestShell shell;

    @BeforeEach
    void start() throws Exception {
        stub = new S3Stub();
        database = ReplicaFixture.database(dir.resolve("app.db"), 1);
        ReplicaFixture.sql(database, "pragma journal_mode=wal");
        shell = new TestShell(dir);
    }

    @AfterEach
    void stop() {
        stub.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bucket: b|/b//",
                "bucket: b, path: /db|/b//db/",
                "bucket: b, path: db/|/b/db//",
                "bucket: b, path: a//db|/b/a//db/",
                "url: 's3://b'|/b/./",
                "url: 's3://b/'|/b//"
            })
    void goesOnWithAReplicaOfLitestream(String keys, String former) throws Exception {
        replicate(keys);
        String usual = stub.names().getFirst().replaceFirst("0000/.*", "");
        stub.rename(usual, former);
        ReplicaFixture.sql(database, "insert into t values (2)");

        replicate(keys);

        assertThat(stub.names())
                .allMatch(name -> name.startsWith(former), "begins with " + former)
                .anyMatch(name -> name.endsWith("0000000000000003-0000000000000003.ltx"));
        Path restored = dir.resolve("restored.db");
        assertThat(run("restore", "-o", restored.toString(), database.toString()))
                .as(shell.err())
                .isEqualTo(ExitCode.SUCCESS);
        assertThat(ReplicaFixture.sql(restored, "select count(*) from t")).isEqualTo("2");
    }

    @Test
    void beginsInTheUsualPlace() throws Exception {
        replicate("bucket: b, path: /db");

        assertThat(stub.names()).allMatch(name -> name.startsWith("/b/db/"));
    }

    private void replicate(String keys) throws Exception {
        Files.writeString(
                dir.resolve("c.yml"),
                """
                access-key-id: id
                secret-access-key: secret
                endpoint: %s
                dbs:
                  - path: app.db
                    replica: {type: s3, %s}
                """
                        .formatted(stub.endpoint(), keys));
        assertThat(run("replicate", "-once")).as(shell.err()).isEqualTo(ExitCode.SUCCESS);
    }

    private ExitCode run(String command, String... words) {
        String[] all = new String[words.length + 3];
        all[0] = command;
        all[1] = "-config";
        all[2] = dir.resolve("c.yml").toString();
        System.arraycopy(words, 0, all, 3, words.length);
        return shell.run(all);
    }
}
