package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.cli.config.LoggingConfiguration;
import io.litestream.cli.logging.LogOutput;
import io.litestream.time.Clock;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class RestoreCommandTest {

    @TempDir Path dir;

    private TestShell shell;
    private String url;
    private Path out;

    @BeforeEach
    void makeReplica() throws Exception {
        shell = new TestShell(dir);
        url = "file://" + dir.resolve("replica");
        out = dir.resolve("out.db");
        ReplicaFixture.replica(
                dir.resolve("replica"),
                ReplicaFixture.database(dir.resolve("1"), 1),
                ReplicaFixture.database(dir.resolve("2"), 1, 2),
                ReplicaFixture.database(dir.resolve("3"), 1, 2, 3));
    }

    @AfterEach
    void restoreTheStandardLog() {
        LogOutput.use(new LogOutput(LoggingConfiguration.STANDARD, System.out, Clock.system()));
    }

    @Test
    void needsAnOperand() {
        assertThat(shell.run("restore")).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.out()).isEmpty();
        assertThat(shell.err())
                .isEqualTo(
                        """
                        Error: database path or replica URL required
                        Try: litestream restore -o /path/to/db s3://bucket/prefix
                        """);
    }

    @Test
    void needsAnOutputForAUrl() {
        assertThat(shell.run("restore", url)).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.err())
                .isEqualTo(
                        """
                        Error: -o is required when restoring from a replica URL
                        Try: litestream restore -o /path/to/db %s
                        """
                                .formatted(url));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a b|too many arguments",
                "-txid 1 x|invalid txid format",
                "-txid 000000000000000G x|invalid txid format",
                "-timestamp yesterday x|invalid -timestamp, must specify in ISO 8601 format (e.g."
                        + " 2000-01-01T00:00:00Z)",
                "-timestamp 2000-01-01T00:00:00Z -txid 0000000000000001 x|cannot specify index &"
                        + " timestamp to restore",
                "-timestamp 2000-01-01T00:00:00Z -time 2000-01-01T00:00:00Z x|-timestamp and -time"
                        + " are the same; give one of them",
                "-parallelism 0 -o x file:///r|-parallelism must be from 1 to 256 (got 0)",
                "-integrity-check some -o x file:///r|invalid -integrity-check value: some (none,"
                        + " quick or full)",
                "-f x|-f: following a replica is not part of this version yet",
                "-follow-interval 1s x|-follow-interval: following a replica is not part of this"
                        + " version yet",
                "-config c.yml file:///r|cannot specify a replica URL and the -config flag",
                "-config c.yml x|config file not found: $DIR/c.yml",
                "-o x gs://b/p|replica URL gs://b/p: gs storage is not part of this version yet;"
                        + " use a file or s3 destination"
            })
    void refusesWhatCannotBe(String line, String message) {
        String[] words = ("restore " + line).split(" ");

        assertThat(shell.run(words)).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.out()).isEmpty();
        assertThat(shell.err().lines().findFirst())
                .contains("Error: " + message.replace("$DIR", dir.toString()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-txid|000000000000000A|no matching backup files available: file has nothing as"
                        + " new as txid 000000000000000a: the newest is 0000000000000003",
                "-timestamp|2025-12-31T23:59:59Z|timestamp does not exist: file has nothing as"
                        + " old as 2025-12-31T23:59:59Z: the first file is of 2026-01-01T00:01:00Z"
            })
    void saysWhatThereIsInsteadOfThePointAskedFor(String flag, String value, String message) {
        assertThat(shell.run("restore", flag, value, "-o", out.toString(), url))
                .isEqualTo(ExitCode.FAILURE);
        assertThat(shell.err()).isEqualTo("Error: " + message + "\n");
        assertThat(out).doesNotExist();
    }

    @Test
    void succeedsWithoutABackupAsOldAsTheTimeIfThatIsAllowed() {
        String old = "2025-12-31T23:59:59Z";

        assertThat(
                        shell.run(
                                "restore",
                                "-if-replica-exists",
                                "-timestamp",
                                old,
                                "-o",
                                out.toString(),
                                url))
                .as(shell.err())
                .isEqualTo(ExitCode.SUCCESS);
        assertThat(shell.out())
                .contains("msg=\"no matching backups found\" reason=\"timestamp does not exist: ");
        assertThat(out).doesNotExist();
        assertThat(
                        shell.run(
                                "restore",
                                "-if-replica-exists",
                                "-txid",
                                "000000000000000a",
                                "-o",
                                out.toString(),
                                url))
                .as("there are backups")
                .isEqualTo(ExitCode.FAILURE);
    }

    @Test
    void restoresTheNewestStateAndTellsWhichItIs() throws Exception {
        assertThat(shell.run("restore", "-o", out.toString(), url)).isEqualTo(ExitCode.SUCCESS);

        assertThat(ReplicaFixture.sql(out, "select count(*) from t")).isEqualTo("3");
        assertThat(shell.err()).isEmpty();
        assertThat(shell.out())
                .matches(
                        """
                        Restored %s
                          replica:  file
                          txid:     0000000000000003
                          time:     2026-01-01T00:03:00Z
                          checksum: [0-9a-f]{16} \\(proven\\)
                          check:    quick
                          size:     8.2 kB, from .* in .*
                        """
                                .formatted(out));
    }

    @ParameterizedTest
    @CsvSource({
        "-txid,0000000000000002,2",
        "-txid,0000000000000000,3",
        "-timestamp,2026-01-01T00:02:59Z,2",
        "-timestamp,2026-01-01T01:02:00+01:00,2",
        "-time,2026-01-01T00:01:00Z,1"
    })
    void restoresTheStateThatIsAskedFor(String flag, String value, String rows) throws Exception {
        assertThat(shell.run("restore", flag, value, "-o", out.toString(), url))
                .isEqualTo(ExitCode.SUCCESS);

        assertThat(ReplicaFixture.sql(out, "select count(*) from t")).isEqualTo(rows);
    }

    @ParameterizedTest
    @CsvSource({"none", "quick", "full"})
    void checksAsThoroughlyAsAsked(String check) {
        shell.run("restore", "-json", "-integrity-check", check, "-o", out.toString(), url);

        assertThat(shell.out()).contains("\"integrity_check\": \"" + check + "\"");
    }

    @Test
    void printsJsonForPrograms() {
        assertThat(shell.run("restore", "-json", "-parallelism", "2", "-o", out.toString(), url))
                .isEqualTo(ExitCode.SUCCESS);

        assertThat(shell.out())
                .matches(
                        """
                        \\{
                          "db_path": "%s",
                          "replica": "file",
                          "txid": "0000000000000003",
                          "duration_ms": \\d+,
                          "integrity_check": "quick",
                          "timestamp": "2026-01-01T00:03:00Z",
                          "checksum": "[0-9a-f]{16}",
                          "proven": true,
                          "damaged": \\[]
                        }
                        """
                                .formatted(out));
    }

    @Test
    void printsThePlanWithoutRestoring() {
        assertThat(
                        shell.run(
                                "restore",
                                "-dry-run",
                                "-txid",
                                "0000000000000002",
                                "-o",
                                "out.db",
                                url))
                .isEqualTo(ExitCode.SUCCESS);

        assertThat(out).doesNotExist();
        assertThat(shell.out())
                .startsWith(
                        """
                        Restore plan:
                          source: %s
                          target: %s
                          replica: file
                          txid range: 0000000000000001 - 0000000000000002

                        Files to fetch:
                        level  file                                   min_txid          max_txid\
                                  size  timestamp
                        9      0000000000000001-0000000000000001.ltx  0000000000000001  0000000000000001\
                        """
                                .formatted(url, out));
    }

    @Test
    void printsThePlanAsJson() {
        shell.run("restore", "-dry-run", "-json", "-o", "out.db", url);

        assertThat(shell.out())
                .startsWith(
                        """
                        {
                          "source": "%s",
                          "target_path": "%s",
                          "replica": "file",
                          "min_txid": "0000000000000001",
                          "max_txid": "0000000000000003",
                          "files": [
                            {
                              "level": 9,
                              "name": "0000000000000001-0000000000000001.ltx",
                              "min_txid": "0000000000000001",
                              "max_txid": "0000000000000001",
                        """
                                .formatted(url, out));
    }

    @Test
    void leavesAnExistingDatabaseAloneUnlessForced() throws Exception {
        ReplicaFixture.database(out, 7, 8, 9, 10);

        assertThat(shell.run("restore", "-o", out.toString(), url)).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.err())
                .isEqualTo(
                        "Error: cannot restore, output path already exists and is not empty: %s."
                                        .formatted(out)
                                + " Use -force to overwrite\n");
        assertThat(ReplicaFixture.sql(out, "select count(*) from t")).isEqualTo("4");

        assertThat(shell.run("restore", "-force", "-o", out.toString(), url))
                .isEqualTo(ExitCode.SUCCESS);
        assertThat(ReplicaFixture.sql(out, "select count(*) from t")).isEqualTo("3");
    }

    @Test
    void skipsAnExistingDatabaseWhenTold() throws Exception {
        Files.writeString(out, "something");

        assertThat(shell.run("restore", "-if-db-not-exists", "-o", out.toString(), url))
                .isEqualTo(ExitCode.SUCCESS);
        assertThat(shell.out()).contains("level=INFO msg=\"database already exists, skipping\"");
        assertThat(out).hasContent("something");
    }

    @Test
    void skipsAMissingBackupWhenTold() {
        String empty = "file://" + dir.resolve("empty");

        assertThat(shell.run("restore", "-o", "out.db", empty)).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.err()).isEqualTo("Error: no matching backup files available\n");

        assertThat(shell.run("restore", "-if-replica-exists", "-json", "-o", "out.db", empty))
                .isEqualTo(ExitCode.SUCCESS);
        assertThat(shell.out()).isEmpty();
        assertThat(shell.err()).contains("level=INFO msg=\"no matching backups found\"");
    }

    @Test
    void restoresADatabaseOfTheConfiguration() throws Exception {
        configure("replica: {path: replica}");

        assertThat(shell.run("restore", "-config", "c.yml", "out.db")).isEqualTo(ExitCode.SUCCESS);
        assertThat(ReplicaFixture.sql(out, "select count(*) from t")).isEqualTo("3");
    }

    @Test
    void knowsOnlyTheDatabasesOfTheConfiguration() throws Exception {
        configure("replica: {path: replica}");

        assertThat(shell.run("restore", "-config", "c.yml", "other.db"))
                .isEqualTo(ExitCode.FAILURE);
        assertThat(shell.err())
                .isEqualTo("Error: database not found in config: %s/other.db\n".formatted(dir));
    }

    @Test
    void takesTheReplicaWithTheNewestState() throws Exception {
        ReplicaFixture.replica(dir.resolve("older"), dir.resolve("1"));
        configure("replicas: [{path: older, name: older}, {path: replica, name: newer}]");

        shell.run("restore", "-json", "-config", "c.yml", "out.db");

        assertThat(shell.out()).contains("\"replica\": \"newer\"");
    }

    @Test
    void takesTheReplicaThatIsNamed() throws Exception {
        ReplicaFixture.replica(dir.resolve("older"), dir.resolve("1"));
        configure("replicas: [{path: older, name: older}, {path: replica, name: newer}]");

        shell.run("restore", "-json", "-replica", "older", "-config", "c.yml", "out.db");

        assertThat(shell.out()).contains("\"replica\": \"older\"");
        assertThat(shell.run("restore", "-replica", "x", "-config", "c.yml", "out.db"))
                .isEqualTo(ExitCode.FAILURE);
        assertThat(shell.err())
                .isEqualTo("Error: no replica is called \"x\"; there are [older, newer]\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"damaged", "empty"})
    void passesOverAReplicaThatCannotBeUsed(String kind) throws Exception {
        if (kind.equals("damaged")) {
            ReplicaFixture.replica(
                    dir.resolve("damaged"), dir.resolve("1"), dir.resolve("2"), dir.resolve("3"));
            try (var files = Files.walk(dir.resolve("damaged"))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    byte[] bytes = Files.readAllBytes(file);
                    bytes[bytes.length / 2] ^= 1;
                    Files.write(file, bytes);
                }
            }
        }
        configure("replicas: [{path: %s, name: bad}, {path: replica, name: good}]".formatted(kind));

        assertThat(shell.run("restore", "-json", "-config", "c.yml", "out.db"))
                .isEqualTo(ExitCode.SUCCESS);
        assertThat(shell.out()).contains("\"replica\": \"good\"").contains("\"proven\": true");
        assertThat(shell.err()).contains("level=WARN msg=\"replica passed over\" replica=bad");
    }

    private void configure(String replicas) throws IOException {
        Files.writeString(dir.resolve("c.yml"), "dbs:\n  - path: out.db\n    " + replicas);
    }

    @Test
    void restoresForADrillAndLeavesNothing() throws Exception {
        Path place = Files.createDirectory(dir.resolve("place"));

        assertThat(shell.run("restore", "-verify-only", "-o", place + "/x.db", url))
                .as(shell.err())
                .isEqualTo(ExitCode.SUCCESS);
        assertThat(shell.out())
                .startsWith("The restore worked. Nothing of it was kept.\n")
                .contains("  txid:     0000000000000003\n", "(proven)");
        assertThat(place).isEmptyDirectory();
        assertThat(shell.run("restore", "-verify-only", "-txid", "0000000000000009", url))
                .isEqualTo(ExitCode.FAILURE);
        assertThat(shell.run("restore", "-verify-only", "-force", url)).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.err()).contains("cannot specify -force with -verify-only");
    }
}
