package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// The examples of the reference of Litestream's commands: they are accepted as they are printed,
/// and what they print has the columns and fields that scripts look for.
class GuideReferenceTest {

    private static final Pattern FIELD = Pattern.compile("\"([a-z_]+)\":");

    @TempDir Path dir;

    private TestShell shell;
    private Path database;
    private String url;

    @BeforeEach
    void replicate() throws Exception {
        shell = new TestShell(dir);
        database = ReplicaFixture.database(dir.resolve("db"), 1);
        url = "file://" + dir.resolve("replica");
        Files.writeString(
                dir.resolve(".litestream.yml"),
                "dbs: [{path: %s, replica: {path: %s}}]"
                        .formatted(database, dir.resolve("replica")));
        succeeds("replicate -once $DB $URL");
    }

    @Test
    void replicatesOnceWithASnapshotAndWithRetention() throws Exception {
        ReplicaFixture.sql(database, "insert into t values (2)");
        succeeds("replicate -once -force-snapshot $DB $URL");
        assertThat(shell.out()).contains("msg=\"taking snapshot\"");
        succeeds("replicate -once -enforce-retention $DB $URL");
        assertThat(shell.out()).contains("msg=\"enforcing retention\"");
        succeeds("replicate -once -log-level debug $DB $URL");
        assertThat(shell.out()).contains("level=DEBUG");
        succeeds("replicate -once -restore-if-db-not-exists $DIR/new.db $URL");
        assertThat(shell.out())
                .contains("msg=\"attempting restore before replication\"")
                .contains("msg=\"restore completed\"");
        assertThat(ReplicaFixture.sql(dir.resolve("new.db"), "select count(*) from t"))
                .isEqualTo("2");
    }

    @Test
    void listsWithTheColumnsAndFieldsOfTheReference() {
        succeeds("databases");
        assertThat(shell.out()).matches("path +replica\n\\S+/db  file\n");
        succeeds("databases -json");
        assertThat(fields()).containsExactly("path", "replica");

        succeeds("status");
        assertThat(shell.out())
                .matches(
                        "(?s)database +status  local txid        wal size\n"
                                + "\\S+/db  ok      0000000000000002  \\S+ k?B\n.*");
        succeeds("status -json $DB");
        assertThat(fields()).startsWith("database", "status", "local_txid", "wal_size");
        assertThat(shell.out()).contains("\"local_txid\": \"0000000000000002\"");

        for (String operand : List.of("$DB", "$URL")) {
            succeeds("ltx " + operand);
            assertThat(shell.out())
                    .matches(
                            "level  min_txid          max_txid          size  created\n"
                                    + "0      (0{15}2)  \\1  \\d+"
                                    + " +\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ\n");
            succeeds("ltx -level 0 " + operand);
            succeeds("ltx -level all " + operand);
            assertThat(shell.out()).contains("\n0 ", "\n9 ");
            succeeds("ltx -json " + operand);
            assertThat(fields())
                    .containsExactly("level", "min_txid", "max_txid", "size", "timestamp");
            succeeds("wal " + operand);
            assertThat(shell.err())
                    .isEqualTo("Warning: 'wal' command is deprecated, please use 'ltx' instead\n");
        }
        succeeds("ltx -json file://$DIR/none");
        assertThat(shell.out()).isEqualTo("[]\n");
    }

    @Test
    void plansRestoresWithTheLinesAndFieldsOfTheReference() {
        succeeds("restore -dry-run -txid 0000000000000002 -o $DIR/my.db $DB");
        assertThat(shell.out())
                .startsWith(
                        """
                        Restore plan:
                          source: %s
                          target: %s/my.db
                          replica: file
                          txid range: 0000000000000001 - 0000000000000002

                        Files to fetch:
                        level  file \
                        """
                                .formatted(database, dir));
        succeeds("restore -dry-run -json -o $DIR/my.db $URL");
        assertThat(fields().stream().distinct())
                .containsExactly(
                        "source",
                        "target_path",
                        "replica",
                        "min_txid",
                        "max_txid",
                        "files",
                        "level",
                        "name",
                        "size",
                        "timestamp");
    }

    @Test
    void restoresWithEachFlagOfTheReference() throws Exception {
        succeeds("restore -o $DIR/my.db $URL");
        succeeds("restore -force -o $DIR/my.db $URL");
        succeeds("restore -if-db-not-exists -o $DIR/my.db $URL");
        succeeds("restore -parallelism 8 -timestamp 2999-01-01T00:00:00Z -o $DIR/t.db $DB");
        succeeds("restore -json -o $DIR/json.db $URL");
        assertThat(fields())
                .startsWith("db_path", "replica", "txid", "duration_ms", "integrity_check");
        succeeds("restore -if-db-not-exists -if-replica-exists $DB");
        Files.delete(database);
        succeeds("restore -if-db-not-exists -if-replica-exists $DB");
        assertThat(ReplicaFixture.sql(database, "pragma integrity_check")).isEqualTo("ok");
        succeeds("restore -if-replica-exists -timestamp 2020-01-01T00:00:00Z -o $DIR/o.db $DB");
        succeeds("restore -if-replica-exists -o $DIR/o.db file://$DIR/none");
        assertThat(shell.out()).contains("msg=\"no matching backups found\"");
        assertThat(dir.resolve("o.db")).doesNotExist();
    }

    @Test
    void resetsTheStateOfADatabaseThatIsMadeAnew() throws Exception {
        succeeds("reset -dry-run $DB");
        assertThat(shell.out())
                .startsWith("Dry run: local Litestream state would be reset for: " + database)
                .contains("\nWould remove: " + dir + "/.db-litestream/ltx\n")
                .contains("\nFiles that would be removed:\n  " + dir + "/.db-litestream/")
                .endsWith("\nNo files were removed.\n");
        for (String suffix : List.of("", "-wal", "-shm")) {
            Files.deleteIfExists(Path.of(database + suffix));
        }
        ReplicaFixture.database(database, 7, 8, 9);
        succeeds("reset $DB");
        succeeds("replicate -once");
        succeeds("restore -o $DIR/my.db $DB");
        assertThat(ReplicaFixture.sql(dir.resolve("my.db"), "select count(*) from t"))
                .isEqualTo("3");
    }

    @Test
    void replicatesACompactedCopyThatTookThePlaceOfTheDatabase() throws Exception {
        ReplicaFixture.sql(database, "vacuum into '%s'".formatted(dir.resolve("compacted")));
        for (String suffix : List.of("-wal", "-shm")) {
            Files.deleteIfExists(Path.of(database + suffix));
        }
        Files.move(dir.resolve("compacted"), database, StandardCopyOption.REPLACE_EXISTING);
        succeeds("replicate -once");
        succeeds("restore -o $DIR/my.db $DB");
        assertThat(ReplicaFixture.sql(dir.resolve("my.db"), "select count(*) from t"))
                .isEqualTo("1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "replicate $DB $URL -exec x|flag \"-exec\" must be positioned before DB_PATH and"
                        + " REPLICA_URL arguments",
                "replicate -force-snapshot $DB $URL|cannot specify -force-snapshot flag without"
                        + " -once",
                "replicate -enforce-retention $DB $URL|cannot specify -enforce-retention flag"
                        + " without -once",
                "replicate -once -exec x $DB $URL|cannot specify -once flag with -exec",
                "restore $DB|cannot restore, output path already exists and is not empty: $DB. Use"
                        + " -force to overwrite",
                "restore -o $DIR/n file://$DIR/none|no matching backup files available",
                "restore -f -o $DIR/n $URL|-f: following a replica is not part of this version yet",
                "replicate $DB gs://b/p|replica URL gs://b/p: gs storage is not part of this"
                        + " version yet; use a file or s3 destination",
                "info|database path or replica URL required: asking a running litestream is not"
                        + " part of this version yet",
                "info -socket /s|-socket: asking a running litestream is not part of this version"
                        + " yet"
            })
    void failsWithTheseWords(String line, String message) {
        assertThat(shell.run(words(line))).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.err()).startsWith("Error: " + filled(message) + "\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "list -json",
                "start /db",
                "stop -timeout 5 /db",
                "sync -wait /db",
                "register -replica s3://b/p /db",
                "unregister -dry-run /db",
                "mcp"
            })
    void namesACommandThatIsNotPartOfThisVersion(String line) {
        assertThat(shell.run(words(line))).isEqualTo(ExitCode.FAILURE);
        assertThat(shell.err())
                .isEqualTo(
                        "Error: litestream %s: this command is not part of this version yet\n"
                                .formatted(words(line)[0]));
    }

    private void succeeds(String line) {
        assertThat(shell.run(words(line)))
                .as("%s: %s%s", line, shell.out(), shell.err())
                .isEqualTo(ExitCode.SUCCESS);
    }

    private String[] words(String line) {
        return filled(line).split(" ");
    }

    private String filled(String text) {
        return text.replace("$DIR", dir.toString())
                .replace("$DB", database.toString())
                .replace("$URL", url);
    }

    /// Returns the names of fields in what was printed, in their order.
    private List<String> fields() {
        return FIELD.matcher(shell.out())
                .results()
                .map((MatchResult result) -> result.group(1))
                .toList();
    }
}
