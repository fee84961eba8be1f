package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;

/// Who keeps a WAL from ending.
final class HeldWalTest {

    @TempDir Path directory;

    @Test
    void isTheProcessThatReadsAnOldState() throws Exception {
        try (EngineFixture fixture = replicating();
                Connection app = fixture.connect();
                Sqlite3 reader = Sqlite3.start(fixture.database)) {
            reader.ask("BEGIN", "SELECT count(*) FROM t");
            while (fixture.event(EngineEvent.ReaderHoldsWal.class).isEmpty()) {
                EngineFixture.execute(app, "INSERT INTO t VALUES(randomblob(9000))");
                assertThat(fixture.all(EngineEvent.Checkpointed.class)).hasSizeLessThan(1000);
                Thread.sleep(20);
            }
            assertThat(fixture.event(EngineEvent.ReaderHoldsWal.class).orElseThrow().pid())
                    .isEqualTo(reader.pid());
        }
    }

    @Test
    void isNotAWriterThatMakesNoPause() throws Exception {
        try (EngineFixture fixture = replicating()) {
            Process writer = SealTest.writer(fixture.database);
            try {
                long end = System.nanoTime() + Duration.ofSeconds(6).toNanos();
                while (System.nanoTime() < end) {
                    assertThat(fixture.all(EngineEvent.ReaderHoldsWal.class)).isEmpty();
                    Thread.sleep(20);
                }
                assertThat(fixture.all(EngineEvent.Checkpointed.class)).isNotEmpty();
            } finally {
                writer.descendants().forEach(ProcessHandle::destroyForcibly);
                writer.destroyForcibly().waitFor();
            }
        }
    }

    private EngineFixture replicating() throws Exception {
        EngineFixture fixture = new EngineFixture(directory);
        Sqlite3.run(fixture.database, "PRAGMA journal_mode=WAL", "CREATE TABLE t(v)");
        fixture.start(EngineFixture.with(fixture.defaults(), 50, Long.MAX_VALUE));
        fixture.sync();
        return fixture;
    }
}
