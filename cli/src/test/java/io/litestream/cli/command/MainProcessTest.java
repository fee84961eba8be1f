package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// What a shell sees of the program: exit codes and streams.
class MainProcessTest {

    @TempDir Path dir;

    @Test
    void printsItsVersion() throws Exception {
        expect(0, "\\d+\\.\\d+\\.\\d+\n", "", "version");
    }

    @Test
    void printsItsUsageWhenAsked() throws Exception {
        expect(0, "(?s)litestream replicates SQLite .*", "", "-h");
    }

    @Test
    void tellsWhatRestoreNeeds() throws Exception {
        expect(
                1,
                "",
                """
                Error: database path or replica URL required
                Try: litestream restore -o /path/to/db s3://bucket/prefix
                """,
                "restore");
    }

    @Test
    void tellsWhereTheConfigurationIsWrong() throws Exception {
        Files.writeString(dir.resolve("x.yml"), "dbs:\n  - path: a.db\n    replca: {path: r}\n");

        expect(
                1,
                "",
                "Error: %s/x.yml:3:5: unknown key \"dbs[0].replca\"; did you mean \"replica\"?\n"
                        .formatted(dir),
                "databases",
                "-config",
                "x.yml");
    }

    @Test
    void findsTheConfigurationInTheEnvironment() throws Exception {
        Files.writeString(
                dir.resolve("x.yml"), "dbs: [{path: /${NAME}.db, replica: {path: /r}}]\n");
        Map<String, String> environment =
                Map.of("LITESTREAM_CONFIG", dir.resolve("x.yml").toString(), "NAME", "some");

        try (ChildLitestream child = ChildLitestream.start(dir, environment, "databases")) {
            assertThat(child.await()).isZero();
            assertThat(child.out()).isEqualTo("path      replica\n/some.db  file\n");
        }
    }

    @Test
    void logsAsTheEnvironmentAndTheConfigurationSay() throws Exception {
        Files.writeString(
                dir.resolve("x.yml"),
                """
                logging: {type: json, stderr: true, level: error}
                dbs: [{path: a.db, replica: {path: r}}]
                """);
        ReplicaFixture.database(dir.resolve("a.db"), 1);

        try (ChildLitestream child =
                ChildLitestream.start(
                        dir,
                        Map.of("LOG_LEVEL", "info"),
                        "replicate",
                        "-once",
                        "-config",
                        "x.yml")) {
            assertThat(child.await()).as(child.err()).isZero();
            assertThat(child.out()).isEmpty();
            assertThat(child.err().lines())
                    .allMatch(line -> line.startsWith("{\"time\":\"") && line.endsWith("}"))
                    .anyMatch(line -> line.contains("\"msg\":\"one-shot replication complete\""));
        }
    }

    @Test
    void passesOverALogLevelThatIsMeantForOthers() throws Exception {
        ReplicaFixture.database(dir.resolve("a.db"), 1);
        String replica = dir.resolve("r").toUri().toString();

        try (ChildLitestream child =
                ChildLitestream.start(
                        dir,
                        Map.of("LOG_LEVEL", "verbose"),
                        "replicate",
                        "-once",
                        dir.resolve("a.db").toString(),
                        replica)) {
            assertThat(child.await()).as(child.err()).isZero();
            assertThat(child.out().lines())
                    .filteredOn(line -> line.contains("LOG_LEVEL"))
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains("level=WARN", "value=verbose"));
        }
    }

    private void expect(int status, String out, String err, String... words) throws Exception {
        try (ChildLitestream child = ChildLitestream.start(dir, words)) {
            assertThat(child.await()).isEqualTo(status);
            assertThat(child.out()).matches(out);
            assertThat(child.err()).isEqualTo(err);
        }
    }

    @Test
    void loadsNothingOfS3WithoutADestinationThere() throws Exception {
        ReplicaFixture.database(dir.resolve("a.db"), 1);
        Path log = dir.resolve("classes.log");
        Map<String, String> environment =
                Map.of("JDK_JAVA_OPTIONS", "-Xlog:class+load:file=%s".formatted(log));
        try (ChildLitestream child =
                ChildLitestream.start(dir, environment, "replicate", "-once", "a.db", "replica")) {
            assertThat(child.await()).as(child.out() + child.err()).isZero();
        }

        assertThat(Files.readString(log))
                .contains("io.litestream.cli.command.Replicas ")
                .doesNotContain(
                        "software.amazon.awssdk", "io.litestream.storage.s3.S3ObjectStore ");
    }
}
