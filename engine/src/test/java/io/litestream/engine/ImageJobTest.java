package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.Txid;
import io.litestream.replica.KeyLayout;
import io.litestream.replica.Level;
import io.litestream.replica.Replica;
import io.litestream.replica.state.Position;
import io.litestream.sqlite.WalPosition;
import io.litestream.storage.testkit.MemoryObjectStore;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The end of an image.
final class ImageJobTest {

    private static final Path DATABASE = Path.of("/data/app.db");
    private static final Instant NOW = Instant.parse("2026-05-06T07:08:09Z");

    private final Scheduler scheduler = new Scheduler(1);
    private final SetClock clock = new SetClock(NOW);
    private final List<ImageJob> ended = new ArrayList<>();

    @AfterEach
    void close() {
        scheduler.close();
    }

    @Test
    void isToldThoughThePinCannotBeGivenUp() {
        Replica replica = new Replica("memory", new MemoryObjectStore(), KeyLayout.PLAIN);
        Destination destination =
                new Destination(
                        new DestinationSettings("memory", replica, Duration.ZERO),
                        DATABASE,
                        Contexts.of(scheduler, clock, _ -> {}),
                        () -> {});
        ImageJob job =
                new ImageJob(
                        DATABASE,
                        destination,
                        ImageJob.Request.of(destination, Level.SNAPSHOT, Txid.FIRST),
                        () -> {
                            throw new IOException("the pin stays");
                        },
                        new Unreadable(),
                        new Position(Txid.FIRST, 512, 1, Checksum.EMPTY, Optional.empty()),
                        NOW,
                        clock,
                        _ -> {},
                        ended::add);

        assertThatThrownBy(job::run).hasMessageContaining("cannot give up");

        assertThat(ended).containsExactly(job);
    }

    private static final class Unreadable implements PageView {

        @Override
        public Optional<WalPosition> position() {
            return Optional.empty();
        }

        @Override
        public int pageSize() {
            return 512;
        }

        @Override
        public long pageCount() {
            return 1;
        }

        @Override
        public void forEach(PageSink sink) throws IOException {
            throw new IOException("no page can be read");
        }

        @Override
        public void read(long page, byte[] buffer) throws IOException {
            throw new IOException("no page can be read");
        }
    }
}
