package io.litestream.ltx;

import static org.assertj.core.api.Assertions.assertThat;

import net.jpountz.xxhash.XXHashFactory;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;

class ChecksumTest {

    private final byte[] a = new byte[512];
    private final byte[] b = new byte[512];

    ChecksumTest() {
        Arrays.fill(a, (byte) 'a');
        Arrays.fill(b, (byte) 'b');
    }

    @Test
    void pagesThatChangePlacesChangeIt() {
        Checksum before = LtxFiles.checksum(Map.of(1L, a, 2L, b));
        Checksum after = LtxFiles.checksum(Map.of(1L, b, 2L, a));

        assertThat(after).isNotEqualTo(before);
    }

    @Test
    void equalPagesDoNotCancelOut() {
        assertThat(LtxFiles.checksum(Map.of(1L, a, 2L, a))).isNotEqualTo(Checksum.EMPTY);
    }

    @Test
    void aPageIsTakenOutAsItWasTakenIn() {
        Checksum one = Checksum.EMPTY.with(PageHash.of(1, a));

        assertThat(one.with(PageHash.of(2, b)).with(PageHash.of(2, b))).isEqualTo(one);
    }

    @Test
    void itsTextIsSixteenHexDigits() {
        assertThat(new Checksum(0xAB)).hasToString("00000000000000ab");
        assertThat(new Checksum(-1)).hasToString("ffffffffffffffff");
    }

    @Test
    void thePageHashIsXxh64SeededWithThePageNumber() {
        // The published value for no bytes and seed 0.
        assertThat(PageHash.of(0, new byte[0])).isEqualTo(0xef46_db37_51d8_e999L);
        assertThat(PageHash.of(1, a)).isNotEqualTo(PageHash.of(2, a));
    }

    @Test
    void nativeAndJavaCodeHashAlike() {
        byte[] page = new byte[4096];
        new Random(1).nextBytes(page);
        long java = XXHashFactory.safeInstance().hash64().hash(page, 0, page.length, 0xFFFF_FFFEL);

        assertThat(PageHash.of(0xFFFF_FFFEL, page)).isEqualTo(java);
    }

    @Test
    void aPageInsideABufferHashesAsOneAlone() {
        byte[] buffer = new byte[2048];
        System.arraycopy(b, 0, buffer, 700, b.length);

        assertThat(PageHash.of(9, buffer, 700, b.length)).isEqualTo(PageHash.of(9, b));
    }
}
