package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.replica.ReplicaFile;
import io.litestream.replica.VerificationRecord;
import io.litestream.replica.VerifiedPoint;
import io.litestream.storage.StorageException;
import io.litestream.storage.testkit.Fault;
import io.litestream.storage.testkit.Operation;
import io.litestream.time.Clock;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;

final class VerificationChoreTest {

    private static final EngineSettings SETTINGS =
            new EngineSettings(
                    Duration.ofSeconds(30),
                    Duration.ofMillis(50),
                    Duration.ofMillis(50),
                    Duration.ofMillis(200),
                    1L << 30,
                    1L << 30,
                    2,
                    4,
                    Duration.ofSeconds(1));

    @TempDir Path directory;

    private EngineFixture fixture;

    @BeforeEach
    void makeDatabase() throws Exception {
        fixture = new EngineFixture(directory, SETTINGS);
        fixture.application("PRAGMA journal_mode=WAL", "CREATE TABLE t(v)");
    }

    @AfterEach
    void endEngine() {
        fixture.close();
    }

    @Test
    void comparesADestinationWithTheLiveDatabaseAgainAndAgain() throws Exception {
        try (Connection app = fixture.connect()) {
            fixture.start();
            for (int i = 1; i <= 3; i++) {
                int times = i;
                EngineFixture.execute(app, "INSERT INTO t SELECT randomblob(500)");
                fixture.await(
                        "verification " + i,
                        () -> fixture.all(EngineEvent.VerificationPassed.class).size() >= times);
            }
        }

        VerificationRecord record = VerificationRecord.read(fixture.replica()).orElseThrow();
        assertThat(record.live()).isEqualTo(VerifiedPoint.Comparison.EQUAL);
        assertThat(fixture.all(EngineEvent.VerificationFailed.class)).isEmpty();
        assertThat(fixture.all(EngineEvent.VerificationInconclusive.class)).isEmpty();
        fixture.sync();
        fixture.assertNothingCompared();
        fixture.assertRestorable();
    }

    @Test
    void waitsForTheBaseOfANewDestination() throws Exception {
        fixture.store.inject(
                Operation.CREATE,
                key -> key.value().contains("ltx/9/"),
                Fault.slow(Duration.ofSeconds(2), Clock.system()));
        fixture.start();

        fixture.await(
                "a verification",
                () -> fixture.event(EngineEvent.VerificationPassed.class).isPresent());

        assertThat(fixture.all(EngineEvent.VerificationFailed.class)).isEmpty();
    }

    @Test
    void verifiesADatabaseAtRestAndLetsItRestAgain() throws Exception {
        fixture.start();
        fixture.sync();
        fixture.await("rest", () -> fixture.event(EngineEvent.Rested.class).isPresent());
        int passed = fixture.all(EngineEvent.VerificationPassed.class).size();
        int rested = fixture.all(EngineEvent.Rested.class).size();

        fixture.await(
                "a verification at rest",
                () -> fixture.all(EngineEvent.VerificationPassed.class).size() > passed);
        fixture.await("rest after it", () -> fixture.all(EngineEvent.Rested.class).size() > rested);

        assertThat(fixture.all(EngineEvent.VerificationInconclusive.class)).isEmpty();
        fixture.assertNothingCompared();
    }

    @Test
    void tellsThatADestinationIsBad() throws Exception {
        fixture.start();
        fixture.sync();
        ReplicaFile newest = fixture.replica().inventory().files().getFirst();
        flipByte(directory.resolve("replica").resolve(fixture.replica().key(newest).value()));

        fixture.await(
                "the damage",
                () -> fixture.event(EngineEvent.VerificationFailed.class).isPresent());

        assertThat(fixture.event(EngineEvent.VerificationFailed.class).orElseThrow().reason())
                .contains(newest.name());
    }

    @Test
    void cannotTellWhetherADestinationIsGoodThatCannotBeRead() throws Exception {
        fixture.store.inject(
                Operation.OPEN,
                key -> !key.equals(VerificationRecord.KEY),
                Fault.failBefore(() -> new StorageException.Rejected("may not read", null)));
        fixture.start();

        fixture.await(
                "the outcome",
                () -> fixture.event(EngineEvent.VerificationInconclusive.class).isPresent());
    }

    private static void flipByte(Path file) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 3] ^= 1;
        Files.write(file, bytes);
    }
}
