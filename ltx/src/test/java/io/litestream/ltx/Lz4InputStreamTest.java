package io.litestream.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG.Bits;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;

class Lz4InputStreamTest {

    private static final int DESCRIPTOR = 5;

    private final byte[] content = new byte[9_000_000];

    Lz4InputStreamTest() {
        Random random = new Random(2);
        byte[] noise = new byte[5_000_000];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, content, 3_000_000, noise.length);
    }

    @ParameterizedTest
    @EnumSource(BLOCKSIZE.class)
    void readsBlocksOfEachSize(BLOCKSIZE size) throws Exception {
        byte[] frame = frame(content, size, Bits.BLOCK_INDEPENDENCE, Bits.CONTENT_CHECKSUM);

        assertThat(Arrays.equals(read(frame), content)).isTrue();
    }

    @Test
    void readsNothingAndOneByte() throws Exception {
        for (int length : new int[] {0, 1}) {
            byte[] little = Arrays.copyOf(content, length);

            assertThat(read(frame(little, BLOCKSIZE.SIZE_4MB, Bits.BLOCK_INDEPENDENCE)))
                    .isEqualTo(little);
        }
    }

    @Test
    void readsByteByByte() throws Exception {
        byte[] frame = frame(new byte[] {1, -1}, BLOCKSIZE.SIZE_64KB, Bits.BLOCK_INDEPENDENCE);

        try (Lz4InputStream in = new Lz4InputStream(new ByteArrayInputStream(frame), "f")) {
            assertThat(in.read()).isEqualTo(1);
            assertThat(in.read()).isEqualTo(255);
            assertThat(in.read()).isEqualTo(-1);
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    @Test
    void everyFlippedByteIsFound() throws Exception {
        byte[] frame =
                frame(
                        Arrays.copyOfRange(content, 2_999_000, 3_000_500),
                        BLOCKSIZE.SIZE_64KB,
                        Bits.BLOCK_INDEPENDENCE,
                        Bits.CONTENT_CHECKSUM);
        for (int at = 0; at < frame.length; at++) {
            byte[] damaged = frame.clone();
            damaged[at] ^= (byte) 0x41;

            assertThatThrownBy(() -> read(damaged))
                    .as("flip at %d", at)
                    .isInstanceOf(CorruptFileException.class);
        }
    }

    @Test
    void everyTruncationIsFound() throws Exception {
        byte[] frame =
                frame(
                        Arrays.copyOfRange(content, 2_999_000, 3_000_500),
                        BLOCKSIZE.SIZE_64KB,
                        Bits.BLOCK_INDEPENDENCE,
                        Bits.CONTENT_CHECKSUM);
        for (int length = 0; length < frame.length; length++) {
            byte[] cut = Arrays.copyOf(frame, length);

            assertThatThrownBy(() -> read(cut)).isInstanceOf(CorruptFileException.class);
        }
    }

    @Test
    void refusesWhatFollowsTheFrame() throws Exception {
        byte[] frame = frame(new byte[9], BLOCKSIZE.SIZE_64KB, Bits.BLOCK_INDEPENDENCE);
        byte[] longer = Arrays.copyOf(frame, frame.length + 1);

        assertThatThrownBy(() -> read(longer))
                .isInstanceOf(CorruptFileException.class)
                .hasMessage(
                        "f is damaged at offset %d: expected the end of the file, found more"
                                .formatted(frame.length));
    }

    @Test
    void refusesBlockSizesThatThereAreNot() throws Exception {
        byte[] frame = frame(new byte[9], BLOCKSIZE.SIZE_64KB, Bits.BLOCK_INDEPENDENCE);
        frame[DESCRIPTOR] = 3 << 4;
        frame[DESCRIPTOR + 1] = (byte) (Lz4Library.hash32(frame, DESCRIPTOR - 1, 2) >>> Byte.SIZE);

        assertThatThrownBy(() -> read(frame)).hasMessageContaining("an LZ4 block size code");
    }

    private static byte[] read(byte[] frame) throws IOException {
        try (Lz4InputStream in = new Lz4InputStream(new ByteArrayInputStream(frame), "f")) {
            return in.readAllBytes();
        }
    }

    private static byte[] frame(byte[] content, BLOCKSIZE size, Bits... flags) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (LZ4FrameOutputStream frame = new LZ4FrameOutputStream(out, size, flags)) {
            frame.write(content);
        }
        return out.toByteArray();
    }
}
