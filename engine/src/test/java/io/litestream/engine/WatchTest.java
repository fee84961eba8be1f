package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

final class WatchTest {

    private static final int MEBIBYTE = 1 << 20;

    @TempDir Path directory;

    private final SetClock clock = new SetClock(Instant.parse("2026-06-17T12:30:00Z"));
    private Path database;
    private Path wal;
    private Watch watch;

    @BeforeEach
    void makeFiles() throws IOException {
        database = Files.write(directory.resolve("app.db"), new byte[4096]);
        wal = Files.write(directory.resolve("app.db-wal"), new byte[MEBIBYTE]);
        watch = new Watch(database, wal, clock);
    }

    @Test
    void beginsWithAStep() throws IOException {
        assertThat(watch.isStepDue()).isTrue();
    }

    @Test
    void callsForAStepOnceAFileIsNotWhatItWas() throws IOException {
        watch.await(watch.look());
        assertThat(watch.isStepDue()).isFalse();

        Files.write(database, new byte[8192]);

        assertThat(watch.isStepDue()).isTrue();
        assertThat(watch.isUnchanged()).isFalse();
    }

    @Test
    void callsForNoStepWhileNothingCanBeDoneAboutAChange() throws IOException {
        watch.follow(stay(Duration.ofMillis(250), Duration.ofSeconds(1)));
        grow(MEBIBYTE);
        assertThat(watch.isStepDue()).isFalse();

        clock.advance(Duration.ofMillis(250));

        assertThat(watch.isStepDue()).isTrue();
    }

    @Test
    void callsForAStepOnceTheWalHasGrownMuch() throws IOException {
        watch.follow(stay(Duration.ofHours(1), Duration.ofHours(1)));

        grow(8 * MEBIBYTE);

        assertThat(watch.isStepDue()).isTrue();
    }

    @Test
    void callsForAStepWhenItsTimeHasCome() throws IOException {
        watch.follow(stay(Duration.ofMillis(1), Duration.ofSeconds(1)));
        clock.advance(Duration.ofMillis(999));
        assertThat(watch.isStepDue()).isFalse();

        clock.advance(Duration.ofMillis(1));

        assertThat(watch.isStepDue()).isTrue();
    }

    @Test
    void callsForAnotherAttemptInTime() throws IOException {
        watch.await(watch.look());
        watch.retryIn(Duration.ofSeconds(1));
        assertThat(watch.isStepDue()).isFalse();

        clock.advance(Duration.ofSeconds(1));

        assertThat(watch.isStepDue()).isTrue();
    }

    private Replication.Next stay(Duration notBefore, Duration at) throws IOException {
        long now = clock.nanoTime();
        return new Replication.Next(
                Replication.Then.STAY,
                watch.look(),
                true,
                now + notBefore.toNanos(),
                now + at.toNanos(),
                Optional.empty());
    }

    private void grow(int bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(wal.toFile(), "rw")) {
            file.setLength(file.length() + bytes);
        }
    }
}
