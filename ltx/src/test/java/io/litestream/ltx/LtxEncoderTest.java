package io.litestream.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

class LtxEncoderTest {

    private static final int SIZE = 512;

    @ParameterizedTest
    @ValueSource(ints = {512, 1024, 2048, 4096, 8192, 16384, 32768, 65536})
    void whatItWritesIsReadBack(int pageSize) throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        long pageCount = 1 + random.nextInt(5000);
        SortedMap<Long, byte[]> pages = new TreeMap<>();
        for (long left = random.nextInt(4_000_000 / pageSize); left > 0; left--) {
            pages.put(1 + random.nextLong(pageCount), LtxFiles.page(random, pageSize));
        }
        LtxHeader header = LtxFiles.header(pageSize, pageCount, 2, 2);

        byte[] file = LtxFiles.write(header, pages);

        LtxDecoder decoder = LtxFiles.open(file);
        assertThat(decoder.header()).isEqualTo(header);
        assertThat(LtxFiles.read(decoder)).as("seed %d", seed).containsExactlyEntriesOf(pages);
        PageIndex index = PageIndex.read("x", file.length, LtxFiles.range(file));
        assertThat(index.pageNumbers().boxed()).containsExactlyElementsOf(pages.keySet());
    }

    @Test
    void itsTrailerAndSizeAreThoseOfTheFile() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LtxEncoder encoder = new LtxEncoder(out, LtxFiles.header(SIZE, 9, 2, 2));
        encoder.page(3, new byte[SIZE]);

        LtxTrailer trailer = encoder.finish();

        assertThat(encoder.bytesWritten()).isEqualTo(out.size());
        LtxDecoder decoder = LtxFiles.open(out.toByteArray());
        LtxFiles.read(decoder);
        assertThat(decoder.trailer()).isEqualTo(trailer);
        assertThat(trailer.postApply()).isZero();
        assertThat(trailer.fileChecksum()).isNegative();
    }

    @Test
    void takesPagesOutOfABuffer() throws Exception {
        byte[] buffer = new byte[3 * SIZE];
        new Random(1).nextBytes(buffer);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LtxEncoder encoder = new LtxEncoder(out, LtxFiles.header(SIZE, 9, 2, 2));

        encoder.page(4, buffer, 700);
        encoder.finish();

        assertThat(LtxFiles.read(out.toByteArray()))
                .containsExactly(entry(4L, Arrays.copyOfRange(buffer, 700, 700 + SIZE)));
    }

    @Test
    void leavesTheStreamOpen() throws Exception {
        OutputStream out =
                new ByteArrayOutputStream() {
                    @Override
                    public void close() {
                        throw new AssertionError("closed");
                    }
                };
        LtxEncoder encoder = new LtxEncoder(out, LtxFiles.header(SIZE, 1, 2, 2));

        assertThat(encoder.finish()).isNotNull();
    }

    @Test
    void anErrorOfTheStreamPasses() throws Exception {
        IOException full = new IOException("disk full");
        OutputStream out =
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw full;
                    }
                };
        LtxEncoder encoder = new LtxEncoder(out, LtxFiles.header(SIZE, 1, 2, 2));

        assertThatThrownBy(encoder::finish).isSameAs(full);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 2, 3, 11, 1L << 32, (1L << 32) + 4})
    void refusesPagesOutOfOrderOrBeyondTheEnd(long number) throws Exception {
        LtxEncoder encoder = encoder(LtxFiles.header(SIZE, 10, 2, 2));
        encoder.page(3, new byte[SIZE]);

        assertThatThrownBy(() -> encoder.page(number, new byte[SIZE]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("page must be from 4 to 10, but is " + number);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, SIZE - 1, SIZE + 1})
    void refusesPagesOfAnotherSize(int length) throws Exception {
        LtxEncoder encoder = encoder(LtxFiles.header(SIZE, 10, 2, 2));

        assertThatThrownBy(() -> encoder.page(1, new byte[length]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("page 1 must have 512 bytes, but has " + length);
    }

    @Test
    void refusesTheLockPage() throws Exception {
        LtxEncoder encoder = encoder(LtxFiles.header(65536, 20000, 2, 2));

        assertThatThrownBy(() -> encoder.page(16385, new byte[65536]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("page 16385 is the lock page");
    }

    @Test
    void aSnapshotHoldsEveryPage() throws Exception {
        LtxEncoder encoder = encoder(LtxFiles.header(SIZE, 3, 1, 7));
        encoder.page(1, new byte[SIZE]);
        encoder.page(3, new byte[SIZE]);

        assertThatThrownBy(encoder::finish)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("must have 3 pages, but has 2");
    }

    @Test
    void aSnapshotHoldsEveryPageButTheLockPage() throws Exception {
        byte[] zeros = new byte[65536];
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LtxEncoder encoder = new LtxEncoder(out, LtxFiles.header(65536, 16386, 1, 1));
        for (long number = 1; number <= 16386; number++) {
            if (number != 16385) {
                encoder.page(number, zeros);
            }
        }
        encoder.finish();

        LtxDecoder decoder = LtxFiles.open(out.toByteArray());
        long pages = 0;
        while (decoder.next()) {
            pages++;
        }
        assertThat(pages).isEqualTo(16385);
        assertThat(decoder.pageNumber()).isEqualTo(16386);
    }

    @Test
    void isFinishedOnce() throws Exception {
        LtxEncoder encoder = encoder(LtxFiles.header(SIZE, 3, 2, 2));
        encoder.finish();

        assertThatThrownBy(encoder::finish).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> encoder.page(1, new byte[SIZE]))
                .isInstanceOf(IllegalStateException.class);
    }

    private static LtxEncoder encoder(LtxHeader header) throws IOException {
        return new LtxEncoder(OutputStream.nullOutputStream(), header);
    }
}
