package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.replica.state.StateDirectory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;

/// The local state cannot be written for a while, as on a disk that is full.
final class LocalFilesFailTest {

    @TempDir Path directory;

    @Test
    void saysSoAndGoesOnByItself() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            fixture.application("PRAGMA journal_mode=WAL", "CREATE TABLE t(v)");
            fixture.start();
            fixture.sync();
            Path files = new StateDirectory(StateDirectory.defaultPath(fixture.database)).ltx0();
            Path aside = Files.move(files, directory.resolve("aside"));
            Files.writeString(files, "in the way");

            fixture.application("INSERT INTO t VALUES(1)");

            fixture.await("degraded", () -> !fixture.all(EngineEvent.Degraded.class).isEmpty());
            assertThat(fixture.event(EngineEvent.Degraded.class).orElseThrow().reason())
                    .contains(files.toString());
            Files.delete(files);
            Files.move(aside, files);
            fixture.await("recovered", () -> !fixture.all(EngineEvent.Recovered.class).isEmpty());
            fixture.sync();
            fixture.assertRestorable();
        }
    }
}
