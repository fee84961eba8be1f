package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.replica.Compaction;
import io.litestream.replica.Level;
import io.litestream.replica.ReplicaFile;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

final class MergePermitsTest {

    private static final Compaction SMALL = merge(2, 1000);
    private static final Compaction LARGE = merge(2, MergePermits.SMALL_BYTES);
    private static final Compaction OF_MANY = merge(100, 1000);

    private final MergePermits permits = new MergePermits();
    private final CountDownLatch end = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void close() {
        end.countDown();
        threads.close();
    }

    @Test
    void letsSmallMergesRunBesideLargeOnes() throws Exception {
        occupy(LARGE);

        assertThat(permits.during(SMALL, () -> "merged")).isEqualTo("merged");
    }

    @Test
    void makesALargeMergeWait() throws Exception {
        occupy(LARGE);
        Future<String> waiting = threads.submit(() -> permits.during(OF_MANY, () -> "merged"));
        Thread.sleep(50);
        assertThat(waiting.isDone()).isFalse();

        end.countDown();
        assertThat(waiting.get(20, TimeUnit.SECONDS)).isEqualTo("merged");
    }

    private void occupy(Compaction merge) throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(MergePermits.LARGE_AT_ONCE);
        for (int i = 0; i < MergePermits.LARGE_AT_ONCE; i++) {
            threads.submit(() ->
                    permits.during(
                            merge,
                            () -> {
                                begun.countDown();
                                try {
                                    end.await();
                                } catch (InterruptedException e) {
                                    throw new AssertionError(e);
                                }
                                return "";
                            }));
        }
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
    }

    private static Compaction merge(int files, long size) {
        List<ReplicaFile> inputs = new ArrayList<>();
        for (int i = 0; i < files; i++) {
            TxidRange range = TxidRange.of(new Txid(2 + i));
            inputs.add(new ReplicaFile(Level.CAPTURED, range, size, Instant.EPOCH));
        }
        return new Compaction(new Level(1), inputs);
    }
}
