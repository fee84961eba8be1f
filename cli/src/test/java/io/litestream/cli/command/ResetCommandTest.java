package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.replica.state.StateDirectory;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;

class ResetCommandTest {

    @TempDir Path dir;

    private TestShell shell;
    private Path database;
    private StateDirectory state;

    @BeforeEach
    void makeState() throws Exception {
        shell = new TestShell(dir);
        database = ReplicaFixture.database(dir.resolve("x.db"), 1, 2);
        state = new StateDirectory(StateDirectory.defaultPath(database));
        fill(state);
    }

    private static void fill(StateDirectory state) throws Exception {
        state.create();
        Files.writeString(state.ltx0().resolve("0000000000000002-0000000000000002.ltx"), "");
        Files.writeString(state.table(), "");
        Files.writeString(state.baseline(), "");
    }

    @Test
    void deletesTheLocalStateAndNothingElse() throws Exception {
        assertThat(shell.run("reset", "x.db")).isEqualTo(ExitCode.SUCCESS);

        assertThat(shell.out())
                .isEqualTo(
                        """
                        Resetting local Litestream state for: %s
                        Reset complete. Next replication sync will create a fresh snapshot.
                        """
                                .formatted(database));
        assertThat(state.path().resolve("ltx")).doesNotExist();
        assertThat(state.table()).doesNotExist();
        assertThat(state.baseline()).doesNotExist();
        assertThat(ReplicaFixture.sql(database, "select count(*) from t")).isEqualTo("2");
    }

    @Test
    void onlyListsInADryRun() {
        assertThat(shell.run("reset", "-dry-run", "x.db")).isEqualTo(ExitCode.SUCCESS);

        assertThat(shell.out())
                .isEqualTo(
                        """
                        Dry run: local Litestream state would be reset for: %1$s
                        Would remove: %2$s/ltx
                        Files that would be removed:
                          %2$s/baseline
                          %2$s/ltx/0/0000000000000002-0000000000000002.ltx
                          %2$s/table
                        No files were removed.
                        """
                                .formatted(database, state.path()));
        assertThat(state.table()).exists();
    }

    @Test
    void hasNothingToDoWithoutState() {
        shell.run("reset", "x.db");

        assertThat(shell.run("reset", "x.db")).isEqualTo(ExitCode.SUCCESS);
        assertThat(shell.out()).isEqualTo("No local state to reset for %s\n".formatted(database));
        assertThat(shell.run("reset", "-dry-run", "x.db")).isEqualTo(ExitCode.SUCCESS);
        assertThat(shell.out()).endsWith("\nNo local LTX files would be removed.\n");
    }

    @Test
    void hasNothingToDoWithoutDirectory() throws Exception {
        Path other = ReplicaFixture.database(dir.resolve("other.db"), 1);

        assertThat(shell.run("reset", "other.db")).isEqualTo(ExitCode.SUCCESS);
        assertThat(shell.out())
                .isEqualTo(
                        "Meta directory does not exist: %s\n"
                                .formatted(StateDirectory.defaultPath(other)));
    }

    @Test
    void leavesAStateAloneThatIsInUse() throws Exception {
        try (StateDirectory.Lock _ = state.tryLock().orElseThrow()) {
            assertThat(shell.run("reset", "x.db")).isEqualTo(ExitCode.FAILURE);
        }
        assertThat(shell.err())
                .isEqualTo(
                        "Error: cannot reset %s: it is being replicated by process %d; stop that first\n"
                                .formatted(database, ProcessHandle.current().pid()));
        assertThat(state.table()).exists();
    }

    @ParameterizedTest
    @CsvSource({"c.yml,-config c.yml", ".litestream.yml,-dry-run=false"})
    void findsTheStateThatTheConfigurationNames(String file, String flag) throws Exception {
        Files.writeString(
                dir.resolve(file), "dbs: [{path: x.db, meta-path: meta, replica: {path: r}}]");
        StateDirectory configured = new StateDirectory(dir.resolve("meta"));
        fill(configured);

        shell.run(("reset " + flag + " x.db").split(" "));

        assertThat(configured.table()).doesNotExist();
        assertThat(state.table()).exists();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "reset|database path required",
                "reset a b|too many arguments",
                "reset none.db|database does not exist: $DIR/none.db",
                "reset -config c.yml x.db|database not found in config: $DIR/x.db"
            })
    void refusesWhatCannotBe(String line, String message) throws Exception {
        Files.writeString(dir.resolve("c.yml"), "dbs: []");

        assertThat(shell.run(line.split(" "))).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.err())
                .startsWith("Error: " + message.replace("$DIR", dir.toString()) + "\n");
    }
}
