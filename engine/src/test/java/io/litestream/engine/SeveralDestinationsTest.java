package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.replica.Inventory;
import io.litestream.replica.Level;
import io.litestream.replica.Replica;
import io.litestream.replica.RestoreTarget;
import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.FaultyObjectStore;
import io.litestream.storage.testkit.MemoryObjectStore;
import io.litestream.storage.testkit.Operation;
import io.litestream.time.Clock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/// Destinations that come late, fall behind, come back with more than the line has, or have a
/// second writer.
final class SeveralDestinationsTest {

    private static final Level MERGED = new Level(1);

    @TempDir Path directory;

    @Test
    void boundsTheSpoolAndFillsTheHoleWithEveryPage() throws Exception {
        EngineSettings settings = EngineSettings.DEFAULT.withSpoolBytes(1 << 20);
        FaultyObjectStore dead = new FaultyObjectStore(new MemoryObjectStore());
        try (EngineFixture fixture = new EngineFixture(directory, settings).destination(dead)) {
            start(fixture);
            fixture.application("INSERT INTO t(id, v) VALUES(1, randomblob(150000))");
            fixture.sync();
            failAll(dead);
            for (int i = 0; i < 20; i++) {
                commit(fixture, 0, "UPDATE t SET v=randomblob(150000) WHERE id=1");
            }
            fixture.await(
                    "the loss of the claim",
                    () -> fixture.event(EngineEvent.ClaimLost.class).isPresent());
            assertThat(fixture.all(EngineEvent.ClaimLost.class))
                    .singleElement()
                    .satisfies(e -> assertThat(e.destination()).isEqualTo("replica1"));
            assertThat(bytesIn(fixture.stateDirectory().resolve("ltx/0"))).isLessThan(3 << 20);

            dead.heal();
            awaitSlots(fixture, 1);
            fixture.sync();

            Inventory second = inventory(fixture, 1);
            assertThat(second.files(MERGED)).isNotEmpty();
            assertThat(second.head(Level.CAPTURED)).isEqualTo(second.head());
            fixture.assertRestorable();
        }
    }

    /// One is always behind the other then, and behind the line.
    @Test
    void endsASyncThoughCommitsGoOn() throws Exception {
        FaultyObjectStore slow = new FaultyObjectStore(new MemoryObjectStore());
        try (EngineFixture fixture = new EngineFixture(directory).destination(slow)) {
            start(fixture);
            fixture.sync();
            slow.injectEverywhere(Fault.slow(Duration.ofMillis(400), Clock.system()));
            AtomicBoolean ending = new AtomicBoolean();
            Thread application = Thread.ofPlatform().start(() -> commitUntil(ending, fixture));
            fixture.application("INSERT INTO t(v) VALUES('before the sync')");

            fixture.sync();

            Path restored = directory.resolve("behind.db");
            fixture.restore(fixture.replicas().get(1), new RestoreTarget.Latest(), restored);
            assertThat(EngineFixture.content(restored))
                    .anyMatch(row -> row.endsWith("before the sync"));
            ending.set(true);
            application.join();
            slow.heal();
            fixture.sync();
            fixture.assertRestorable();
        }
    }

    private static void commitUntil(AtomicBoolean ending, EngineFixture fixture) {
        try (Connection connection = fixture.connect()) {
            while (!ending.get()) {
                EngineFixture.execute(connection, "INSERT INTO t(v) VALUES('and on')");
                Thread.sleep(5);
            }
        } catch (SQLException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void givesADestinationThatIsAddedLaterItsOwnBase() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            start(fixture);
            for (int i = 0; i < 5; i++) {
                fixture.application("INSERT INTO t(v) VALUES(randomblob(5000))");
                fixture.sync();
            }
            fixture.stop();

            fixture.destination(new MemoryObjectStore());
            fixture.start();
            fixture.sync();
            awaitSlots(fixture, 1);
            fixture.sync();

            Inventory first = inventory(fixture, 0);
            Inventory second = inventory(fixture, 1);
            assertThat(first.files(Level.SNAPSHOT)).hasSize(1);
            assertThat(second.files(Level.SNAPSHOT)).hasSize(1);
            assertThat(second.head(Level.CAPTURED))
                    .as("a program that takes over looks for the newest transaction at level 0")
                    .isEqualTo(second.head());
            fixture.assertRestorable();
        }
    }

    @Test
    void jumpsPastADestinationThatComesBackWithMoreThanTheLine() throws Exception {
        FaultyObjectStore other = new FaultyObjectStore(new MemoryObjectStore());
        try (EngineFixture fixture = new EngineFixture(directory).destination(other)) {
            start(fixture);
            fixture.application("INSERT INTO t(v) VALUES('both have it')");
            fixture.sync();
            fixture.stop();
            Path saved = directory.resolve("saved");
            copyTree(fixture.stateDirectory(), saved);

            failAll(other);
            fixture.start();
            for (int i = 0; i < 5; i++) {
                commit(fixture, 0, "INSERT INTO t(v) VALUES('one has it')");
            }
            Txid ahead = report(fixture, 0).durable().orElseThrow();
            fixture.stopAbruptly();

            deleteTree(fixture.stateDirectory());
            copyTree(saved, fixture.stateDirectory());
            other.heal();
            failAll(fixture.store);
            fixture.start();
            awaitDurable(fixture, 1);
            commit(fixture, 1, "INSERT INTO t(v) VALUES('the other has it')");
            fixture.store.heal();
            fixture.await("the jump", () -> report(fixture, 0).head().orElseThrow().isAfter(ahead));
            awaitSlots(fixture, 0);
            awaitSlots(fixture, 1);

            assertThat(report(fixture, 0).head().orElseThrow().isAfter(ahead)).isTrue();
            assertThat(inventory(fixture, 1).files(MERGED)).isNotEmpty();
            fixture.stop();
            assertThat(fixture.all(EngineEvent.HistoryAdopted.class)).isNotEmpty();
            assertThat(fixture.all(EngineEvent.DestinationStopped.class)).isEmpty();
            fixture.assertRestorable();
        }
    }

    @Test
    void stopsWhereSomebodyElseWritesAndGoesOnElsewhere() throws Exception {
        MemoryObjectStore shared = new MemoryObjectStore();
        Path one = Files.createDirectory(directory.resolve("one"));
        Path two = Files.createDirectory(directory.resolve("two"));
        try (EngineFixture first = new EngineFixture(one).destination(shared);
                EngineFixture second = new EngineFixture(two).destination(shared)) {
            start(first);
            start(second);
            first.application("INSERT INTO t(v) VALUES('first')");
            first.await(
                    "the conflict",
                    () -> first.event(EngineEvent.DestinationStopped.class).isPresent());

            assertThat(first.event(EngineEvent.DestinationStopped.class).orElseThrow().reason())
                    .contains("somebody else replicates to replica1");
            assertThat(report(first, 1).state()).isEqualTo(DestinationState.STOPPED);
            commit(first, 0, "INSERT INTO t(v) VALUES('first again')");
            second.application("INSERT INTO t(v) VALUES('second')");
            second.sync();
            second.assertRestorable();
        }
    }

    @Test
    void storesTheBaseWhenTheStoreAnswersAgain() throws Exception {
        try (EngineFixture fixture = new EngineFixture(directory)) {
            fixture.store.inject(
                    Operation.CREATE,
                    key -> key.value().startsWith("ltx/9"),
                    Fault.failBefore(),
                    2);
            start(fixture);

            fixture.await(
                    "the failure",
                    () -> fixture.event(EngineEvent.DestinationFailed.class).isPresent());
            fixture.assertRestorable();
        }
    }

    private static void start(EngineFixture fixture) throws Exception {
        fixture.application("PRAGMA journal_mode=WAL", "CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
        fixture.start();
        fixture.sync();
    }

    private static void failAll(FaultyObjectStore store) {
        for (Operation operation : Operation.values()) {
            store.inject(operation, _ -> true, Fault.failBefore());
        }
    }

    /// Commits, and waits until that is captured, and at the destination.
    private static void commit(EngineFixture fixture, int destination, String sql)
            throws Exception {
        awaitDurable(fixture, destination);
        Txid before = report(fixture, destination).head().orElseThrow();
        fixture.application(sql);
        fixture.await(
                "a capture",
                () -> report(fixture, destination).head().orElseThrow().isAfter(before));
        awaitDurable(fixture, destination);
    }

    /// Waits until the newest file of a destination is a slot, and the line ends with it.
    private static void awaitSlots(EngineFixture fixture, int destination) throws Exception {
        fixture.await(
                "a slot",
                () -> {
                    try {
                        Inventory found = inventory(fixture, destination);
                        Optional<Txid> head = found.head();
                        return head.isPresent()
                                && head.equals(report(fixture, destination).head())
                                && head.equals(found.head(Level.CAPTURED));
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                });
    }

    private static void awaitDurable(EngineFixture fixture, int destination) throws Exception {
        fixture.await(
                "a destination",
                () -> {
                    DestinationReport report = report(fixture, destination);
                    return report.head().isPresent()
                            && report.notUploaded() == 0
                            && report.oldestWaiting().isEmpty();
                });
    }

    private static DestinationReport report(EngineFixture fixture, int destination) {
        return fixture.engine().destinations().get(destination);
    }

    private static Inventory inventory(EngineFixture fixture, int destination) throws Exception {
        Replica replica = fixture.replicas().get(destination);
        return replica.inventory();
    }

    private static long bytesIn(Path root) throws Exception {
        try (Stream<Path> paths = Files.list(root)) {
            return paths.mapToLong(path -> path.toFile().length()).sum();
        }
    }

    private static void copyTree(Path from, Path to) throws Exception {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Files.copy(path, to.resolve(from.relativize(path).toString()));
            }
        }
    }

    private static void deleteTree(Path root) throws Exception {
        try (Stream<Path> paths = Files.walk(root)) {
            List<Path> all = paths.sorted(Comparator.reverseOrder()).toList();
            for (Path path : all) {
                Files.delete(path);
            }
        }
    }
}
