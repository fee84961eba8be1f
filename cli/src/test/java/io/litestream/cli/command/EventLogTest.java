package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.cli.config.LoggingConfiguration;
import io.litestream.cli.logging.LogOutput;
import io.litestream.engine.EngineEvent;
import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.replica.Level;
import io.litestream.replica.ReplicaFile;
import io.litestream.sqlite.CheckpointMode;
import io.litestream.time.Clock;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

class EventLogTest {

    private static final Path DATABASE = Path.of("/data/a.db");
    private static final Txid TXID = new Txid(10);

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final StandingClock clock = new StandingClock();
    private final EventLog log = new EventLog(clock);

    @BeforeEach
    void logHere() {
        LogOutput.use(
                new LogOutput(
                        LoggingConfiguration.STANDARD.with(System.Logger.Level.DEBUG),
                        new PrintStream(bytes, true, StandardCharsets.UTF_8),
                        clock));
    }

    @AfterEach
    void restoreTheStandard() {
        LogOutput.use(new LogOutput(LoggingConfiguration.STANDARD, System.out, Clock.system()));
    }

    @Test
    void tellsOfAnUploadInTheOriginalsWords() {
        ReplicaFile file = new ReplicaFile(Level.CAPTURED, TxidRange.of(TXID), 4321, Instant.EPOCH);

        log.accept(new EngineEvent.Durable(DATABASE, "s3", TXID, file, Duration.ofMillis(5)));

        assertThat(lines())
                .containsExactly(
                        "level=INFO msg=\"ltx file uploaded\" db=a.db replica=s3 level=0"
                                + " minTXID=000000000000000a maxTXID=000000000000000a size=4321"
                                + " elapsed=5ms");
    }

    @Test
    void tellsOfASnapshotInTheOriginalsWords() {
        log.accept(
                new EngineEvent.ImageStored(
                        DATABASE, "s3", Level.SNAPSHOT, TXID, 99, Duration.ofSeconds(2)));

        assertThat(lines())
                .containsExactly(
                        "level=INFO msg=\"snapshot complete\" db=a.db replica=s3 level=9"
                                + " txid=000000000000000a size=99 elapsed=2s");
    }

    @Test
    void tellsOfACheckpointWithSqlitesNameOfItsMode() {
        log.accept(
                new EngineEvent.Checkpointed(
                        DATABASE, CheckpointMode.PASSIVE, 7, 5, Duration.ofMillis(3)));

        assertThat(lines())
                .containsExactly(
                        "level=DEBUG msg=checkpoint db=a.db mode=PASSIVE frames=7 backfilled=5"
                                + " elapsed=3ms");
    }

    @Test
    void namesTheNetworkFileSystemForWhichAJournalModeIsKept() {
        log.accept(new EngineEvent.RollbackJournalKept(DATABASE, Optional.of("nfs4")));
        log.accept(new EngineEvent.RollbackJournalKept(DATABASE, Optional.empty()));

        String kept =
                "level=INFO msg=\"journal mode kept, each change costs reading the whole database\""
                        + " db=a.db";
        assertThat(lines()).containsExactly(kept + " filesystem=nfs4", kept);
    }

    @Test
    void hasALineForEachKindOfEvent() {
        for (Class<?> kind : EngineEvent.class.getPermittedSubclasses()) {
            bytes.reset();
            log.accept(sample(kind));
            assertThat(lines()).as(kind.getSimpleName()).hasSize(1);
            assertThat(lines().getFirst()).contains(" db=a.db");
        }
    }

    @Test
    void repeatsAFailureThatLastsOnlyNowAndThen() {
        EngineEvent failed =
                new EngineEvent.DestinationFailed(
                        DATABASE, "s3", "no route", Duration.ofSeconds(1));
        EngineEvent degraded = new EngineEvent.Degraded(DATABASE, "locked");
        for (int i = 0; i < 61; i++) {
            log.accept(failed);
            log.accept(degraded);
            clock.now = clock.now.plusSeconds(1);
        }

        assertThat(lines())
                .filteredOn(line -> line.contains("monitor error"))
                .hasSize(3)
                .allMatch(line -> line.endsWith("replica=s3 error=\"no route\" backoff=1s"));
        assertThat(lines()).filteredOn(line -> line.contains("sync error")).hasSize(3);
    }

    @Test
    void tellsOfAFailureAtOnceAfterARecovery() {
        EngineEvent failed =
                new EngineEvent.DestinationFailed(
                        DATABASE, "s3", "no route", Duration.ofSeconds(1));

        log.accept(failed);
        log.accept(new EngineEvent.DestinationRecovered(DATABASE, "s3", 1));
        log.accept(failed);

        assertThat(lines())
                .hasSize(3)
                .element(1)
                .asString()
                .contains("msg=\"replica sync recovered\" db=a.db replica=s3 previous_errors=1");
    }

    @Test
    void warnsOfFilesThatWereRemoved() {
        log.accept(new EngineEvent.FilesMissing(DATABASE, "s3", 7));

        assertThat(lines())
                .singleElement()
                .asString()
                .startsWith("level=WARN msg=\"files of the replica were removed")
                .endsWith("replica=s3 files=7");
    }

    @Test
    void warnsOfARightThatIsMissing() {
        log.accept(new EngineEvent.RightMissing(DATABASE, "s3", "no deleting"));

        assertThat(lines())
                .singleElement()
                .asString()
                .startsWith("level=WARN msg=\"replica lacks a right, replication goes on\"")
                .endsWith("replica=s3 reason=\"no deleting\"");
    }

    private java.util.List<String> lines() {
        return bytes.toString(StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .toList();
    }

    /// Makes an event of this kind, whatever it is made of.
    private static EngineEvent sample(Class<?> kind) {
        try {
            Class<?>[] types =
                    Arrays.stream(kind.getRecordComponents())
                            .map(component -> component.getType())
                            .toArray(Class<?>[]::new);
            Object[] values = Arrays.stream(types).map(EventLogTest::value).toArray();
            var constructor = kind.getDeclaredConstructor(types);
            return (EngineEvent) constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(kind.toString(), e);
        }
    }

    private static Object value(Class<?> type) {
        return switch (type.getSimpleName()) {
            case "Path" -> DATABASE;
            case "Txid" -> TXID;
            case "Level" -> Level.SNAPSHOT;
            case "ReplicaFile" ->
                    new ReplicaFile(Level.CAPTURED, TxidRange.of(TXID), 1, Instant.EPOCH);
            case "Duration" -> Duration.ofSeconds(1);
            case "CheckpointMode" -> CheckpointMode.PASSIVE;
            case "String" -> "text";
            case "Optional" -> Optional.of("text");
            case "long" -> 1L;
            case "int" -> 1;
            default -> throw new AssertionError("no sample of " + type);
        };
    }

    private static final class StandingClock implements Clock {

        private Instant now = Instant.EPOCH;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public long nanoTime() {
            return Duration.between(Instant.EPOCH, now).toNanos();
        }

        @Override
        public void sleep(Duration duration) {
            now = now.plus(duration);
        }
    }
}
