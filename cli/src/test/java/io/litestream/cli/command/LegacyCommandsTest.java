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

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;

/// The commands and flags of Litestream 0.3, on its replicas and on later ones.
class LegacyCommandsTest {

    @TempDir Path dir;

    private TestShell shell;
    private Path replica;
    private String url;
    private Path out;

    @BeforeEach
    void makeReplica() throws Exception {
        shell = new TestShell(dir);
        replica = dir.resolve("replica");
        url = "file://" + replica;
        out = dir.resolve("out.db");
        LegacyFixture.replica(replica, dir.resolve("scratch"));
    }

    @AfterEach
    void restoreTheStandardLog() {
        LogOutput.use(new LogOutput(LoggingConfiguration.STANDARD, System.out, Clock.system()));
    }

    private void addLaterFiles() throws Exception {
        ReplicaFixture.replica(
                replica,
                ReplicaFixture.database(dir.resolve("1"), 7),
                ReplicaFixture.database(dir.resolve("2"), 7, 8));
    }

    @Test
    void listsGenerations() throws Exception {
        addLaterFiles();
        Path database = ReplicaFixture.database(dir.resolve("db"), 1);
        Files.setLastModifiedTime(
                database, FileTime.from(LegacyFixture.THIRD.plusMillis(3_723_456)));
        Files.writeString(dir.resolve("c.yml"), "dbs: [{path: db, replica: {path: replica}}]");

        assertThat(shell.run("generations", "-config", "c.yml", "db")).isEqualTo(ExitCode.SUCCESS);

        assertThat(shell.out())
                .matches(
                        """
                        name  generation        lag +start                 end
                        file  00000000000000aa  1h2m3s +2022-03-04T10:00:00Z  2022-03-04T10:02:00Z
                        file  ltx               -[0-9hms]+  2026-01-01T00:01:00Z  2026-01-01T00:02:00Z
                        """);
    }

    @Test
    void listsGenerationsOfAUrlAndOfADatabaseThatIsMissing() throws Exception {
        assertThat(shell.run("generations", url)).isEqualTo(ExitCode.SUCCESS);
        assertThat(shell.out())
                .matches("(?s).*\nfile  00000000000000aa  [0-9]+h[0-9]+m[0-9]+s  .*");
        Files.writeString(dir.resolve("c.yml"), "dbs: [{path: db, replica: {path: replica}}]");
        shell.run("generations", "-config", "c.yml", "db");
        assertThat(shell.out()).contains("\nfile  00000000000000aa  -    2022-");
    }

    @Test
    void listsSnapshots() throws Exception {
        addLaterFiles();

        assertThat(shell.run("snapshots", url)).isEqualTo(ExitCode.SUCCESS);

        assertThat(shell.out())
                .matches(
                        """
                        replica  generation        index             size +created
                        file     00000000000000aa  0                 \\d+ +2022-03-04T10:00:00Z
                        file     00000000000000aa  1                 \\d+ +2022-03-04T10:02:00Z
                        file     ltx               0000000000000001  \\d+ +2026-01-01T00:01:00Z
                        """);
    }

    @Test
    void listsThePartsOfWals() throws Exception {
        addLaterFiles();

        assertThat(shell.run("wal", url)).isEqualTo(ExitCode.SUCCESS);

        assertThat(shell.err()).isEmpty();
        assertThat(shell.out())
                .matches(
                        """
                        replica  generation        index             offset  size +created
                        file     00000000000000aa  0                 0       \\d+ +2022-03-04T10:00:00Z
                        file     00000000000000aa  0                 \\d{4,} +\\d+ +2022-03-04T10:01:00Z
                        file     00000000000000aa  1                 0       \\d+ +2022-03-04T10:02:00Z
                        file     ltx               0000000000000002  0       \\d+ +2026-01-01T00:02:00Z
                        """);
        shell.run("wal", "-generation", "ltx", url);
        assertThat(shell.out().lines()).hasSize(2);
        shell.run("wal", "-generation", LegacyFixture.GENERATION, url);
        assertThat(shell.out().lines()).hasSize(4);
        shell.run("wal", "-json", url);
        assertThat(shell.out()).contains("\"min_txid\": \"0000000000000002\"");
    }

    @ParameterizedTest
    @CsvSource({
        "-timestamp 2022-03-04T10:00:59Z,1",
        "-timestamp 2022-03-04T10:01:00Z,2",
        "-generation 00000000000000aa -timestamp 2022-03-04T10:01:00Z,2",
        "-generation 00000000000000aa -index 0,2",
        "-generation 00000000000000aa -index 00000001,3",
        "-generation 00000000000000aa,3",
        "-timestamp 2026-01-01T00:01:00Z,7",
        "-txid 0000000000000002,8",
        "-integrity-check full,8"
    })
    void restoresEachState(String flags, String newest) throws Exception {
        addLaterFiles();
        String[] words = ("restore " + flags + " -o " + out + " " + url).split(" ");

        assertThat(shell.run(words)).as(shell.err()).isEqualTo(ExitCode.SUCCESS);

        assertThat(ReplicaFixture.sql(out, "select max(x) from t")).isEqualTo(newest);
    }

    @Test
    void warnsWhereOldFilesSeemToBeTheNewest() throws Exception {
        addLaterFiles();
        try (var files = Files.walk(replica.resolve("generations"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.setLastModifiedTime(file, FileTime.from(ReplicaFixture.time(1000)));
            }
        }

        shell.run("restore", "-json", "-o", out.toString(), url);

        assertThat(ReplicaFixture.sql(out, "select max(x) from t")).isEqualTo("3");
        assertThat(shell.err())
                .contains("level=WARN")
                .contains("file holds files of Litestream 0.3, stored until 2026-01-01T16:40:00Z")
                .contains("give -timestamp 2026-01-01T00:02:00Z");
        shell.run(
                "restore",
                "-force",
                "-timestamp",
                "2026-01-01T00:02:00Z",
                "-o",
                out.toString(),
                url);
        assertThat(ReplicaFixture.sql(out, "select max(x) from t")).isEqualTo("8");
    }

    @Test
    void tellsWhatWasRestored() {
        assertThat(shell.run("restore", "-o", out.toString(), url)).isEqualTo(ExitCode.SUCCESS);

        assertThat(shell.err()).isEmpty();
        assertThat(shell.out())
                .matches(
                        """
                        Restored %s
                          replica:  file
                          position: 00000000000000aa/00000001:[0-9a-f]{8}
                          time:     2022-03-04T10:02:00Z
                          checksum: [0-9a-f]{16} \\(not proven: files of Litestream 0.3 carry no checksum of the database\\)
                          check:    quick
                          size:     8.2 kB, from .* in .*s
                        """
                                .formatted(out));
    }

    @Test
    void tellsWhatWasRestoredAsJson() {
        shell.run("restore", "-json", "-o", out.toString(), url);

        assertThat(shell.out())
                .contains(
                        """
                          "txid": "",
                          "generation": "00000000000000aa",
                          "index": "00000001",
                          "offset": \
                        """)
                .contains("\"proven\": false");
    }

    @Test
    void tellsWhatWouldBeRead() {
        shell.run("restore", "-dry-run", "-o", out.toString(), url);

        assertThat(out).doesNotExist();
        assertThat(shell.out())
                .matches(
                        """
                        Restore plan:
                          source: file://.*
                          target: .*
                          replica: file
                          generation: 00000000000000aa
                          index range: 00000001 - 00000001

                        Files to fetch:
                        kind      file                       index     offset  size +timestamp
                        snapshot  00000001.snapshot.lz4      00000001  0       \\d+ +2022-03-04T10:02:00Z
                        wal       00000001_00000000.wal.lz4  00000001  0       \\d+ +2022-03-04T10:02:00Z
                        """);
        shell.run(
                "restore",
                "-dry-run",
                "-json",
                "-generation",
                LegacyFixture.GENERATION,
                "-index",
                "0",
                "-o",
                out.toString(),
                url);
        assertThat(shell.out())
                .contains("\"generation\": \"00000000000000aa\"")
                .contains("\"min_index\": \"00000000\"")
                .contains("\"kind\": \"wal\"")
                .contains(
                        "\"name\":"
                            + " \"generations/00000000000000aa/snapshots/00000000.snapshot.lz4\"");
    }

    @Test
    void takesTheDestinationThatHasTheNewestState() throws Exception {
        ReplicaFixture.replica(dir.resolve("later"), ReplicaFixture.database(dir.resolve("1"), 7));
        Files.writeString(
                dir.resolve("c.yml"),
                "dbs: [{path: db, replicas: [{path: replica}, {path: later, name: later}]}]");

        shell.run("restore", "-config", "c.yml", "-o", out.toString(), "db");
        assertThat(shell.out()).contains("replica:  later");
        shell.run(
                "restore",
                "-config",
                "c.yml",
                "-force",
                "-replica",
                "file",
                "-o",
                out.toString(),
                "db");
        assertThat(shell.out()).contains("position: 00000000000000aa/00000001:");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "restore -index 1|must specify generation when restoring to index",
                "restore -generation 00000000000000aa -index 1 -timestamp"
                        + " 2022-03-04T10:00:59Z|cannot specify index & timestamp to restore",
                "restore -generation 00000000000000aa -txid 0000000000000001|cannot specify -txid"
                        + " and -generation: a backup of Litestream 0.3 has no txids",
                "restore -generation aa|a generation is 16 lower-case hexadecimal digits, but this"
                        + " is \"aa\"",
                "restore -generation 00000000000000aa -index xyz|a WAL index is up to 8 hexadecimal"
                        + " digits, but this is \"xyz\"",
                "restore -generation 00000000000000ab|file has no generation 00000000000000ab: it"
                        + " has [00000000000000aa]",
                "restore -generation 00000000000000aa -index 2|file: generation 00000000000000aa"
                        + " has nothing of index 00000002: the newest before it is 00000001",
                "restore -timestamp 2022-03-04T09:59:00Z|file: there is nothing as old as"
                        + " 2022-03-04T09:59:00Z: the first snapshot is of 2022-03-04T10:00:00Z",
                "restore -txid 0000000000000001|file holds a backup of Litestream 0.3, which has no"
                        + " txids: give -timestamp, or -generation and -index",
                "wal -generation 00000000000000aa -json|-generation is of Litestream 0.3, -level"
                        + " and -json are of 0.5: give the one or the other",
            })
    void refusesWhatCannotBe(String line, String message) {
        String where = line.startsWith("restore") ? " -o " + out + " " + url : " " + url;

        assertThat(shell.run((line + where).split(" "))).isEqualTo(ExitCode.FAILURE);

        assertThat(shell.out()).isEmpty();
        assertThat(shell.err()).isEqualTo("Error: " + message + "\n");
        assertThat(out).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({"generations", "snapshots", "wal"})
    void needsAnOperand(String command) {
        assertThat(shell.run(command)).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.err()).startsWith("Error: database path or replica URL required\n");
    }
}
