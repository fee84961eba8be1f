package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class DatabasesCommandTest {

    @TempDir Path dir;

    private TestShell shell;

    @BeforeEach
    void makeShell() {
        shell = new TestShell(dir);
    }

    @Test
    void listsPathsAndReplicas() throws Exception {
        write(
                """
                dbs:
                  - {path: /data/long-name.db, replica: {path: /r1}}
                  - {path: /b.db, replicas: [{path: /r2}, {path: /r3, name: other}]}
                """);

        assertThat(shell.run("databases", "-config", "x.yml")).isEqualTo(ExitCode.SUCCESS);
        assertThat(shell.out())
                .isEqualTo(
                        """
                        path                replica
                        /data/long-name.db  file
                        /b.db               file,other
                        """);
        assertThat(shell.err()).isEmpty();
    }

    @Test
    void listsJson() throws Exception {
        write("dbs: [{path: /a.db, replica: {path: /r}}]");

        assertThat(shell.run("databases", "-json", "-config=x.yml")).isEqualTo(ExitCode.SUCCESS);
        assertThat(shell.out())
                .isEqualTo(
                        """
                        [
                          {
                            "path": "/a.db",
                            "replica": "file"
                          }
                        ]
                        """);
    }

    @Test
    void listsAnEmptyArrayIfThereAreNone() throws Exception {
        write("exec: x");

        shell.run("databases", "-json", "-config", "x.yml");

        assertThat(shell.out()).isEqualTo("[]\n");
    }

    @Test
    void leavesTheEnvironmentAloneWhenTold() throws Exception {
        write("dbs: [{path: /$NAME.db, replica: {path: /r}}]");

        shell.run("databases", "-no-expand-env", "-config", "x.yml");

        assertThat(shell.out()).contains("/$NAME.db  file");
    }

    @Test
    void failsWithoutItsFile() {
        assertThat(shell.run("databases", "-config", "/nowhere.yml")).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.out()).isEmpty();
        assertThat(shell.err()).isEqualTo("Error: config file not found: /nowhere.yml\n");
    }

    @Test
    void takesNoOperand() {
        assertThat(shell.run("databases", "x")).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.err()).isEqualTo("Error: too many arguments\n");
    }

    private void write(String text) throws IOException {
        Files.writeString(dir.resolve("x.yml"), text);
    }
}
