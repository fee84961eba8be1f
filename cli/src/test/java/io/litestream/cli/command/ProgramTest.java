package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;

class ProgramTest {

    @TempDir Path dir;

    private TestShell shell;

    @BeforeEach
    void makeShell() {
        shell = new TestShell(dir);
    }

    @ParameterizedTest
    @ValueSource(strings = {"help", "-h", "-help", "--help"})
    void printsTheUsageWhenAsked(String word) {
        assertThat(shell.run(word)).isEqualTo(ExitCode.SUCCESS);
        assertThat(shell.out()).isEqualTo(Usage.PROGRAM);
        assertThat(shell.err()).isEmpty();
    }

    @Test
    void printsTheUsageAndFailsWithoutCommand() {
        assertThat(shell.run()).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.out()).isEqualTo(Usage.PROGRAM);
        assertThat(shell.run("-config", "x")).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.out()).isEqualTo(Usage.PROGRAM);
    }

    @Test
    void tellsWhatIsNoPathWithoutAStackTrace() {
        assertThat(shell.run("restore", "-o", "a\0b", "file:///tmp/x")).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.err())
                .startsWith("Error: no path here: a\0b: Nul character not allowed; where")
                .endsWith("set LC_ALL=C.UTF-8\n");
    }

    @ParameterizedTest
    @CsvSource({"replciate,replicate", "verison,version", "retsore,restore", "db,demo"})
    void namesTheNearestCommandForAnUnknownOne(String word, String nearest) {
        assertThat(shell.run(word)).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.out()).isEmpty();
        assertThat(shell.err())
                .isEqualTo(
                        "Error: litestream %s: unknown command (did you mean %s?)\n"
                                .formatted(word, nearest));
    }

    @ParameterizedTest
    @ValueSource(strings = {"list", "mcp", "register", "start", "stop", "sync", "unregister"})
    void refusesACommandThatIsNotThereYet(String word) {
        assertThat(shell.run(word)).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.err())
                .isEqualTo(
                        "Error: litestream %s: this command is not part of this version yet\n"
                                .formatted(word));
    }

    @ParameterizedTest
    @ValueSource(strings = {"databases", "generations", "snapshots", "version", "wal"})
    void printsTheUsageOfACommandWhenAsked(String command) {
        assertThat(shell.run(command, "-h")).isEqualTo(ExitCode.SUCCESS);
        assertThat(shell.out())
                .contains("    litestream " + command + " [flags]")
                .contains("Flags:");
        assertThat(shell.err()).isEmpty();
    }

    @Test
    void printsTheUsageAndTheErrorForAnUnknownFlag() {
        assertThat(shell.run("databases", "-josn")).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.out()).contains("litestream databases [flags]");
        assertThat(shell.err())
                .isEqualTo("Error: flag provided but not defined: -josn (did you mean -json?)\n");
    }
}
