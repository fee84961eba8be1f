package io.litestream.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

final class PageSetTest {

    @Test
    void holdsWhatWasAddedToIt() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        PageSet set = new PageSet();
        TreeSet<Long> expected = new TreeSet<>();

        for (int i = 0; i < 5000; i++) {
            long page = 1 + random.nextInt(9000);
            assertThat(set.add(page)).as("seed %d", seed).isEqualTo(expected.add(page));
        }

        assertThat(pages(set)).as("seed %d", seed).containsExactlyElementsOf(expected);
        assertThat(set.size()).isEqualTo(expected.size());
        assertThat(set.last()).isEqualTo(expected.last());
        for (long page = 1; page <= 9000; page++) {
            assertThat(set.contains(page)).isEqualTo(expected.contains(page));
        }
    }

    @Test
    void movesItsPagesToAnotherSet() throws IOException {
        PageSet from = new PageSet();
        PageSet to = new PageSet();
        List.of(3L, 64L, 70_000L).forEach(from::add);
        List.of(1L, 64L).forEach(to::add);

        from.moveTo(to);

        assertThat(pages(to)).containsExactly(1L, 3L, 64L, 70_000L);
        assertThat(to.size()).isEqualTo(4);
        assertThat(pages(from)).isEmpty();
        assertThat(from.size()).isZero();
        assertThat(from.add(3)).isTrue();
    }

    @Test
    void findsThePageThatIsMissing() {
        PageSet set = new PageSet();
        for (long page = 1; page <= 200; page++) {
            if (page != 130) {
                set.add(page);
            }
        }

        assertThat(set.firstAbsent(1)).isEqualTo(130);
        assertThat(set.firstAbsent(131)).isEqualTo(201);
        assertThat(new PageSet().last()).isZero();
    }

    @Test
    void takesOnlyNumbersThatAPageCanHave() {
        PageSet set = new PageSet();

        assertThatThrownBy(() -> set.add(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> set.add(0xFFFF_FFFFL))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static List<Long> pages(PageSet set) throws IOException {
        List<Long> pages = new ArrayList<>();
        set.forEach(pages::add);
        return pages;
    }
}
