package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;

class LtxCommandTest {

    private static final String DEPRECATED =
            "Warning: 'wal' command is deprecated, please use 'ltx' instead\n";

    @TempDir Path dir;

    private TestShell shell;
    private String url;

    @BeforeEach
    void makeReplica() throws Exception {
        shell = new TestShell(dir);
        url = "file://" + dir.resolve("replica");
        ReplicaFixture.replica(
                dir.resolve("replica"),
                ReplicaFixture.database(dir.resolve("1"), 1),
                ReplicaFixture.database(dir.resolve("2"), 1, 2));
    }

    @Test
    void listsTheFilesOfLevelZero() {
        assertThat(shell.run("ltx", url)).isEqualTo(ExitCode.SUCCESS);
        assertThat(shell.out())
                .matches(
                        """
                        level  min_txid          max_txid          size +created
                        0      0000000000000002  0000000000000002  \\d+ +2026-01-01T00:02:00Z
                        """);
    }

    @Test
    void listsTheLevelThatIsAskedFor() {
        shell.run("ltx", "-level", "9", url);

        assertThat(shell.out().lines()).hasSize(2);
        assertThat(shell.out()).contains("\n9      0000000000000001  0000000000000001  ");
    }

    @Test
    void listsEachLevelAsJson() {
        assertThat(shell.run("ltx", "-level", "all", "-json", url)).isEqualTo(ExitCode.SUCCESS);
        assertThat(shell.out())
                .matches(
                        """
                        \\[
                          \\{
                            "level": 0,
                            "min_txid": "0000000000000002",
                            "max_txid": "0000000000000002",
                            "size": \\d+,
                            "timestamp": "2026-01-01T00:02:00Z"
                          },
                          \\{
                            "level": 9,
                            "min_txid": "0000000000000001",
                            "max_txid": "0000000000000001",
                            "size": \\d+,
                            "timestamp": "2026-01-01T00:01:00Z"
                          }
                        ]
                        """);
    }

    @Test
    void namesPinnedPointsInJsonAndLeavesTheTableAsItIs() {
        shell.run("ltx", url);
        String table = shell.out();
        shell.run("pin", "-name", "release", url);

        assertThat(shell.run("ltx", "-json", url)).isEqualTo(ExitCode.SUCCESS);
        assertThat(shell.out().replaceAll("\\s+", " "))
                .contains("\"timestamp\": \"2026-01-01T00:02:00Z\", \"pins\": [ \"release\" ] }");
        shell.run("ltx", url);
        assertThat(shell.out()).isEqualTo(table);
    }

    @Test
    void listsNothingWhereThereIsNothing() {
        shell.run("ltx", "-json", "file://" + dir.resolve("none"));

        assertThat(shell.out()).isEqualTo("[]\n");
    }

    @Test
    void tellsTheReplicasOfADatabaseApart() throws Exception {
        Files.writeString(
                dir.resolve("c.yml"),
                "dbs: [{path: db, replicas: [{path: replica}, {path: none, name: other}]}]");

        assertThat(shell.run("ltx", "-config", "c.yml", "db")).isEqualTo(ExitCode.SUCCESS);
        assertThat(shell.out()).startsWith("replica  level  min_txid ").contains("\nfile     0 ");
        shell.run("ltx", "-json", "-config", "c.yml", "db");
        assertThat(shell.out()).contains("\"replica\": \"file\"");
        shell.run("ltx", "-replica", "other", "-config", "c.yml", "db");
        assertThat(shell.out()).isEqualTo("level  min_txid  max_txid  size  created\n");
    }

    @Test
    void warnsOfItsOldName() {
        assertThat(shell.run("wal", "-level", "9", url)).isEqualTo(ExitCode.SUCCESS);
        assertThat(shell.err()).isEqualTo(DEPRECATED);
        assertThat(shell.out()).startsWith("level  min_txid");

        shell.run("ltx", url);
        String listed = shell.out();
        assertThat(shell.run("wal", url)).isEqualTo(ExitCode.SUCCESS);
        assertThat(shell.err()).isEqualTo(DEPRECATED);
        assertThat(shell.out()).isEqualTo(listed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ltx|database path or replica URL required",
                "ltx a b|too many arguments",
                "ltx -level x a|invalid level: must be 0-9 or \"all\"",
                "ltx -level 10 a|level must be between 0 and 9",
                "ltx -level -1 a|level must be between 0 and 9",
                "ltx -config c file:///r|cannot specify a replica URL and the -config flag"
            })
    void refusesWhatCannotBe(String line, String message) {
        assertThat(shell.run(line.split(" "))).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.out()).isEmpty();
        assertThat(shell.err()).startsWith("Error: " + message + "\n");
    }
}
