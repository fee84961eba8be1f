package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

final class UploadPermitsTest {

    private static final int LISTINGS = 16;

    private final Scheduler scheduler = new Scheduler(1);
    private final UploadPermits permits = new UploadPermits(1, scheduler);

    @AfterEach
    void close() {
        scheduler.close();
    }

    @Test
    void listsOnlySoManyDestinationsOfANameAtOnce() {
        List<UploadPermits.Permit> held = new ArrayList<>();
        for (int i = 0; i < LISTINGS; i++) {
            held.add(permits.acquireListing("s3", () -> false).orElseThrow());
        }

        assertThat(permits.acquireListing("s3", afterOneLook())).isEmpty();
        assertThat(permits.acquireListing("file", () -> false)).isPresent();

        held.getFirst().close();
        assertThat(permits.acquireListing("s3", () -> false)).isPresent();
    }

    @Test
    void letsAnotherOneListWhereNobodyAnswers() {
        for (int i = 0; i < LISTINGS; i++) {
            permits.acquireListing("s3", () -> false).orElseThrow();
        }

        assertThat(permits.acquireListing("s3", () -> false)).isPresent();
    }

    @Test
    void uploadsWhileOthersAreListed() {
        for (int i = 0; i < LISTINGS; i++) {
            permits.acquireListing("s3", () -> false).orElseThrow();
        }

        assertThat(permits.acquire("s3", 1, afterOneLook())).isPresent();
    }

    /// Ends a wait that began, once it has looked.
    private static BooleanSupplier afterOneLook() {
        AtomicInteger looks = new AtomicInteger();
        return () -> looks.getAndIncrement() > 0;
    }
}
