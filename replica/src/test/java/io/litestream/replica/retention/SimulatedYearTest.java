package io.litestream.replica.retention;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;

final class SimulatedYearTest {

    @Test
    void staysBoundedRestorableAndFreeOfLeftovers() throws Exception {
        long seed = System.nanoTime();
        SimulatedYear year = new SimulatedYear(seed);

        year.days(95); // longer than the longest tier
        int files = 0;
        long bytes = 0;
        for (int week = 0; week < 3; week++) {
            year.days(7);
            files = Math.max(files, year.inventory().files().size());
            bytes = Math.max(bytes, year.inventory().sizeBytes());
        }
        assertThat(files).as("files, seed %d", seed).isLessThan(100);
        assertThat(bytes).as("bytes, seed %d", seed).isLessThan(500_000);

        year.rest(Duration.ofDays(400));
        assertThat(year.inventory().files())
                .as(
                        "the newest of each level, and what the newest state is built on; seed %d",
                        seed)
                .hasSizeLessThan(12);
    }
}
