package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;

class StatusCommandTest {

    @TempDir Path dir;

    private TestShell shell;

    @BeforeEach
    void makeDatabases() throws Exception {
        shell = new TestShell(dir);
        Files.writeString(
                dir.resolve("c.yml"),
                """
                dbs:
                  - {path: ok.db, meta-path: meta, replica: {path: r1}}
                  - {path: new.db, replica: {path: r2}}
                  - {path: none.db, replica: {path: r3}}
                  - {path: odd.db, meta-path: odd, replica: {path: r4}}
                """);
        for (String name : new String[] {"ok.db", "new.db", "odd.db"}) {
            Files.writeString(dir.resolve(name), "");
        }
        Files.write(dir.resolve("ok.db-wal"), new byte[4120]);
        Path ltx = Files.createDirectories(dir.resolve("meta/ltx/0"));
        Files.writeString(ltx.resolve("0000000000000009-0000000000000009.ltx"), "");
        Files.writeString(ltx.resolve("000000000000000a-000000000000000a.ltx"), "");
        Files.writeString(ltx.resolve("000000000000000b-000000000000000b.ltx.tmp"), "");
        Files.createDirectories(dir.resolve("odd/ltx"));
        Files.writeString(dir.resolve("odd/ltx/0"), "a file");
    }

    @Test
    void tellsTheStateOfEachDatabase() {
        assertThat(shell.run("status", "-local", "-config", "c.yml")).isEqualTo(ExitCode.SUCCESS);
        assertThat(shell.out().replace(dir.toString(), "DIR").replaceAll(" +", " "))
                .isEqualTo(
                        """
                        database status local txid wal size
                        DIR/ok.db ok 000000000000000a 4.1 kB
                        DIR/new.db not initialized - 0 B
                        DIR/none.db no database - -
                        DIR/odd.db error - 0 B
                        """);
    }

    @Test
    void tellsTheStateOfOneDatabaseAsJson() {
        assertThat(shell.run("status", "-local", "-json", "-config", "c.yml", "ok.db"))
                .isEqualTo(ExitCode.SUCCESS);
        assertThat(shell.out())
                .isEqualTo(
                        """
                        [
                          {
                            "database": "%s/ok.db",
                            "status": "ok",
                            "local_txid": "000000000000000a",
                            "wal_size": "4.1 kB"
                          }
                        ]
                        """
                                .formatted(dir));
    }

    @Test
    void listsNothingForADatabaseThatTheConfigurationDoesNotKnowAndSaysSo() {
        assertThat(shell.run("status", "-config", "c.yml", "x.db")).isEqualTo(ExitCode.SUCCESS);
        assertThat(shell.out()).isEqualTo("database  status  local txid  wal size\n");
        assertThat(shell.err())
                .isEqualTo("Warning: database not found in config: %s/x.db\n".formatted(dir));
        assertThat(shell.run("status", "-json", "-config", "c.yml", "x.db"))
                .isEqualTo(ExitCode.SUCCESS);
        assertThat(shell.out()).isEqualTo("[]\n");
        assertThat(shell.err()).startsWith("Warning: ");
        assertThat(shell.run("status", "a", "b")).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.err()).isEqualTo("Error: too many arguments\n");
    }

    @Test
    void tellsWhatEachDestinationHolds() throws Exception {
        ReplicaFixture.replica(
                dir.resolve("r1"),
                ReplicaFixture.database(dir.resolve("1"), 1),
                ReplicaFixture.database(dir.resolve("2"), 1, 2));
        Files.writeString(dir.resolve("r3"), "a file");

        assertThat(shell.run("status", "-config", "c.yml")).isEqualTo(ExitCode.SUCCESS);

        String out = shell.out().replace(dir.toString(), "DIR").replaceAll(" +", " ");
        assertThat(out)
                .startsWith("database status local txid wal size\nDIR/ok.db ok 000000000000000a ")
                .contains(
                        "\n\ndatabase replica status txid time lag behind oldest files size"
                                + " verified\n",
                        "DIR/ok.db file ok 0000000000000002 " + ReplicaFixture.time(2) + " ",
                        " " + ReplicaFixture.time(1) + " 2 ",
                        " never\n",
                        "DIR/new.db file empty - - - - - 0 0 B never\n",
                        "DIR/none.db file unreachable - - - - - - - -\n",
                        "DIR/none.db, file: ");
    }

    @Test
    void tellsHowFarADestinationIsBehind() throws Exception {
        ReplicaFixture.database(dir.resolve("1"), 1);
        ReplicaFixture.replica(dir.resolve("r1"), dir.resolve("1"));
        ReplicaFixture.replica(dir.resolve("local"), dir.resolve("1"), dir.resolve("1"));
        Path slot = dir.resolve("local/ltx/0/0000000000000002-0000000000000002.ltx");
        for (String name : new String[] {"9", "a"}) {
            Files.delete(
                    dir.resolve(
                            "meta/ltx/0/000000000000000%s-000000000000000%s.ltx"
                                    .formatted(name, name)));
        }
        Files.copy(slot, dir.resolve("meta/ltx/0").resolve(slot.getFileName()));

        assertThat(shell.run("status", "-json", "-config", "c.yml", "ok.db"))
                .isEqualTo(ExitCode.SUCCESS);

        assertThat(shell.out())
                .contains(
                        "\"lag_transactions\": 1",
                        "\"lag_bytes\": " + Files.size(slot),
                        "\"txid\": \"0000000000000001\"");
    }
}
