package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.replica.LiveState;
import io.litestream.replica.VerificationRecord;
import io.litestream.replica.VerifiedPoint;
import io.litestream.replica.state.StateDirectory;
import io.litestream.time.Clock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;

/// A database that stays in a rollback journal mode is compared with what is at its destinations.
final class KeptVerificationTest {

    private static final String FILL =
            "INSERT INTO t(v) SELECT randomblob(1500) FROM generate_series(1, 200)";

    @TempDir Path directory;

    @Test
    void comparesADestinationWithTheLiveDatabase() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory, verifying())) {
            run(fixture.database, "CREATE TABLE t(id INTEGER PRIMARY KEY, v)", FILL);
            fixture.start(fixture.defaults().withJournalMode(JournalMode.KEEP));
            for (int i = 1; i <= 2; i++) {
                int times = i;
                run(fixture.database, FILL);
                fixture.await(
                        "verification " + i,
                        () -> fixture.all(EngineEvent.VerificationPassed.class).size() >= times);
            }

            VerificationRecord record = VerificationRecord.read(fixture.replica()).orElseThrow();
            assertThat(record.live()).isEqualTo(VerifiedPoint.Comparison.EQUAL);
            assertThat(fixture.all(EngineEvent.VerificationFailed.class)).isEmpty();
            assertThat(fixture.all(EngineEvent.VerificationInconclusive.class)).isEmpty();
        }
    }

    @Test
    void tellsAnotherProcessWhereTheDatabaseIs() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            run(fixture.database, "CREATE TABLE t(id INTEGER PRIMARY KEY, v)", FILL);
            fixture.start(fixture.defaults().withJournalMode(JournalMode.KEEP));
            Txid head = fixture.sync();
            fixture.stop();

            assertThat(read(fixture))
                    .isInstanceOfSatisfying(
                            LiveState.At.class, at -> assertThat(at.txid()).isEqualTo(head));

            run(fixture.database, FILL);
            assertThat(read(fixture)).isInstanceOf(LiveState.Unknown.class);
        }
    }

    private static LiveState read(EngineFixture fixture) {
        StateDirectory state = new StateDirectory(fixture.stateDirectory());
        return new LiveReader(fixture.database, state, Clock.system(), Duration.ofMillis(100))
                .read();
    }

    private static EngineSettings verifying() {
        EngineSettings defaults = EngineSettings.DEFAULT;
        return new EngineSettings(
                defaults.shutdownSyncTimeout(),
                defaults.finishAfter(),
                defaults.truncateAfter(),
                defaults.restAfter(),
                defaults.restBytes(),
                defaults.spoolBytes(),
                defaults.workers(),
                defaults.uploads(),
                Duration.ofSeconds(1));
    }

    /// Runs SQL as an application that waits for readers, as it must.
    private static String run(Path database, String... sql) throws Exception {
        return Sqlite3.run(
                "sqlite3",
                "-bail",
                "-cmd",
                ".timeout 5000",
                database.toString(),
                String.join("; ", sql));
    }
}
