package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// The command `replicate` in a process of its own, from start to end.
class ReplicateProcessTest {

    private static final int HANGUP = 1; // signal(7)
    private static final int TERMINATION = 15;
    private static final int SIGNALLED = 128; // what is added to the number in an exit code

    @TempDir Path dir;

    private Path database;

    @BeforeEach
    void makeDatabase() throws Exception {
        database = ReplicaFixture.database(dir.resolve("a.db"), 1);
        ReplicaFixture.sql(database, "pragma journal_mode=wal");
    }

    @ParameterizedTest
    @CsvSource({"TERM,terminated", "INT,interrupt", "HUP,hangup"})
    void syncsToTheEndWhenASignalComes(String signal, String word) throws Exception {
        assumeHeeded(signal);
        try (ChildLitestream child =
                ChildLitestream.start(dir, "replicate", "a.db", "file://" + dir + "/r1", "r2")) {
            child.awaitOut("ltx file uploaded");
            ReplicaFixture.sql(database, "insert into t values (2)");
            child.signal(signal);

            assertThat(child.await()).as(child.out()).isZero();
            assertThat(child.out())
                    .contains(
                            "level=INFO msg=\"signal received, litestream shutting down\" signal="
                                    + word)
                    .containsPattern(
                            "msg=\"durable through [0-9a-f]{16}; 0 transactions not uploaded\""
                                    + " db=a.db replica=file\n")
                    .containsPattern("0 transactions not uploaded\" db=a.db replica=file-2\n")
                    .endsWith("level=INFO msg=\"litestream shut down\"\n");
            assertThat(child.err()).isEmpty();
        }
        assertThat(rowsIn("r1")).isEqualTo("2");
        assertThat(rowsIn("r2")).isEqualTo("2");
    }

    /// What `nohup` runs, a test run too, is sent no hangup; nor are its children.
    private static void assumeHeeded(String signal) {
        assumeFalse(
                signal.equals("HUP") && IgnoredSignals.isIgnored(HANGUP),
                "the tests were started with SIGHUP ignored");
    }

    /// A shell without job control has what it puts into the background ignore SIGINT.
    @Test
    void heedsTheInterruptThatAShellHasItIgnore() throws Exception {
        try (ChildLitestream child =
                ChildLitestream.shell(
                        dir, Map.of(), "trap '' INT; exec litestream replicate a.db r1")) {
            child.awaitOut("ltx file uploaded");
            child.signal("INT");

            assertThat(child.await()).as(child.out()).isZero();
            assertThat(child.out()).endsWith("msg=\"litestream shut down\"\n");
            assertThat(child.err()).isEmpty();
        }
    }

    @Test
    void goesOnAfterTheHangupThatNohupHasItIgnore() throws Exception {
        try (ChildLitestream child =
                ChildLitestream.shell(
                        dir, Map.of(), "trap '' HUP; exec litestream replicate a.db r1")) {
            child.awaitOut("ltx file uploaded");
            child.signal("HUP");
            ReplicaFixture.sql(database, "insert into t values (2)");
            child.awaitOut("maxTXID=0000000000000003");
            child.signal("TERM");

            assertThat(child.await()).as(child.out()).isZero();
            assertThat(child.out()).doesNotContain("signal=hangup");
        }
    }

    @Test
    void doesNotStartWhileAnotherReplicatesTheDatabaseAndDoesOnceThatIsKilled() throws Exception {
        try (ChildLitestream first = ChildLitestream.start(dir, "replicate", "a.db", "r1")) {
            first.awaitOut("ltx file uploaded");
            try (ChildLitestream second = ChildLitestream.start(dir, "replicate", "a.db", "r2")) {
                assertThat(second.await()).as(second.out()).isEqualTo(1);
                assertThat(second.err())
                        .startsWith("Error: another process (")
                        .contains("a.db already");
            }
            assertThat(dir.resolve("r2")).doesNotExist();
            first.signal("KILL");
            assertThat(first.await()).isNotZero();
        }
        try (ChildLitestream third = ChildLitestream.start(dir, "replicate", "a.db", "r2")) {
            third.awaitOut("ltx file uploaded");
        }
    }

    @Test
    void tellsHowMuchIsMissingWhenADestinationFailsAndStopsAtASecondSignal() throws Exception {
        Files.writeString(dir.resolve("file"), "in the way");
        try (ChildLitestream child =
                ChildLitestream.start(dir, "replicate", "a.db", "r1", "file/r2")) {
            child.awaitOut("level=ERROR msg=\"monitor error\" db=a.db replica=file-2");
            child.awaitOut("ltx file uploaded");
            child.signal("TERM");
            child.awaitOut("shutdown sync failed, retrying (press Ctrl+C again to skip)");
            child.signal("TERM");

            assertThat(child.await()).as(child.out()).isEqualTo(1);
            assertThat(child.out())
                    .contains("level=WARN msg=\"shutdown sync skipped by user interrupt\"")
                    .containsPattern(
                            "level=INFO msg=\"durable through \\S+; 0 transactions not uploaded\""
                                    + " db=a.db replica=file\n")
                    .containsPattern(
                            "level=ERROR msg=\"nothing durable; [1-9]\\d* transactions not"
                                    + " uploaded\" db=a.db replica=file-2 error=");
        }
    }

    @Test
    void givesUpTheLastSyncAfterTheShutdownSyncTimeout() throws Exception {
        Files.writeString(dir.resolve("file"), "in the way");
        Files.writeString(
                dir.resolve("x.yml"),
                """
                shutdown-sync-timeout: 100ms
                shutdown-sync-interval: 50ms
                dbs: [{path: a.db, replica: {path: file/r}}]
                """);
        try (ChildLitestream child = ChildLitestream.start(dir, "replicate", "-config", "x.yml")) {
            child.awaitOut("level=ERROR msg=\"monitor error\"");
            child.signal("TERM");

            assertThat(child.await()).as(child.out()).isEqualTo(1);
            assertThat(child.out())
                    .contains(
                            "level=ERROR msg=\"shutdown sync failed after timeout\" timeout=100ms");
        }
    }

    @Test
    void endsWithItsChildAndSyncsWhatThatWrote() throws Exception {
        String script = "sqlite3 a.db \"insert into t values (2)\"; echo done $SET; exit 3";
        try (ChildLitestream child =
                ChildLitestream.start(
                        dir,
                        java.util.Map.of("SET", "here"),
                        "replicate",
                        "-exec",
                        "sh -c '" + script + "'",
                        "a.db",
                        "r1")) {
            assertThat(child.await()).isEqualTo(1);
            assertThat(child.err()).isEqualTo("Error: exit status 3\n");
            assertThat(child.out())
                    .contains("\ndone here\n")
                    .contains("msg=\"subprocess exited, litestream shutting down\"");
        }
        assertThat(rowsIn("r1")).isEqualTo("2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT", "HUP"})
    void sendsASignalOnToItsChild(String signal) throws Exception {
        assumeHeeded(signal);
        String script =
                "trap \"echo got it; exit 0\" "
                        + signal
                        + "; echo ready; while :; do sleep 0.1; done";
        try (ChildLitestream child =
                ChildLitestream.start(
                        dir, "replicate", "-exec", "sh -c '" + script + "'", "a.db", "r1")) {
            child.awaitOut("ready");
            child.signal(signal);

            assertThat(child.await()).as(child.err()).isZero();
            assertThat(child.out())
                    .contains("msg=\"sending signal to exec process\"")
                    .contains("got it\n")
                    .endsWith("msg=\"litestream shut down\"\n");
        }
    }

    @Test
    void failsIfItsChildCannotBeStarted() throws Exception {
        try (ChildLitestream child =
                ChildLitestream.start(dir, "replicate", "-exec", "no-such-program", "a.db", "r1")) {
            assertThat(child.await()).isEqualTo(1);
            assertThat(child.err()).startsWith("Error: cannot start exec process: ");
        }
    }

    @Test
    void replicatesOnceWithASnapshotWhenAsked() throws Exception {
        try (ChildLitestream child =
                ChildLitestream.start(dir, "replicate", "-once", "-force-snapshot", "a.db", "r1")) {
            assertThat(child.await()).as(child.err()).isZero();
            assertThat(child.out())
                    .contains("msg=\"syncing database\"")
                    .contains("msg=\"taking snapshot\"")
                    .contains("msg=\"one-shot replication complete\"");
        }
        assertThat(rowsIn("r1")).isEqualTo("1");
        try (var files = Files.list(dir.resolve("r1/ltx/9"))) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void failsOnceIfTheDatabaseIsMissing() throws Exception {
        try (ChildLitestream child =
                ChildLitestream.start(dir, "replicate", "-once", "none.db", "r1")) {
            assertThat(child.await()).isEqualTo(1);
            assertThat(child.err())
                    .isEqualTo(
                            "Error: sync replica for %s/none.db: no position, waiting for data\n"
                                    .formatted(dir));
        }
    }

    @Test
    void restoresAMissingDatabaseFirst() throws Exception {
        ReplicaFixture.replica(dir.resolve("r1"), database);
        try (ChildLitestream child =
                ChildLitestream.start(
                        dir, "replicate", "-once", "-restore-if-db-not-exists", "new.db", "r1")) {
            assertThat(child.await()).as(child.err()).isZero();
            assertThat(child.out())
                    .contains("msg=\"attempting restore before replication\"")
                    .containsPattern("msg=\"restore completed\" .* txid=[0-9a-f]{16}\\n");
        }
        assertThat(ReplicaFixture.sql(dir.resolve("new.db"), "select count(*) from t"))
                .isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {".new.db-litestream", "state/new"})
    void goesOnFromARestoreWithoutAnUploadOfEveryPage(String state) throws Exception {
        Path replica = dir.resolve("r1");
        ReplicaFixture.replica(replica, database, database);
        Files.writeString(
                dir.resolve("c.yml"),
                """
                dbs:
                  - path: new.db
                    meta-path: %s
                    restore-if-db-not-exists: true
                    replica: {path: r1}
                """
                        .formatted(state));
        for (int start = 0; start < 2; start++) {
            try (ChildLitestream child =
                    ChildLitestream.start(dir, "replicate", "-once", "-config", "c.yml")) {
                assertThat(child.await()).as(child.out() + child.err()).isZero();
                assertThat(child.out()).doesNotContain("every page is published");
            }
        }
        assertThat(dir.resolve(state).resolve("table")).exists();
        assertThat(dir.resolve(".new.db-litestream").toFile().exists())
                .isEqualTo(state.startsWith("."));
        assertThat(rowsIn("r1")).isEqualTo("1");
    }

    @Test
    void endsAtASignalWhileADatabaseIsRestoredFirst() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Files.writeString(
                    dir.resolve("silent.yml"),
                    """
                    access-key-id: id
                    secret-access-key: secret
                    dbs:
                      - path: new.db
                        restore-if-db-not-exists: true
                        replica: {url: "s3://bucket/new?endpoint=http://127.0.0.1:%d"}
                    """
                            .formatted(silent.getLocalPort()));
            try (ChildLitestream child =
                    ChildLitestream.start(dir, "replicate", "-config", "silent.yml")) {
                child.awaitOut("msg=\"attempting restore before replication\"");
                child.signal("TERM");

                assertThat(child.await()).as(child.out()).isEqualTo(SIGNALLED + TERMINATION);
            }
        }
        assertThat(dir.resolve("new.db")).doesNotExist();
    }

    private String rowsIn(String replica) throws Exception {
        TestShell shell = new TestShell(dir);
        Path out = dir.resolve(replica + ".restored");
        assertThat(shell.run("restore", "-o", out.toString(), "file://" + dir.resolve(replica)))
                .as(shell.err())
                .isEqualTo(ExitCode.SUCCESS);
        return ReplicaFixture.sql(out, "select count(*) from t");
    }
}
