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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class VerifyCommandTest {

    private static final String SECOND = "ltx/0/0000000000000002-0000000000000002.ltx";

    @TempDir Path dir;

    private TestShell shell;
    private Path replica;
    private String url;

    @BeforeEach
    void makeReplica() throws Exception {
        shell = new TestShell(dir);
        replica = dir.resolve("replica");
        url = "file://" + replica;
        ReplicaFixture.replica(
                replica,
                ReplicaFixture.database(dir.resolve("1"), 1),
                ReplicaFixture.database(dir.resolve("2"), 1, 2),
                ReplicaFixture.database(dir.resolve("3"), 1, 2, 3));
    }

    @AfterEach
    void restoreTheStandardLog() {
        LogOutput.use(new LogOutput(LoggingConfiguration.STANDARD, System.out, Clock.system()));
    }

    @Test
    void tellsThatADestinationIsGoodAndKeepsThat() throws Exception {
        assertThat(shell.run("verify", url)).as(shell.err()).isEqualTo(ExitCode.SUCCESS);

        assertThat(shell.out())
                .contains(
                        "  outcome:    good\n",
                        "  txid:       0000000000000003\n",
                        "  time:       " + ReplicaFixture.time(3) + "\n",
                        " (proven)\n",
                        "  live:       not compared: a URL names no database\n",
                        "  restorable: 3 points, txid 0000000000000001 to 0000000000000003\n");
        assertThat(replica.resolve("_ctl/verified"))
                .content()
                .contains("txid 0000000000000003\n", "scope newest\n");
    }

    @Test
    void namesWhatIsDamagedAndWhatIsLostWithIt() throws Exception {
        flip(replica.resolve(SECOND));

        assertThat(shell.run("verify", "-deep", url)).isEqualTo(ExitCode.FAILURE);

        assertThat(shell.out())
                .contains(
                        "  outcome:    bad\n",
                        "  damaged:    " + SECOND + "\n",
                        "  lost:       2 points, txid 0000000000000002 to 0000000000000003\n",
                        "  restorable: 1 point, txid 0000000000000001\n");
        assertThat(replica.resolve("_ctl/verified")).doesNotExist();
    }

    @Test
    void cannotTellAnythingOfADestinationThatDoesNotAnswer() throws Exception {
        Files.writeString(dir.resolve("file"), "in the way");

        assertThat(shell.run("verify", "file://" + dir + "/file/r"))
                .isEqualTo(ExitCode.INCONCLUSIVE);
        assertThat(shell.out())
                .contains("  outcome:    inconclusive\n", "  reason:     cannot read from file: ");
    }

    @Test
    void verifiesAllDestinationsOfAllDatabases() throws Exception {
        flip(replica.resolve("ltx/0/0000000000000003-0000000000000003.ltx"));
        ReplicaFixture.replica(dir.resolve("r2"), dir.resolve("1"));
        Files.writeString(
                dir.resolve("c.yml"),
                """
                dbs:
                  - {path: a.db, replicas: [{path: replica}, {path: r2}]}
                  - {path: b.db, replica: {path: r3}}
                """);

        assertThat(shell.run("verify", "-all", "-json", "-config", "c.yml"))
                .as(shell.err())
                .isEqualTo(ExitCode.FAILURE);
        assertThat(shell.out())
                .contains("\"source\": \"" + dir.resolve("a.db") + "\"")
                .contains("\"source\": \"" + dir.resolve("b.db") + "\"")
                .contains("\"replica\": \"file-2\"", "\"outcome\": \"good\"")
                .contains("\"key\": \"ltx/0/0000000000000003-0000000000000003.ltx\"")
                .contains("file holds no file, so nothing can be restored from it");
        assertThat(shell.run("verify", "-replica", "file-2", "-config", "c.yml", "a.db"))
                .isEqualTo(ExitCode.SUCCESS);
        assertThat(shell.out()).contains("there is no database at " + dir.resolve("a.db"));
    }

    @Test
    void comparesWithTheLiveDatabase() throws Exception {
        Path database = ReplicaFixture.database(dir.resolve("a.db"), 1);
        Files.writeString(dir.resolve("c.yml"), "dbs: [{path: a.db, replica: {path: r}}]\n");
        try (ChildLitestream child = ChildLitestream.start(dir, "replicate", "-config", "c.yml")) {
            child.awaitOut("ltx file uploaded");
            ReplicaFixture.sql(database, "insert into t values (2)");

            assertThat(shell.run("verify", "-config", "c.yml", "a.db"))
                    .as(shell.out() + shell.err())
                    .isEqualTo(ExitCode.SUCCESS);
            assertThat(shell.out()).contains("  live:       equal (the database was read at txid ");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "verify|database path or replica URL required, or -all",
                "verify a b|too many arguments",
                "verify -all a.db|cannot specify a database or a replica with -all",
                "verify -all -replica x|cannot specify a database or a replica with -all"
            })
    void refusesWhatCannotBe(String line, String message) {
        assertThat(shell.run(line.split(" "))).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.err().lines().findFirst()).contains("Error: " + message);
    }

    private static void flip(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 3] ^= 1;
        Files.write(file, bytes);
    }
}
