package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.replica.KeyLayout;
import io.litestream.replica.Replica;
import io.litestream.replica.state.StateDirectory;
import io.litestream.storage.testkit.MemoryObjectStore;
import io.litestream.time.Clock;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// What an opening leaves behind that fails in a way that nobody has thought of.
final class OpeningTest {

    @TempDir Path directory;

    private final Scheduler scheduler = new Scheduler(1);
    private final AtomicBoolean broken = new AtomicBoolean(true);

    @AfterEach
    void close() {
        scheduler.close();
    }

    @Test
    void canBeTriedAgainWhateverTheFailure() throws Exception {
        Path database = directory.resolve("app.db");
        Sqlite3.run(database, "PRAGMA journal_mode=WAL", "CREATE TABLE t(v)");
        Context context = Contexts.of(scheduler, Clock.system(), this::fail);
        Replica replica = new Replica("memory", new MemoryObjectStore(), KeyLayout.PLAIN);
        DestinationSettings settings = new DestinationSettings("memory", replica, Duration.ZERO);
        Destination destination = new Destination(settings, database, context, () -> {});
        Opening opening =
                new Opening(
                        DatabaseSettings.of(
                                database, StateDirectory.defaultPath(database), List.of(settings)),
                        context,
                        List.of(destination),
                        new LiveReadings(context.clock()));
        opening.prepare();
        destination.awaitIdle(Long.MAX_VALUE);

        assertThatThrownBy(opening::open).hasMessage("nobody has thought of this");
        broken.set(false);
        Optional<Replication> opened = opening.open();

        assertThat(opened).isPresent();
        opened.get().close(OpenDatabase.Ending.FOLD_WAL);
        opening.close();
    }

    private void fail(EngineEvent event) {
        if (event instanceof EngineEvent.Opened && broken.get()) {
            throw new IllegalStateException("nobody has thought of this");
        }
    }
}
