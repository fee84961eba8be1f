package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// What the original's own tests of its program do, and what they look at: exit codes, the log, the
/// files of a replica. `docs/original-tests.md` says which are covered where.
class OriginalScenariosTest {

    private static final Map<String, String> DEBUG = Map.of("LOG_LEVEL", "DEBUG");

    @TempDir Path dir;

    private Path database;
    private String url;

    @BeforeEach
    void name() {
        database = dir.resolve("a.db");
        url = "file://" + dir.resolve("replica");
    }

    @Test
    void startsBeforeTheDatabaseIsThere() throws Exception {
        try (ChildLitestream child =
                ChildLitestream.start(dir, "replicate", database.toString(), url)) {
            child.awaitOut("waiting for data");
            create();
            child.awaitOut("ltx file uploaded");
            insert(100);

            end(child);
            assertThat(child.out()).doesNotContainIgnoringCase("error");
        }
        assertThat(dir.resolve("replica/ltx/0")).isNotEmptyDirectory();
        assertThat(rows("restored.db")).isEqualTo("100");
    }

    @Test
    void keepsTheReplicaOfADatabaseThatIsDeleted() throws Exception {
        create();
        insert(100);
        try (ChildLitestream child =
                ChildLitestream.start(dir, "replicate", database.toString(), url)) {
            child.awaitOut("snapshot complete");
            child.awaitOut("ltx file uploaded");
            for (String suffix : List.of("", "-wal", "-shm")) {
                Files.deleteIfExists(Path.of(database + suffix));
            }
            child.awaitOut("waiting for data");

            end(child);
        }
        assertThat(dir.resolve("replica/ltx/0")).isNotEmptyDirectory();
        assertThat(rows("restored.db")).isEqualTo("100");
    }

    @Test
    void restoresAgainToAPlaceWhereOnlyTheDatabaseWasDeleted() throws Exception {
        create();
        insert(3);
        try (ChildLitestream child =
                ChildLitestream.start(
                        dir, "replicate", "-once", "-force-snapshot", database.toString(), url)) {
            assertThat(child.await()).as(child.out()).isZero();
        }
        rows("restored.db");
        Files.delete(dir.resolve("restored.db"));

        assertThat(rows("restored.db")).isEqualTo("3");
        assertThat(Files.mismatch(database, dir.resolve("restored.db"))).isEqualTo(-1);
    }

    @Test
    void saysInTheLogWhatTheOriginalsTestsReadThere() throws Exception {
        create();
        Files.writeString(
                dir.resolve("x.yml"),
                """
                snapshot: {interval: 1s, retention: 10m}
                levels: [{interval: 1s}]
                dbs:
                  - path: %s
                    checkpoint-interval: 1m
                    min-checkpoint-page-count: 8
                    truncate-page-n: 5000
                    replica: {url: "%s"}
                """
                        .formatted(database, url));
        try (ChildLitestream child =
                ChildLitestream.start(dir, DEBUG, "replicate", "-config", "x.yml")) {
            for (int i = 0; i < 100 && !logsAll(child.out()); i++) {
                insert(20);
                Thread.sleep(50);
            }
            end(child);

            String log = child.out();
            assertThat(matches(log, " msg=checkpoint .*mode=(\\S+)"))
                    .isNotEmpty()
                    .isSubsetOf("PASSIVE", "FULL", "RESTART", "TRUNCATE");
            assertThat(matches(log, "msg=\"ltx file uploaded\".* level=(\\d) .*size=\\d+"))
                    .contains("0");
            assertThat(matches(log, "msg=\"snapshot complete\".* txid=([0-9a-f]{16}) size=\\d+"))
                    .isNotEmpty();
            assertThat(
                            matches(
                                    log,
                                    "msg=\"compaction complete\".* level=(\\d)"
                                            + " txid.min=[0-9a-f]{16} txid.max=[0-9a-f]{16} size="))
                    .contains("1");
            assertThat(matches(log, " (msg=sync) ")).isNotEmpty();
            assertThat(log)
                    .doesNotContainIgnoringCase("error")
                    .doesNotContain("snap=true")
                    .doesNotContainPattern("(?m)^(?!time=\\d{4}-\\d\\d-\\d\\dT\\S+Z level=)");
        }
        assertThat(dir.resolve("replica/ltx/9")).isNotEmptyDirectory();
        assertThat(rows("restored.db")).isEqualTo(ReplicaFixture.sql(database, COUNT));
    }

    private static final String COUNT = "select count(*) from t";

    private static boolean logsAll(String log) {
        return log.contains("msg=checkpoint")
                && log.contains("msg=\"compaction complete\"")
                && log.contains("msg=\"snapshot complete\"");
    }

    private static List<String> matches(String log, String pattern) {
        return Pattern.compile(pattern).matcher(log).results().map(hit -> hit.group(1)).toList();
    }

    private void create() throws Exception {
        ReplicaFixture.sql(database, "pragma journal_mode=wal; create table t(v)");
    }

    private void insert(int rows) throws Exception {
        ReplicaFixture.sql(
                database,
                "pragma busy_timeout=5000; insert into t select value from generate_series(1,%d)"
                        .formatted(rows));
    }

    private static void end(ChildLitestream child) throws Exception {
        child.signal("TERM");
        assertThat(child.await()).as(child.out()).isZero();
    }

    private String rows(String output) throws Exception {
        Path restored = dir.resolve(output);
        try (ChildLitestream child =
                ChildLitestream.start(dir, "restore", "-o", restored.toString(), url)) {
            assertThat(child.await()).as("%s%s", child.out(), child.err()).isZero();
        }
        return ReplicaFixture.sql(restored, COUNT);
    }
}
