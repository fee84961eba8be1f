package io.litestream.crash;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// A short run of [CrashRig], with new seeds each time.
final class CrashRigTest {

    private static final int ROUNDS = 20;

    @Test
    void whatIsRestoredWasCommittedWhoeverIsKilled(
            @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path scratch) throws Exception {
        long seed = System.currentTimeMillis();
        try (CrashRig rig = new CrashRig(scratch, Duration.ofSeconds(3), Optional.empty())) {
            for (int i = 0; i < ROUNDS; i++) {
                rig.round(seed + i);
            }

            System.out.println("crash rig, seeds from " + seed + ": " + rig.figures());
            assertThat(rig.figures().of("rounds")).isEqualTo(ROUNDS);
            assertThat(rig.figures().of("commits")).isPositive();
        }
    }
}
