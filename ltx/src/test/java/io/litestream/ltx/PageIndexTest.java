package io.litestream.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

class PageIndexTest {

    private static final int SIZE = 512;

    @Test
    void readsASmallIndexAtOnce() throws Exception {
        byte[] file = file(1, 2, 3, 100);
        List<Long> reads = new ArrayList<>();

        PageIndex index =
                PageIndex.read(
                        "x",
                        file.length,
                        (offset, length) -> {
                            reads.add(offset);
                            return LtxFiles.range(file).read(offset, length);
                        });

        assertThat(reads).hasSize(1);
        assertThat(index.size()).isEqualTo(4);
        assertThat(index.pageNumbers().toArray()).containsExactly(1, 2, 3, 100);
    }

    @Test
    void readsALargeIndexByOneMoreRead() throws Exception {
        long[] numbers = new long[40_000];
        Arrays.setAll(numbers, i -> 10 + 3L * i);
        byte[] file = file(numbers);
        List<Integer> reads = new ArrayList<>();

        PageIndex index =
                PageIndex.read(
                        "x",
                        file.length,
                        (offset, length) -> {
                            reads.add(length);
                            return LtxFiles.range(file).read(offset, length);
                        });

        assertThat(reads).hasSize(2);
        assertThat(reads.getFirst()).isEqualTo(64 * 1024);
        assertThat(index.pageNumbers().toArray()).containsExactly(numbers);
        assertThat(index.find(10 + 3L * 39_999)).contains(index.entry(39_999));
    }

    @Test
    void findsThePagesOfTheFileAndNoOthers() throws Exception {
        byte[] file = file(2, 5, 9);
        PageIndex index = PageIndex.read("x", file.length, LtxFiles.range(file));

        assertThat(index.find(2).orElseThrow().offset()).isEqualTo(LtxHeader.SIZE);
        assertThat(index.find(9).orElseThrow().pageNumber()).isEqualTo(9);
        for (long absent : new long[] {0, 1, 3, 4, 6, 10, LtxHeader.MAX_PAGE_COUNT, -1}) {
            assertThat(index.find(absent)).isEmpty();
        }
    }

    @Test
    void pageNumbersAreUnsigned() throws Exception {
        byte[] file = file(1, 0x7FFF_FFFFL, 0x8000_0000L, LtxHeader.MAX_PAGE_COUNT);
        PageIndex index = PageIndex.read("x", file.length, LtxFiles.range(file));

        assertThat(index.pageNumbers().toArray())
                .containsExactly(1, 0x7FFF_FFFFL, 0x8000_0000L, LtxHeader.MAX_PAGE_COUNT);
        assertThat(index.find(0x8000_0000L)).contains(index.entry(2));
        assertThat(LtxFiles.read(file)).hasSize(4);
    }

    @Test
    void aFileWithoutPagesHasAnEmptyIndex() throws Exception {
        byte[] file = file();

        PageIndex index = PageIndex.read("x", file.length, LtxFiles.range(file));

        assertThat(index.size()).isZero();
        assertThat(index.pageNumbers().toArray()).isEmpty();
        assertThat(index.find(1)).isEmpty();
    }

    @Test
    void everyTruncationIsFound() throws Exception {
        byte[] file = file(2, 5, 9);
        for (int length = 0; length < file.length; length++) {
            byte[] cut = Arrays.copyOf(file, length);

            assertThatThrownBy(() -> PageIndex.read("x", cut.length, LtxFiles.range(cut)))
                    .as("%d of %d bytes", length, file.length)
                    .isInstanceOf(CorruptFileException.class);
        }
    }

    @Test
    void everyFlippedByteOfTheIndexIsFoundOrNamesOtherPages() throws Exception {
        byte[] file = file(2, 5, 9);
        int end = file.length - LtxTrailer.SIZE;
        int start = end - 8 - (int) ByteBuffer.wrap(file).getLong(end - 8);
        for (int at = start; at < end; at++) {
            byte[] damaged = file.clone();
            damaged[at] ^= (byte) 0xFF;
            try {
                PageIndex index = PageIndex.read("x", damaged.length, LtxFiles.range(damaged));
                assertThat(index.pageNumbers().toArray()).isNotEqualTo(new long[] {2, 5, 9});
            } catch (CorruptFileException found) {
                assertThat(found.offset()).isBetween((long) LtxHeader.SIZE, (long) end);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 1000, Long.MAX_VALUE, Long.MIN_VALUE})
    void anImpossibleLengthIsDamage(long length) throws Exception {
        byte[] file = file(2);
        ByteBuffer.wrap(file).putLong(file.length - 24, length);

        assertThatThrownBy(() -> PageIndex.read("x", file.length, LtxFiles.range(file)))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageContaining("index length from 1 to");
    }

    @Test
    void garbageIsDamageAndNothingElse() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] file = file(2, 5, 9);
        for (int i = 0; i < 5000; i++) {
            byte[] garbage = file.clone();
            for (int n = random.nextInt(6); n >= 0; n--) {
                int back = 1 + random.nextInt(50);
                garbage[file.length - back] = (byte) random.nextInt();
            }
            try {
                PageIndex.read("x", garbage.length, LtxFiles.range(garbage));
            } catch (CorruptFileException expected) {
                assertThat(expected.file()).isEqualTo("x");
            } catch (IOException | RuntimeException e) {
                throw new AssertionError("seed " + seed + ", file " + i, e);
            }
        }
    }

    @Test
    void aBlockIsDecodedOutOfALargerPiece() throws Exception {
        byte[] file = file(2, 5, 9);
        PageIndex index = PageIndex.read("x", file.length, LtxFiles.range(file));
        byte[] piece = Arrays.copyOfRange(file, 90, file.length);
        byte[] page = new byte[SIZE];

        PageIndex.Entry entry = index.entry(1);
        PageBlock.decode("x", entry, piece, (int) entry.offset() - 90, page);

        assertThat(page).isEqualTo(LtxFiles.read(file).get(5L));
    }

    @Test
    void aBlockOfAnotherPageIsDamage() throws Exception {
        byte[] file = file(2, 5, 9);
        PageIndex index = PageIndex.read("x", file.length, LtxFiles.range(file));
        PageIndex.Entry second = index.entry(1);
        PageIndex.Entry wrong = new PageIndex.Entry(9, second.offset(), second.size());

        assertThatThrownBy(() ->
                        PageBlock.decode("x", wrong, file, (int) wrong.offset(), new byte[SIZE]))
                .isInstanceOf(CorruptFileException.class)
                .hasMessage(
                        "x is damaged at offset %d: expected page 9, found page 5",
                        second.offset());
    }

    @Test
    void aBlockOfAnotherSizeIsDamage() throws Exception {
        byte[] file = file(2, 5, 9);
        PageIndex index = PageIndex.read("x", file.length, LtxFiles.range(file));
        PageIndex.Entry first = index.entry(0);
        for (int size : new int[] {0, 5, 6, 9, first.size() - 1, first.size() + 1}) {
            PageIndex.Entry wrong = new PageIndex.Entry(2, first.offset(), size);

            assertThatThrownBy(() ->
                            PageBlock.decode("x", wrong, file, LtxHeader.SIZE, new byte[SIZE]))
                    .as("size %d", size)
                    .isInstanceOf(CorruptFileException.class);
        }
    }

    private static byte[] file(long... pageNumbers) throws IOException {
        Random random = new Random(8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LtxEncoder encoder =
                new LtxEncoder(out, LtxFiles.header(SIZE, LtxHeader.MAX_PAGE_COUNT, 2, 2));
        for (long number : pageNumbers) {
            encoder.page(number, LtxFiles.page(random, SIZE));
        }
        encoder.finish();
        return out.toByteArray();
    }
}
