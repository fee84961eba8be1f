package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;

class ReplicateCommandTest {

    @TempDir Path dir;

    private TestShell shell;

    @BeforeEach
    void makeShell() {
        shell = new TestShell(dir);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a.db|must specify at least one replica URL for a.db",
                "-config c.yml a.db /r|cannot specify a replica URL and the -config flag",
                "a.db -once /r|flag \"-once\" must be positioned before DB_PATH and REPLICA_URL"
                        + " arguments",
                "-once -exec x a.db /r|cannot specify -once flag with -exec",
                "-force-snapshot a.db /r|cannot specify -force-snapshot flag without -once",
                "-enforce-retention a.db /r|cannot specify -enforce-retention flag without -once",
                "-snapshot-interval 0s a.db /r|-snapshot-interval: must be 1ms or more",
                "-log-level loud a.db /r|log level must be trace, debug, info, warn or error (got"
                        + " loud)",
                "-exec 'x a.db /r|-exec: a quote or a backslash has no end in the command: 'x",
                "a.db gs://b/p|replica URL gs://b/p: gs storage is not part of this version yet;"
                        + " use a file or s3 destination",
                "a.db /r /x/../r|command line:1:1: replica /r is given in line 1 already; each"
                        + " must be another one",
                "-config none.yml|config file not found: $DIR/none.yml"
            })
    void refusesWhatCannotBe(String line, String message) {
        assertThat(shell.run(("replicate " + line).split(" "))).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.err().lines().findFirst())
                .contains("Error: " + message.replace("$DIR", dir.toString()));
    }

    @Test
    void refusesOnceBesideTheExecOfTheConfiguration() throws Exception {
        Files.writeString(dir.resolve("c.yml"), "exec: x\n");

        assertThat(shell.run("replicate", "-once", "-config", "c.yml")).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.err()).isEqualTo("Error: cannot specify -once flag with -exec\n");
    }

    @Test
    void checksEveryDatabaseAndDestinationInADryRun() throws Exception {
        ReplicaFixture.database(dir.resolve("a.db"), 1);
        ReplicaFixture.replica(dir.resolve("r1"), dir.resolve("a.db"));
        ReplicaFixture.database(dir.resolve("kept.db"), 1);
        Files.writeString(
                dir.resolve("c.yml"),
                """
                dbs:
                  - {path: a.db, replicas: [{path: r1}, {path: r2, name: other}]}
                  - {path: kept.db, journal-mode: keep, replica: {path: r5}}
                  - {path: none.db, replica: {path: r3}}
                  - {path: back.db, restore-if-db-not-exists: true, replica: {path: r4}}
                """);

        assertThat(shell.run("replicate", "-dry-run", "-config", "c.yml"))
                .isEqualTo(ExitCode.SUCCESS);
        assertThat(shell.out().replace(dir.toString(), "DIR").replaceAll("  +", " | "))
                .matches(
                        """
                        database \\| replica \\| check \\| result
                        DIR/a.db \\| - \\| database \\| ok: 8.2 kB, page size 4096, journal mode rollback, would be switched to wal
                        DIR/a.db \\| file \\| file://DIR/r1 \\| ok: writable, holds 1 files \\(\\d+ B\\) through txid 0000000000000001
                        DIR/a.db \\| other \\| file://DIR/r2 \\| ok: writable, empty: a snapshot would be written
                        DIR/kept.db \\| - \\| database \\| ok: 8.2 kB, page size 4096, journal mode rollback, would stay
                        DIR/kept.db \\| file \\| file://DIR/r5 \\| ok: writable, empty: a snapshot would be written
                        DIR/none.db \\| - \\| database \\| missing: would be waited for
                        DIR/none.db \\| file \\| file://DIR/r3 \\| ok: writable, empty: a snapshot would be written
                        DIR/back.db \\| - \\| database \\| missing: would be restored if there is a backup
                        DIR/back.db \\| file \\| file://DIR/r4 \\| ok: writable, empty: a snapshot would be written
                        """);
        assertThat(ReplicaFixture.sql(dir.resolve("a.db"), "pragma journal_mode"))
                .isEqualTo("delete");
        assertThat(dir.resolve("r2/_ctl/probe")).doesNotExist();
    }

    @Test
    void failsInADryRunIfADatabaseOrADestinationCannotBeUsed() throws Exception {
        Files.writeString(
                dir.resolve("text"), "no database, but longer than a header: " + "x".repeat(99));

        assertThat(shell.run("replicate", "-dry-run", "text", "text/r"))
                .isEqualTo(ExitCode.FAILURE);
        assertThat(shell.out())
                .contains("error: %s/text is not a database".formatted(dir))
                .contains("error: cannot create %s/text/r/_ctl/probe".formatted(dir));
    }

    @Test
    void hasNothingToTryWithoutDatabases() throws Exception {
        Files.writeString(dir.resolve("c.yml"), "dbs: []\n");

        assertThat(shell.run("replicate", "-dry-run", "-config", "c.yml"))
                .isEqualTo(ExitCode.FAILURE);
        assertThat(shell.err()).isEqualTo("Error: no databases specified in configuration\n");
    }
}
