package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;

/// Somebody reads a database whose journal mode is to be switched.
final class BusyTimeoutTest {

    @TempDir Path directory;

    @Test
    void waitsForAReaderBeforeTheSwitchToWriteAheadLogging() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory);
                Connection app = fixture.connect()) {
            EngineFixture.execute(app, "CREATE TABLE t(v)", "BEGIN", "SELECT * FROM t");
            fixture.start(EngineFixture.withBusyTimeout(fixture.defaults(), EngineFixture.LIMIT));
            fixture.await(
                    "the state directory",
                    () -> fixture.engine().state(fixture.database).isPresent());

            EngineFixture.execute(app, "COMMIT");
            fixture.sync();

            assertThat(fixture.all(EngineEvent.Degraded.class)).isEmpty();
            assertThat(fixture.all(EngineEvent.WalSwitchedOn.class)).hasSize(1);
        }
    }

    @Test
    void saysThatTheSwitchWasRefusedWhenTheTimeIsOver() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory);
                Connection app = fixture.connect()) {
            EngineFixture.execute(app, "CREATE TABLE t(v)", "BEGIN", "SELECT * FROM t");

            fixture.start(EngineFixture.withBusyTimeout(fixture.defaults(), Duration.ZERO));

            fixture.await(
                    "the refusal", () -> fixture.event(EngineEvent.Degraded.class).isPresent());
            EngineFixture.execute(app, "COMMIT");
            fixture.sync();
        }
    }
}
