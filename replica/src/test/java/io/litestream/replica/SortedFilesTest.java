package io.litestream.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;

final class SortedFilesTest {

    @Test
    void isWhatASortedMapIs() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 20; round++) {
            NavigableMap<TxidRange, ReplicaFile> expected = new TreeMap<>();
            SortedFiles files = SortedFiles.EMPTY;
            long span = random.nextBoolean() ? 300 : 100_000;
            for (int step = 0; step < 3_000; step++) {
                ReplicaFile file = file(random, 1 + random.nextLong(span), span);
                if (random.nextInt(3) > 0) {
                    expected.put(file.range(), file);
                    files = files.with(file);
                } else {
                    ReplicaFile some = ceiling(expected, file);
                    expected.remove(some.range());
                    files = files.without(some.range());
                }
                if (step % 500 == 0) {
                    assertSame(files, expected, seed);
                }
            }
            assertSame(files, expected, seed);
            List<ReplicaFile> shuffled = new ArrayList<>(expected.values());
            Collections.shuffle(shuffled, random);
            assertThat(SortedFiles.of(shuffled)).as("seed %d", seed).isEqualTo(files);
        }
    }

    @Test
    void growsAtItsEndWithoutHalfEmptyChunks() {
        SortedFiles files = SortedFiles.EMPTY;
        for (long txid = 1; txid <= 5_000; txid++) {
            files = files.with(file(txid, txid, txid));
        }

        assertThat(files).hasSize(5_000);
        assertThat(files.get(4_000).range()).isEqualTo(TxidRange.of(new Txid(4_001)));
        assertThat(files.sizeBytes()).isEqualTo(5_000L * 5_001 / 2);
    }

    @Test
    void stayAsTheyAre() {
        SortedFiles before = SortedFiles.of(List.of(file(1, 2, 10), file(3, 4, 10)));

        SortedFiles after = before.with(file(3, 4, 99)).without(file(1, 2, 0).range());

        assertThat(before).containsExactly(file(1, 2, 10), file(3, 4, 10));
        assertThat(after).containsExactly(file(3, 4, 99));
        assertThatThrownBy(() -> before.remove(0))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    private static void assertSame(
            SortedFiles files, NavigableMap<TxidRange, ReplicaFile> expected, long seed) {
        List<ReplicaFile> sorted = List.copyOf(expected.values());
        assertThat(files).as("seed %d", seed).isEqualTo(sorted);
        for (int i = 0; i < sorted.size(); i++) {
            assertThat(files.get(i)).isSameAs(sorted.get(i));
            assertThat(files.find(sorted.get(i).range())).contains(sorted.get(i));
        }
        assertThat(files.last().map(file -> file.range().last()))
                .isEqualTo(
                        sorted.stream()
                                .map(file -> file.range().last())
                                .max(Comparator.naturalOrder()));
        assertThat(files.sizeBytes()).isEqualTo(sorted.stream().mapToLong(ReplicaFile::size).sum());
    }

    private static ReplicaFile ceiling(
            NavigableMap<TxidRange, ReplicaFile> files, ReplicaFile file) {
        var some = files.ceilingEntry(file.range());
        return some == null ? file : some.getValue();
    }

    private static ReplicaFile file(Random random, long first, long span) {
        long last = random.nextBoolean() ? first : first + random.nextLong(span);
        return file(first, last, random.nextInt(1_000));
    }

    private static ReplicaFile file(long first, long last, long size) {
        TxidRange range = new TxidRange(new Txid(first), new Txid(last));
        return new ReplicaFile(Level.CAPTURED, range, size, Instant.EPOCH);
    }
}
