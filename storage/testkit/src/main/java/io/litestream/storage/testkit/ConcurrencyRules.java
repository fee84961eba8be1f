package io.litestream.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.storage.ObjectKey;
import io.litestream.storage.StorageException;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/// The rules for several callers at a time.
abstract class ConcurrencyRules extends ListingRules {

    private static final int CALLERS = 8;

    @Test
    void letsOneOfManyDifferentCreationsWin() throws Exception {
        for (int round = 0; round < rounds(); round++) {
            ObjectKey key = key("db/%04d".formatted(round));
            Set<String> winners = ConcurrentHashMap.newKeySet();
            Set<Throwable> losses = ConcurrentHashMap.newKeySet();

            concurrently(caller -> {
                String content = "content of caller " + caller;
                try {
                    store().create(key, CREATED, bytes(content));
                    winners.add(content);
                } catch (StorageException.Conflict e) {
                    losses.add(e);
                }
            });

            assertThat(winners).hasSize(1).containsExactly(read(key.value()));
            assertThat(losses).hasSize(CALLERS - 1);
        }
    }

    @Test
    void letsAllEqualCreationsSucceed() throws Exception {
        for (int round = 0; round < rounds(); round++) {
            ObjectKey key = key("db/%04d".formatted(round));

            concurrently(_ -> store().create(key, CREATED, bytes("the same")));

            assertThat(read(key.value())).isEqualTo("the same");
        }
        assertThat(keys("db")).hasSize(rounds());
    }

    @Test
    void showsTheOldOrTheNewWhileAnObjectIsReplaced() throws Exception {
        ObjectKey key = key("db/catalog");
        PatternContent[] versions = {
            new PatternContent(1, 300_000), new PatternContent(2, 200_000)
        };
        store().replace(key, CREATED, versions[0]);

        concurrently(caller -> {
            for (int round = 0; round < rounds(); round++) {
                if (caller % 2 == 0) {
                    store().replace(key, CREATED, versions[round % 2]);
                } else {
                    assertWhole(key, versions);
                }
            }
        });
    }

    @Test
    void listsWhatStaysWhileOthersComeAndGo() throws Exception {
        List<String> staying = IntStream.range(0, 30).mapToObj("db/%03d-stays"::formatted).toList();
        for (String key : staying) {
            create(key, key);
        }

        concurrently(caller -> {
            for (int round = 0; round < rounds(); round++) {
                String key = "db/%03d-goes-%d".formatted(round % 30, caller);
                create(key, key);
                List<String> listed = new ArrayList<>(keys("db"));
                assertThat(listed)
                        .contains(key)
                        .isSortedAccordingTo(ObjectKey.BYTE_ORDER)
                        .doesNotHaveDuplicates();
                listed.removeIf(name -> name.contains("goes"));
                assertThat(listed).isEqualTo(staying);
                store().delete(key(key));
            }
        });

        assertThat(keys("db")).isEqualTo(staying);
    }

    /// Returns how often a test repeats what it races for. A store behind a slow line takes fewer.
    protected int rounds() {
        return 20;
    }

    private void assertWhole(ObjectKey key, PatternContent... versions) throws Exception {
        byte[] read;
        try (InputStream in = store().open(key)) {
            read = in.readAllBytes();
        }
        for (PatternContent version : versions) {
            if (read.length == version.size()) {
                version.assertSame(new ByteArrayInputStream(read));
                return;
            }
        }
        throw new AssertionError("read %d bytes, which no version has".formatted(read.length));
    }

    /// Runs the callers at once, and fails as the first of them that failed.
    private static void concurrently(Caller work) throws Exception {
        CyclicBarrier start = new CyclicBarrier(CALLERS);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                int caller = i;
                all.add(
                        threads.submit(() -> {
                            start.await();
                            work.call(caller);
                            return null;
                        }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
    }

    @FunctionalInterface
    private interface Caller {
        void call(int caller) throws Exception;
    }
}
