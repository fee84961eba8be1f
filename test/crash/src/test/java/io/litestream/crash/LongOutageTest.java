package io.litestream.crash;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/// The short form of [LongOutage].
final class LongOutageTest {

    private static final long MEBIBYTE = 1 << 20;

    @Test
    void keepsLittleAndCatchesUpWhenAStoreWasAwayForLong(@TempDir Path scratch) throws Exception {
        try (LongOutage outage = new LongOutage(scratch)) {
            LongOutage.Outcome outcome = outage.run(20_000, 0);

            System.out.println(outcome);
            assertThat(outcome.spoolBytes())
                    .as("not a file of each commit, each with some pages: %s", outcome)
                    .isLessThan(100 * MEBIBYTE);
            assertThat(outcome.memoryBytes()).as("%s", outcome).isLessThan(400 * MEBIBYTE);
        }
    }
}
