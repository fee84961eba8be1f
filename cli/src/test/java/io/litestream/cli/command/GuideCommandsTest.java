package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.servers.S3Server;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// The walks of Litestream's documentation, typed into a shell as they are printed there, with a
/// real S3 server on this machine.
class GuideCommandsTest {

    private static final String BUCKET = "mybkt";

    @TempDir private static Path serverDirectory;

    private static S3Server server;

    @TempDir private Path dir;

    @BeforeAll
    static void startServer() throws Exception {
        server = S3Server.start(serverDirectory);
        server.createBucket(BUCKET);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void takesTheFirstStepsOfTheGuide() throws Exception {
        run(
                "sqlite3 fruits.db \"CREATE TABLE fruits (name TEXT, color TEXT);"
                        + " INSERT INTO fruits (name, color) VALUES ('apple', 'red');"
                        + " INSERT INTO fruits (name, color) VALUES ('banana', 'yellow');\"");
        String url = bucket("fruits.db").substring("url: ".length());
        try (ChildLitestream replicating = start("litestream replicate fruits.db " + url)) {
            replicating.awaitOut("msg=\"initialized db\"");
            replicating.awaitOut("msg=\"replicating to\"");
            replicating.awaitOut("level=0 minTXID=0000000000000002");
            replicating.awaitOut("msg=\"snapshot complete\"");

            run("litestream restore -o fruits2.db " + url);
            assertThat(run("sqlite3 fruits2.db 'SELECT * FROM fruits'"))
                    .isEqualTo("apple|red\nbanana|yellow\n");

            run(
                    "sqlite3 fruits.db \"INSERT INTO fruits (name, color)"
                            + " VALUES ('grape', 'purple');\"");
            replicating.awaitOut("level=0 minTXID=0000000000000003");
            run("litestream restore -o fruits3.db " + url);
            assertThat(run("sqlite3 fruits3.db 'SELECT * FROM fruits'"))
                    .isEqualTo("apple|red\nbanana|yellow\ngrape|purple\n");

            replicating.signal("INT");
            assertThat(replicating.await()).as(replicating.out()).isZero();
        }
        assertThat(server.keys(BUCKET)).contains("fruits.db/0009/" + name(1) + ".ltx");
    }

    /// An init container that restores, a service, and a machine that is lost.
    @Test
    void startsAServiceThatSurvivesTheLossOfItsMachine() throws Exception {
        configure("friends.db", bucket("friends.db"), "");
        String init = "litestream restore -if-db-not-exists -if-replica-exists friends.db";

        assertThat(run(init)).contains("msg=\"no matching backups found\"");
        assertThat(dir.resolve("friends.db")).doesNotExist();
        try (ChildLitestream service = start("litestream replicate")) {
            service.awaitOut("msg=\"replicating to\"");
            run(
                    "sqlite3 friends.db \"CREATE TABLE friends (name TEXT);"
                            + " INSERT INTO friends (name) VALUES ('Cory');"
                            + " INSERT INTO friends (name) VALUES ('Kelly');\"");
            service.awaitOut("msg=\"snapshot complete\"");
            service.signal("TERM");
            assertThat(service.await()).as(service.out()).isZero();
        }

        run("rm -rf friends.db friends.db-shm friends.db-wal friends.db-litestream");
        run("litestream restore friends.db");
        assertThat(run("sqlite3 friends.db 'SELECT * FROM friends'")).isEqualTo("Cory\nKelly\n");
        assertThat(run(init)).contains("msg=\"database already exists, skipping\"");
    }

    /// One container: restored, replicated, and the application under supervision.
    @Test
    void supervisesAnApplicationAfterARestore() throws Exception {
        String command =
                "sqlite3 app.db 'CREATE TABLE IF NOT EXISTS t(x); INSERT INTO t VALUES(1)'";
        configure("app.db", "path: backup", "exec: \"" + command + "\"");
        String line = "litestream restore -if-replica-exists app.db && exec litestream replicate";

        assertThat(run(line)).contains("msg=\"subprocess exited, litestream shutting down\"");
        run("rm -rf app.db app.db-shm app.db-wal .app.db-litestream");
        run(line);
        assertThat(run("sqlite3 app.db 'SELECT count(*) FROM t'")).isEqualTo("2\n");
    }

    @Test
    void letsScriptsTellAMissingBackupFromAFailure() throws Exception {
        configure("app.db", "path: backup", "");
        String grep = "litestream restore app.db 2>&1 | grep -q 'no matching backup files'";
        String chosen =
                "if litestream restore -if-replica-exists -o app.db %s;"
                        + " then [ -f app.db ] || sqlite3 app.db 'CREATE TABLE t(x)';"
                        + " else exit 1; fi";

        run(grep);
        run(chosen.formatted("file://$PWD/none"));
        assertThat(run("sqlite3 app.db .schema")).isEqualTo("CREATE TABLE t(x);\n");
        try (ChildLitestream failed =
                start(chosen.formatted("gs://bucket/app").replace("app.db", "other.db"))) {
            assertThat(failed.await()).isEqualTo(1);
            assertThat(failed.err()).contains("gs storage is not part of this version yet");
        }
        assertThat(dir.resolve("other.db")).doesNotExist();
    }

    @Test
    void replicatesToADirectoryBelowTheWorkingDirectory() throws Exception {
        run("sqlite3 ./dev.db 'PRAGMA journal_mode=WAL; CREATE TABLE test(x);'");
        try (ChildLitestream replicating =
                start("litestream replicate ./dev.db file://$PWD/replica")) {
            replicating.awaitOut("msg=\"snapshot complete\"");
            run("litestream restore -o ./restored.db file://./replica");
        }
        assertThat(run("sqlite3 restored.db .schema")).isEqualTo("CREATE TABLE test(x);\n");
    }

    @Test
    void validatesTheReplicaThatAsksForIt() throws Exception {
        run("sqlite3 app.db 'PRAGMA journal_mode=WAL; CREATE TABLE t(x);'");
        Files.writeString(
                dir.resolve("litestream.yml"),
                """
                dbs:
                  - path: %s
                    replicas:
                      - {name: one, path: one}
                      - {name: two, path: two, validation-interval: 1s}
                """
                        .formatted(dir.resolve("app.db")));

        try (ChildLitestream replicating = start("litestream replicate")) {
            replicating.awaitOut("msg=\"replica verified\" db=app.db replica=two");
            assertThat(replicating.out())
                    .doesNotContain("\"replica verified\" db=app.db replica=one");
        }
    }

    /// Writes the configuration that is used without a flag.
    private void configure(String database, String place, String line) throws Exception {
        Files.writeString(
                dir.resolve("litestream.yml"),
                """
                %s
                dbs:
                  - path: %s
                    replica:
                      %s
                      sync-interval: 100ms
                """
                        .formatted(line, dir.resolve(database), place));
    }

    private static String bucket(String path) {
        return "url: s3://mybkt.localhost:%d/%s".formatted(server.endpoint().getPort(), path);
    }

    private String run(String line) throws Exception {
        try (ChildLitestream child = ChildLitestream.shell(dir, environment(), line)) {
            assertThat(child.await()).as("%s: %s%s", line, child.out(), child.err()).isZero();
            return child.out();
        }
    }

    /// Starts a command that takes the place of its shell, so that signals reach it.
    private ChildLitestream start(String line) throws Exception {
        String word = line.startsWith("litestream") ? "exec " : "";
        return ChildLitestream.shell(dir, environment(), word + line);
    }

    private Map<String, String> environment() {
        return Map.of(
                "LITESTREAM_ACCESS_KEY_ID",
                S3Server.ACCESS_KEY,
                "LITESTREAM_SECRET_ACCESS_KEY",
                S3Server.SECRET_KEY,
                "LITESTREAM_CONFIG",
                dir.resolve("litestream.yml").toString());
    }

    private static String name(long txid) {
        return "%016x-%016x".formatted(txid, txid);
    }
}
