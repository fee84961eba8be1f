package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.Txid;
import io.litestream.replica.LiveState;
import io.litestream.replica.Replica;
import io.litestream.replica.ReplicaFile;
import io.litestream.replica.state.StateDirectory;
import io.litestream.time.Clock;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/// The replicator is another process, as it is for the command `verify`.
final class LiveReaderTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration IMPATIENCE = Duration.ofMillis(100);

    @TempDir Path directory;

    private EngineFixture fixture;

    @BeforeEach
    void makeDatabase() {
        fixture = new EngineFixture(directory);
    }

    @Test
    void agreesWithTheLineWhileAWriterNeverPauses() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Process replicator = null;
        try (Sqlite3 app = Sqlite3.start(fixture.database);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            app.ask("PRAGMA journal_mode=WAL", "PRAGMA busy_timeout=5000");
            app.tell("CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
            replicator = EngineProgram.start(fixture.database, directory.resolve("replica"));
            drain(replicator);
            awaitState();
            AtomicBoolean stop = new AtomicBoolean();
            Future<?> writing = threads.submit(() -> write(app, random, stop));
            int compared = 0;
            try {
                for (int i = 0; i < 12; i++) {
                    LiveState live = read(PATIENCE);

                    assertThat(live).as("seed %d", seed).isInstanceOf(LiveState.At.class);
                    LiveState.At at = (LiveState.At) live;
                    Optional<Checksum> tag = tag(at.txid());
                    if (tag.isPresent()) {
                        assertThat(at.checksum()).as("seed %d", seed).isEqualTo(tag.get());
                        compared++;
                    }
                }
                assertThat(compared).as("seed %d", seed).isPositive();
            } finally {
                stop.set(true);
            }
            writing.get();
        } finally {
            if (replicator != null) {
                replicator.destroyForcibly().waitFor();
            }
        }
    }

    @Test
    void findsAPageThatIsNotWhatWasCaptured() throws Exception {
        try (Sqlite3 app = Sqlite3.start(fixture.database)) {
            captureAndKill(app);
            LiveState before = read(IMPATIENCE);
            changeLastPageOfFile();

            LiveState after = read(IMPATIENCE);

            assertThat(before).isInstanceOf(LiveState.At.class);
            assertThat(after).isInstanceOf(LiveState.At.class);
            assertThat(((LiveState.At) after).txid()).isEqualTo(((LiveState.At) before).txid());
            assertThat(((LiveState.At) after).checksum())
                    .isNotEqualTo(((LiveState.At) before).checksum());
        }
    }

    @Test
    void cannotTellWhereADatabaseIsThatNobodyReplicates() throws Exception {
        try (Sqlite3 app = Sqlite3.start(fixture.database)) {
            captureAndKill(app);
            app.tell("INSERT INTO t(v) VALUES ('more')");

            assertThat(read(IMPATIENCE))
                    .isInstanceOf(LiveState.Unknown.class)
                    .asString()
                    .contains("is it being replicated?");
        }
    }

    @Test
    void leavesTheFilesAsTheyAre() throws Exception {
        try (Sqlite3 app = Sqlite3.start(fixture.database)) {
            captureAndKill(app);
            app.kill(); // nobody has it open, and the WAL is not folded
        }
        byte[] database = Files.readAllBytes(fixture.database);
        byte[] wal = Files.readAllBytes(fixture.wal());

        assertThat(read(IMPATIENCE)).isInstanceOf(LiveState.At.class);

        assertThat(fixture.wal()).hasBinaryContent(wal);
        assertThat(fixture.database).hasBinaryContent(database);
        Sqlite3.run(fixture.database, "PRAGMA wal_checkpoint(TRUNCATE)");
        assertThat(fixture.wal()).doesNotExist();
        read(IMPATIENCE);
        assertThat(fixture.wal()).doesNotExist();
        assertThat(fixture.shm()).doesNotExist();
    }

    @Test
    void knowsADatabaseAtRest() throws Exception {
        fixture.application("PRAGMA journal_mode=WAL", "CREATE TABLE t(v)");
        fixture.start();
        Txid head = fixture.sync();
        fixture.stop();

        LiveState live = read(IMPATIENCE);

        assertThat(live).isEqualTo(new LiveState.At(head, tag(head).orElseThrow()));
    }

    @Test
    void tellsWhatIsMissing() throws Exception {
        assertThat(read(IMPATIENCE)).isInstanceOf(LiveState.Absent.class);
        Sqlite3.run(fixture.database, "CREATE TABLE t(v)");
        assertThat(read(IMPATIENCE)).asString().contains("no local state");
        Files.createDirectories(fixture.stateDirectory());
        assertThat(read(IMPATIENCE)).asString().contains("does not come as far");
        Sqlite3.run(fixture.database, "PRAGMA journal_mode=WAL");
        assertThat(read(IMPATIENCE)).asString().contains("does not say how far");
        Files.writeString(fixture.database, "This is not a database, but it is long enough.");
        assertThat(read(IMPATIENCE)).isInstanceOf(LiveState.Unknown.class);
    }

    private LiveState read(Duration patience) {
        return new LiveReader(
                        fixture.database,
                        new StateDirectory(fixture.stateDirectory()),
                        Clock.system(),
                        patience)
                .read();
    }

    /// Lets a process capture everything, and kills it. The WAL holds frames that are not in the
    /// file.
    private void captureAndKill(Sqlite3 app) throws Exception {
        app.ask("PRAGMA journal_mode=WAL", "PRAGMA busy_timeout=5000");
        app.tell("CREATE TABLE t(id INTEGER PRIMARY KEY, v)", "CREATE TABLE u(v)");
        app.tell("INSERT INTO u SELECT randomblob(900) FROM generate_series(1, 90)");
        app.ask("PRAGMA wal_checkpoint(TRUNCATE)");
        Process replicator = EngineProgram.start(fixture.database, directory.resolve("replica"));
        try {
            drain(replicator);
            awaitState();
            app.tell("INSERT INTO t(v) VALUES ('some')");
            fixture.await("capture", () -> read(IMPATIENCE) instanceof LiveState.At);
        } finally {
            replicator.destroyForcibly().waitFor();
        }
        assertThat(fixture.validFrames()).isPositive();
    }

    private void awaitState() throws InterruptedException {
        fixture.await("the first capture", () -> read(IMPATIENCE) instanceof LiveState.At);
    }

    private static void drain(Process process) {
        Thread.ofVirtual().start(() -> process.inputReader().lines().count());
    }

    private static Void write(Sqlite3 app, Random random, AtomicBoolean stop) throws Exception {
        while (!stop.get()) {
            switch (random.nextInt(40)) {
                case 0 -> app.ask("PRAGMA wal_checkpoint(TRUNCATE)");
                case 1 -> app.ask("PRAGMA wal_checkpoint(RESTART)");
                case 2 -> app.ask("VACUUM");
                case 3, 4 -> app.tell("DELETE FROM t WHERE id < (SELECT max(id) FROM t) - 300");
                default ->
                        app.tell(
                                "INSERT INTO t(v) SELECT randomblob(%d) FROM generate_series(1, %d)"
                                        .formatted(random.nextInt(3000), 1 + random.nextInt(9)));
            }
        }
        return null;
    }

    /// Waits until the replica has a transaction, and returns what the file that ends with it says
    /// of the whole database; empty if it was merged with later ones on the way.
    private Optional<Checksum> tag(Txid txid) throws Exception {
        Replica replica = fixture.replica();
        fixture.await("txid " + txid, () -> head(replica) >= txid.value());
        Optional<ReplicaFile> file =
                replica.inventory().files().stream()
                        .filter(each -> each.range().last().equals(txid))
                        .findFirst();
        return file.isEmpty() ? Optional.empty() : replica.header(file.get()).tag().postApply();
    }

    private static long head(Replica replica) {
        try {
            return replica.inventory().head().map(Txid::value).orElse(0L);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void changeLastPageOfFile() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(fixture.database.toFile(), "rw")) {
            file.seek(file.length() - 1);
            int last = file.read();
            file.seek(file.length() - 1);
            file.write(last ^ 1);
        }
    }
}
