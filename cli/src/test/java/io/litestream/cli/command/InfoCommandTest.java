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
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;

class InfoCommandTest {

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
                ReplicaFixture.database(dir.resolve("2"), 1, 2),
                ReplicaFixture.database(dir.resolve("3"), 1, 2, 3));
    }

    @AfterEach
    void restoreTheStandardLog() {
        LogOutput.use(new LogOutput(LoggingConfiguration.STANDARD, System.out, Clock.system()));
    }

    @Test
    void tellsWhatADestinationHolds() {
        assertThat(shell.run("verify", url)).isEqualTo(ExitCode.SUCCESS);
        assertThat(shell.run("info", url)).as(shell.err()).isEqualTo(ExitCode.SUCCESS);

        assertThat(shell.out())
                .startsWith(url + "\nreplica file\n  status:   ok\n")
                .contains(
                        "  txid:     0000000000000003 of " + ReplicaFixture.time(3) + "\n",
                        "  lag:      not known here\n",
                        "  oldest:   txid 0000000000000001 of " + ReplicaFixture.time(1) + "\n",
                        "  newest:   txid 0000000000000003 of " + ReplicaFixture.time(3) + "\n",
                        ", newest, txid 0000000000000003, live not compared\n",
                        "  level  files  size\n",
                        "  9      1      ",
                        "  1m0s\n");
    }

    @Test
    void tellsWhichPointsArePinned() {
        shell.run("pin", "-name", "before-migration", "-txid", "0000000000000002", url);
        assertThat(shell.run("info", url)).isEqualTo(ExitCode.SUCCESS);

        assertThat(shell.out())
                .contains("  pins:     1\n")
                .containsPattern(
                        """
                          pin               txid              pinned
                          before-migration  0000000000000002  \\d{4}-\\S+Z
                        """);
        shell.run("info", "-json", url);
        assertThat(shell.out())
                .contains("\"name\": \"before-migration\"", "\"txid\": \"0000000000000002\"");

        shell.run("unpin", "-name", "before-migration", url);
        shell.run("info", url);
        assertThat(shell.out()).contains("  pins:     0\n").doesNotContain("before-migration");
    }

    @Test
    void tellsThatTheNewestTransactionCannotBeRestored() throws Exception {
        Files.delete(dir.resolve("replica/ltx/0/0000000000000002-0000000000000002.ltx"));

        assertThat(shell.run("info", "-json", url)).isEqualTo(ExitCode.SUCCESS);

        assertThat(shell.out())
                .contains("\"status\": \"not restorable\"", "\"txid\": \"0000000000000003\"")
                .doesNotContain("\"verified\"");
    }

    @Test
    void saysWhyADestinationCouldNotBeLookedAt() throws Exception {
        Files.writeString(dir.resolve("file"), "in the way");

        assertThat(shell.run("info", "file://" + dir + "/file/r")).isEqualTo(ExitCode.FAILURE);

        assertThat(shell.out()).contains("  status:   unreachable\n  reason:   ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-socket=/run/x.sock", "-timeout=10"})
    void saysThatARunningProcessCannotBeAskedYet(String flag) {
        assertThat(shell.run("info", flag)).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.err())
                .isEqualTo(
                        "Error: %s: asking a running litestream is not part of this version yet\n"
                                .formatted(flag.substring(0, flag.indexOf('='))));
        assertThat(shell.out()).isEmpty();
    }

    @Test
    void needsAnOperand() {
        assertThat(shell.run("info")).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.err())
                .startsWith("Error: database path or replica URL required")
                .contains("Try: litestream info /path/to/db");
    }
}
