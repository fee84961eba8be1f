package io.litestream.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

class LtxDecoderTest {

    private static final int SIZE = 512;

    private final SortedMap<Long, byte[]> pages = new TreeMap<>();
    private final LtxHeader header = LtxFiles.header(SIZE, 6, 2, 2);
    private final byte[] file;

    LtxDecoderTest() throws IOException {
        Random random = new Random(5);
        pages.put(1L, LtxFiles.page(random, SIZE));
        pages.put(2L, new byte[SIZE]);
        pages.put(5L, LtxFiles.page(random, SIZE));
        file = LtxFiles.write(header, pages);
    }

    @Test
    void readsFromAStreamThatGivesFewBytesAtATime() throws Exception {
        Random random = new Random(3);
        InputStream trickle =
                new ByteArrayInputStream(file) {
                    @Override
                    public int read(byte[] to, int offset, int length) {
                        return super.read(to, offset, Math.min(length, 1 + random.nextInt(9)));
                    }
                };

        assertThat(LtxFiles.read(trickle)).containsExactlyEntriesOf(pages);
    }

    @Test
    void readsOnWhereABlockCrossesTheBuffer() throws Exception {
        Random random = new Random(4);
        SortedMap<Long, byte[]> many = new TreeMap<>();
        for (long number = 1; number <= 60; number++) {
            byte[] page = new byte[65536];
            random.nextBytes(page);
            many.put(number, page);
        }

        byte[] large = LtxFiles.write(LtxFiles.header(65536, 60, 1, 1), many);

        assertThat(LtxFiles.read(large)).containsExactlyEntriesOf(many);
    }

    @Test
    void everyFlippedBitIsFoundOrChangesNothing() throws Exception {
        int harmless = 0;
        for (int at = 0; at < file.length; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] damaged = file.clone();
                damaged[at] ^= (byte) (1 << bit);
                harmless += isFoundOrHarmless(damaged, at) ? 0 : 1;
            }
        }
        // Only compressed bytes of runs: another distance gives the same zeros.
        assertThat(harmless).isLessThan(file.length / 8);
    }

    @Test
    void everyFlippedByteOfTheOriginalsFilesIsFoundOrChangesNothing() throws Exception {
        for (String name :
                new String[] {
                    "basic-4096/0-0000000000000002-0000000000000002.ltx",
                    "legacy-frames/0-0000000000000002-0000000000000002.ltx"
                }) {
            byte[] original = LtxFiles.golden(name);
            SortedMap<Long, byte[]> content = LtxFiles.read(original);
            for (int at = 0; at < original.length; at++) {
                byte[] damaged = original.clone();
                damaged[at] ^= (byte) 0xFF;
                try {
                    assertThat(LtxFiles.read(damaged)).containsExactlyEntriesOf(content);
                } catch (CorruptFileException found) {
                    assertThat(found.offset()).isBetween(0L, (long) original.length);
                }
            }
        }
    }

    @Test
    void everyTruncationIsFound() {
        for (int length = 0; length < file.length; length++) {
            byte[] cut = Arrays.copyOf(file, length);

            assertThatThrownBy(() -> LtxFiles.read(cut))
                    .as("%d of %d bytes", length, file.length)
                    .isInstanceOf(CorruptFileException.class);
        }
    }

    @Test
    void bytesAfterTheEndAreDamage() {
        assertThatThrownBy(() -> LtxFiles.read(Arrays.copyOf(file, file.length + 1)))
                .isInstanceOf(CorruptFileException.class)
                .hasMessage(
                        "test.ltx is damaged at offset %d: expected the end of the file,"
                                + " found more bytes",
                        file.length);
    }

    @Test
    void anEndInsideAPageNamesThePlace() {
        assertThatThrownBy(() -> LtxFiles.read(Arrays.copyOf(file, 104)))
                .isInstanceOf(CorruptFileException.class)
                .hasMessage(
                        "test.ltx is damaged at offset 104: expected 6 bytes at offset 100,"
                                + " found the end of the file");
    }

    @Test
    void anErrorOfTheStreamPasses() {
        IOException reset = new IOException("connection reset");
        InputStream failing =
                new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw reset;
                    }
                };
        InputStream in = new SequenceInputStream(new ByteArrayInputStream(file, 0, 200), failing);

        assertThatThrownBy(() -> LtxFiles.read(in)).isSameAs(reset);
    }

    @Test
    void closesTheStreamAlsoIfTheHeaderIsDamaged() throws Exception {
        CountingCloses sound = new CountingCloses(file);
        CountingCloses damaged = new CountingCloses(new byte[200]);

        new LtxDecoder(sound, "x").close();
        assertThatThrownBy(() -> new LtxDecoder(damaged, "x"))
                .isInstanceOf(CorruptFileException.class);

        assertThat(sound.closes).isOne();
        assertThat(damaged.closes).isOne();
    }

    @Test
    void theTrailerIsThereAfterTheLastPageOnly() throws Exception {
        LtxDecoder decoder = LtxFiles.open(file);
        assertThat(decoder.next()).isTrue();
        assertThatThrownBy(decoder::trailer).isInstanceOf(IllegalStateException.class);

        while (decoder.next()) {}

        assertThat(decoder.next()).isFalse();
        assertThat(decoder.trailer().fileChecksum())
                .isEqualTo(ByteBuffer.wrap(file).getLong(file.length - 8));
    }

    @Test
    void aSnapshotMustBeWhatItsTagSays() throws Exception {
        Map<Long, byte[]> database = Map.of(1L, new byte[SIZE], 2L, pages.get(1L));
        Checksum right = LtxFiles.checksum(database);
        byte[] good =
                LtxFiles.write(LtxFiles.header(SIZE, 2, 1, 9, IntegrityTag.after(right)), database);
        byte[] bad =
                LtxFiles.write(
                        LtxFiles.header(SIZE, 2, 1, 9, IntegrityTag.after(new Checksum(5))),
                        database);

        assertThatCode(() -> LtxFiles.read(good)).doesNotThrowAnyException();
        assertThatThrownBy(() -> LtxFiles.read(bad))
                .isInstanceOf(CorruptFileException.class)
                .hasMessage(
                        "test.ltx is damaged at offset 80: expected post-apply checksum %s,"
                                + " found 0000000000000005",
                        right);
    }

    @Test
    void aSnapshotThatLacksAPageIsDamage() throws Exception {
        // Written as another file, and made a snapshot afterwards.
        for (Map<Long, byte[]> some :
                List.<Map<Long, byte[]>>of(
                        Map.of(),
                        Map.of(2L, new byte[SIZE]),
                        Map.of(1L, new byte[SIZE], 3L, new byte[SIZE]),
                        Map.of(1L, new byte[SIZE], 2L, new byte[SIZE]))) {
            byte[] partial = LtxFiles.write(LtxFiles.header(SIZE, 3, 2, 2), some);
            ByteBuffer.wrap(partial).putLong(16, 1);

            assertThatThrownBy(() -> LtxFiles.read(partial))
                    .isInstanceOf(CorruptFileException.class)
                    .hasMessageContaining("page")
                    .hasMessageNotContaining("checksum");
        }
    }

    @Test
    void pagesOutOfOrderAreDamage() throws Exception {
        PageIndex index = PageIndex.read("x", file.length, LtxFiles.range(file));
        byte[] damaged = file.clone();
        ByteBuffer.wrap(damaged).putInt((int) index.entry(2).offset(), 2);

        assertThatThrownBy(() -> LtxFiles.read(damaged))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageContaining("expected a page from 3 to 6, found page 2");
    }

    @Test
    void theLockPageIsDamage() throws Exception {
        byte[] damaged =
                LtxFiles.write(
                        LtxFiles.header(65536, 20000, 2, 2), Map.of(16384L, new byte[65536]));
        ByteBuffer.wrap(damaged).putInt(LtxHeader.SIZE, 16385);

        assertThatThrownBy(() -> LtxFiles.read(damaged))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageContaining("found page 16385");
    }

    @Test
    void anIndexOfOtherPagesIsDamageThoughTheChecksumIsRight() throws Exception {
        int end = file.length - LtxTrailer.SIZE;
        int start = end - 8 - (int) ByteBuffer.wrap(file).getLong(end - 8);
        assertThatCode(() -> LtxFiles.read(sealed(file.clone()))).doesNotThrowAnyException();
        for (int at = start; at < end; at++) {
            byte[] damaged = file.clone();
            damaged[at] ^= 1;

            assertThatThrownBy(() -> LtxFiles.read(sealed(damaged)))
                    .as("flip at %d", at)
                    .isInstanceOf(CorruptFileException.class)
                    .hasMessageContaining("index");
        }
    }

    @Test
    void garbageIsDamageAndNothingElse() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 3000; i++) {
            byte[] garbage = garbage(random);
            try {
                LtxFiles.read(garbage);
            } catch (CorruptFileException expected) {
                assertThat(expected.offset()).isLessThanOrEqualTo(garbage.length);
            } catch (IOException | RuntimeException e) {
                throw new AssertionError("seed " + seed + ", file " + i, e);
            }
        }
    }

    /// Gives a file whose pages are sound the checksum that it should have.
    private byte[] sealed(byte[] bytes) throws IOException {
        PageIndex index = PageIndex.read("x", file.length, LtxFiles.range(file));
        Crc64 crc = new Crc64();
        crc.update(bytes, 0, LtxHeader.SIZE);
        int end = LtxHeader.SIZE;
        for (int i = 0; i < index.size(); i++) {
            PageIndex.Entry entry = index.entry(i);
            crc.update(bytes, end, 10);
            crc.update(pages.get(entry.pageNumber()), 0, SIZE);
            end += entry.size();
        }
        crc.update(bytes, end, bytes.length - end - 8);
        ByteBuffer.wrap(bytes).putLong(bytes.length - 8, LtxTrailer.fileChecksum(crc.value()));
        return bytes;
    }

    /// A sound beginning, followed by noise, or with noise in some places.
    private byte[] garbage(Random random) {
        byte[] garbage = file.clone();
        int from = random.nextInt(4) == 0 ? 0 : LtxHeader.SIZE + random.nextInt(20);
        if (random.nextBoolean()) {
            byte[] noise = new byte[file.length - from];
            random.nextBytes(noise);
            System.arraycopy(noise, 0, garbage, from, noise.length);
            garbage[LtxHeader.SIZE + 5] = (byte) random.nextInt(2);
        } else {
            for (int i = random.nextInt(8); i >= 0; i--) {
                garbage[from + random.nextInt(file.length - from)] = (byte) random.nextInt();
            }
        }
        return garbage;
    }

    private boolean isFoundOrHarmless(byte[] damaged, int at) throws IOException {
        try {
            assertThat(LtxFiles.read(damaged)).as("flip at %d", at).containsExactlyEntriesOf(pages);
            return false;
        } catch (CorruptFileException found) {
            return true;
        }
    }

    private static final class CountingCloses extends ByteArrayInputStream {

        private int closes;

        CountingCloses(byte[] bytes) {
            super(bytes);
        }

        @Override
        public void close() {
            closes++;
        }
    }
}
