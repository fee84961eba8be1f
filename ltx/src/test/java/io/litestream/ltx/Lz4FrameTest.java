package io.litestream.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG.Bits;
import net.jpountz.lz4.LZ4SafeDecompressor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

class Lz4FrameTest {

    static final List<List<Bits>> FLAGS =
            List.of(
                    List.of(),
                    List.of(Bits.CONTENT_CHECKSUM),
                    List.of(Bits.BLOCK_CHECKSUM),
                    List.of(Bits.CONTENT_SIZE),
                    List.of(Bits.BLOCK_CHECKSUM, Bits.CONTENT_CHECKSUM, Bits.CONTENT_SIZE));

    private static final int SIZE = 4096;
    private static final int STORED = 1 << 31;

    private final byte[] noise = new byte[SIZE];
    private final byte[] text = new byte[SIZE];

    Lz4FrameTest() {
        new Random(1).nextBytes(noise);
        for (int i = 0; i < SIZE; i++) {
            text[i] = (byte) (i / 7 % 50);
        }
    }

    @ParameterizedTest
    @FieldSource("FLAGS")
    void readsOneBlock(List<Bits> flags) throws Exception {
        assertThat(decode(frame(text, flags, SIZE))).isEqualTo(text);
    }

    @ParameterizedTest
    @FieldSource("FLAGS")
    void readsBlocksThatAreNotCompressed(List<Bits> flags) throws Exception {
        assertThat(decode(frame(noise, flags, SIZE))).isEqualTo(noise);
    }

    @ParameterizedTest
    @FieldSource("FLAGS")
    void readsSeveralBlocks(List<Bits> flags) throws Exception {
        byte[] mixed = text.clone();
        System.arraycopy(noise, 0, mixed, 1000, 1000);

        assertThat(decode(frame(mixed, flags, 1000))).isEqualTo(mixed);
    }

    @ParameterizedTest
    @FieldSource("FLAGS")
    void everyFlippedByteIsFoundOrChangesNothing(List<Bits> flags) throws Exception {
        byte[] frame = frame(text, flags, 1000);
        for (int at = 0; at < frame.length; at++) {
            byte[] damaged = frame.clone();
            damaged[at] ^= (byte) 0xFF;
            try {
                byte[] page = decode(damaged);
                if (flags.contains(Bits.CONTENT_CHECKSUM)) {
                    assertThat(page).as("flip at %d", at).isEqualTo(text);
                }
            } catch (CorruptFileException found) {
                assertThat(found.file()).isEqualTo("frame");
            }
        }
    }

    @Test
    void everyTruncationIsFound() throws Exception {
        byte[] frame = frame(text, FLAGS.getLast(), 1000);
        for (int length = 0; length < frame.length; length++) {
            byte[] cut = Arrays.copyOf(frame, length);

            assertThatThrownBy(() -> decode(cut)).isInstanceOf(CorruptFileException.class);
        }
    }

    @Test
    void refusesContentOfAnotherSize() throws Exception {
        byte[] less = frame(Arrays.copyOf(text, SIZE - 1), FLAGS.getFirst(), SIZE);
        byte[] more = frame(Arrays.copyOf(text, SIZE + 1), FLAGS.getFirst(), SIZE);
        byte[] declared = frame(Arrays.copyOf(text, SIZE - 1), List.of(Bits.CONTENT_SIZE), SIZE);

        assertThatThrownBy(() -> decode(less)).hasMessageContaining("a page of 4096 bytes");
        assertThatThrownBy(() -> decode(more)).isInstanceOf(CorruptFileException.class);
        assertThatThrownBy(() -> decode(declared)).hasMessageContaining("LZ4 content size 4096");
    }

    @Test
    void refusesABlockThatIsTooLarge() {
        ByteBuffer frame = littleEndian(header(), 4);

        for (int size : new int[] {5000, Integer.MAX_VALUE, -1, STORED | 5000}) {
            frame.putInt(7, size);

            assertThatThrownBy(() -> decode(frame.array()))
                    .isInstanceOf(CorruptFileException.class)
                    .hasMessageContaining("offset 7");
        }
    }

    @Test
    void refusesABlockWithoutContent() {
        ByteBuffer stored = littleEndian(header(), 4);
        ByteBuffer compressed = littleEndian(header(), 5);
        stored.putInt(7, STORED);
        compressed.putInt(7, 1);

        assertThatThrownBy(() -> decode(stored.array())).isInstanceOf(CorruptFileException.class);
        assertThatThrownBy(() -> decode(compressed.array()))
                .isInstanceOf(CorruptFileException.class);
    }

    @Test
    void noDecompressorFailsOtherwiseOnNoise() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (LZ4Factory factory :
                new LZ4Factory[] {LZ4Factory.fastestInstance(), LZ4Factory.safeInstance()}) {
            for (int i = 0; i < 20_000; i++) {
                decompressNoise(factory.safeDecompressor(), random, seed);
            }
        }
    }

    private static void decompressNoise(
            LZ4SafeDecompressor decompressor, Random random, long seed) {
        byte[] block = new byte[random.nextInt(60)];
        random.nextBytes(block);
        byte[] to = new byte[random.nextInt(200)];
        int offset = random.nextInt(to.length + 1);
        byte[] before = to.clone();
        try {
            decompressor.decompress(block, 0, block.length, to, offset, to.length - offset);
        } catch (LZ4Exception expected) {
            assertThat(Arrays.copyOf(to, offset)).isEqualTo(Arrays.copyOf(before, offset));
        } catch (RuntimeException e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    private static byte[] decode(byte[] frame) throws IOException {
        FileInput in = new FileInput(frame, 0, frame.length, "frame", 0);
        byte[] page = new byte[SIZE];
        Lz4Frame.decode(in, page);
        if (!in.atEnd()) {
            throw in.damaged(in.offset(), "the end", "more");
        }
        return page;
    }

    private static byte[] frame(byte[] content, List<Bits> flags, int blockSize)
            throws IOException {
        List<Bits> all = new ArrayList<>(flags);
        all.add(Bits.BLOCK_INDEPENDENCE);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (LZ4FrameOutputStream frame =
                new LZ4FrameOutputStream(
                        out, BLOCKSIZE.SIZE_64KB, content.length, all.toArray(Bits[]::new))) {
            for (int at = 0; at < content.length; at += blockSize) {
                frame.write(content, at, Math.min(blockSize, content.length - at));
                frame.flush();
            }
        }
        return out.toByteArray();
    }

    /// The beginning of a frame without checksums.
    private static byte[] header() {
        byte[] header = {0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0};
        header[6] = (byte) (Lz4Library.hash32(header, 4, 2) >>> 8);
        return header;
    }

    private static ByteBuffer littleEndian(byte[] header, int more) {
        return ByteBuffer.wrap(Arrays.copyOf(header, header.length + more))
                .order(ByteOrder.LITTLE_ENDIAN);
    }
}
