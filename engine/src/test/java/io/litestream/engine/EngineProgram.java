package io.litestream.engine;

import io.litestream.replica.KeyLayout;
import io.litestream.replica.Replica;
import io.litestream.replica.state.StateDirectory;
import io.litestream.storage.file.FileObjectStore;
import io.litestream.time.Clock;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/// Replicates a database to a directory until it is killed. Prints `event` and its kind for each.
final class EngineProgram {

    private EngineProgram() {}

    public static void main(String[] arguments) throws Exception {
        Path database = Path.of(arguments[0]);
        Replica replica =
                new Replica(
                        "replica0", new FileObjectStore(Path.of(arguments[1])), KeyLayout.PLAIN);
        DatabaseSettings settings =
                DatabaseSettings.of(
                        database,
                        StateDirectory.defaultPath(database),
                        List.of(
                                new DestinationSettings(
                                        replica.name(), replica, Duration.ofMillis(20))));
        Engine engine =
                new Engine(
                        EngineSettings.DEFAULT,
                        Clock.system(),
                        RandomGenerator.getDefault(),
                        event -> System.out.println("event " + event.getClass().getSimpleName()));
        JournalMode mode = JournalMode.valueOf(arguments[2]);
        engine.start(
                List.of(EngineFixture.with(settings, 50, 50_000).withJournalMode(mode)),
                Duration.ofMillis(5));
        Thread.sleep(Duration.ofMinutes(5)); // whoever started it kills it
    }

    /// Starts it in a process of its own.
    static Process start(Path database, Path replica) throws Exception {
        return start(database, replica, JournalMode.WAL);
    }

    /// Starts it in a process of its own.
    static Process start(Path database, Path replica, JournalMode mode) throws Exception {
        return JavaProgram.start(
                EngineProgram.class, database.toString(), replica.toString(), mode.name());
    }
}
