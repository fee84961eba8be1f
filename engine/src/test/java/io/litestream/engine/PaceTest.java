package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;

final class PaceTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long START = -5 * SECOND;

    private final Pace pace = new Pace(Duration.ofSeconds(1), START);

    @Test
    void steadyUploadsAreAnIntervalApart() {
        long now = START;
        for (int i = 0; i < 4; i++) {
            pace.uploaded(now);
        }
        for (int i = 0; i < 100; i++) {
            assertThat(pace.next()).isEqualTo(now + SECOND);
            now = pace.next();
            pace.uploaded(now);
        }
    }

    @Test
    void commitsThatComeOneByOneGoOutAtOnce() {
        long now = START;
        for (int i = 0; i < 3; i++) {
            assertThat(pace.next()).isLessThanOrEqualTo(now);
            pace.uploaded(now);
            now += SECOND / 10;
        }
    }

    @Test
    void whatFollowsABacklogIsPutOffByAnIntervalAtMost() {
        long now = START;
        for (int i = 0; i < 20; i++) {
            pace.uploaded(now);
            now += SECOND / 100;
        }
        assertThat(pace.next()).isLessThanOrEqualTo(now + SECOND);
    }
}
