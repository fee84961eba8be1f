package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.cli.config.Configuration;
import io.litestream.cli.config.ConfigurationFile;
import io.litestream.cli.config.LoggingConfiguration;
import io.litestream.cli.config.UserPaths;
import io.litestream.cli.logging.LogOutput;
import io.litestream.time.Clock;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

class LastSyncTest {

    @TempDir Path dir;

    @AfterEach
    void restoreTheStandardLog() {
        LogOutput.use(new LogOutput(LoggingConfiguration.STANDARD, System.out, Clock.system()));
    }

    @Test
    void doesNotTryAgainWhereSomebodyElseReplicates() throws Exception {
        Path database = ReplicaFixture.database(dir.resolve("a.db"), 1);
        TestShell shell = new TestShell(dir);
        Logging.of(shell.shell()).use(LoggingConfiguration.STANDARD);
        try (Replication replication = Replication.start(configuration(), shell.shell())) {
            assertThat(Replication.isComplete(replication.sync(Duration.ofSeconds(60)))).isTrue();
            Files.writeString(
                    dir.resolve("r/ltx/0/0000000000000003-0000000000000003.ltx"), "not ours");
            ReplicaFixture.sql(database, "insert into t values (2)");

            assertThat(replication.stop(new StopRequests(Clock.system())))
                    .isEqualTo(ExitCode.FAILURE);
        }
        assertThat(shell.out())
                .contains("replica stopped, a person must act")
                .contains("level=ERROR msg=\"durable through 0000000000000002; 1 transactions not")
                .doesNotContain("retrying");
    }

    @Test
    void saysThatNothingCanBeRestoredWithoutABase() throws Exception {
        ReplicaFixture.database(dir.resolve("a.db"), 1);
        Files.createDirectories(
                dir.resolve("r/ltx/9/0000000000000001-0000000000000001.ltx/in the way"));
        TestShell shell = new TestShell(dir);
        Logging.of(shell.shell()).use(LoggingConfiguration.STANDARD);
        try (Replication replication = Replication.start(configuration(), shell.shell())) {
            assertThat(replication.stop(new StopRequests(Clock.system())))
                    .isEqualTo(ExitCode.FAILURE);
        }
        assertThat(shell.out())
                .contains(
                        "level=ERROR msg=\"durable through 0000000000000002; 0 transactions not"
                                + " uploaded, but it cannot be restored: the whole database is not"
                                + " there\" db=a.db replica=file error=\"cannot create");
    }

    private Configuration configuration() throws Exception {
        Files.writeString(
                dir.resolve("x.yml"),
                """
                shutdown-sync-timeout: 3s
                shutdown-sync-interval: 2s
                dbs: [{path: a.db, replica: {path: r}}]
                """);
        return new ConfigurationFile(Map.of(), new UserPaths(dir, dir))
                .load(Optional.of("x.yml"), ConfigurationFile.Expansion.ON);
    }
}
