package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;

class VersionCommandTest {

    private static final String COMMIT = "abcdef1234567890abcdef1234567890abcdef12";

    @TempDir Path dir;

    @Test
    void printsTheVersionOfTheBuild() {
        TestShell shell = new TestShell(dir);

        assertThat(shell.run("version")).isEqualTo(ExitCode.SUCCESS);
        assertThat(shell.out()).matches("\\d+\\.\\d+\\.\\d+\n|\\(development build.*\\)\n");
    }

    @Test
    void printsThePlatformWhenVerbose() {
        TestShell shell = new TestShell(dir);

        assertThat(shell.run("version", "-verbose")).isEqualTo(ExitCode.SUCCESS);
        assertThat(shell.out())
                .startsWith("Version:      ")
                .contains("\nJava Version: " + Runtime.version() + "\n")
                .contains("\nOS/Arch:      ");
    }

    @Test
    void takesNoOperand() {
        TestShell shell = new TestShell(dir);

        assertThat(shell.run("version", "x")).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.err()).isEqualTo("Error: too many arguments\n");
    }

    @ParameterizedTest
    @CsvSource({
        "1.2.3,CLEAN,1.2.3",
        "'',CLEAN,(development build abcdef123456)",
        "'',DIRTY,(development build abcdef123456-dirty)"
    })
    void namesTheReleaseElseTheCommit(String release, Version.Tree tree, String shown) {
        assertThat(new Version(release, COMMIT, "", tree)).hasToString(shown);
    }

    @Test
    void isADevelopmentBuildWhereNothingIsKnown() {
        assertThat(new Version("", "", "", Version.Tree.CLEAN)).hasToString("(development build)");
    }
}
