package io.litestream.ltx;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import java.util.Random;

class Crc64Test {

    private static final long POLYNOMIAL = 0xD800_0000_0000_0000L;

    @Test
    void hasTheCheckValueOfCrc64Iso() {
        assertThat(crc("123456789".getBytes(US_ASCII))).isEqualTo(0xb909_56c7_75a4_1001L);
    }

    @Test
    void isZeroWithoutBytes() {
        assertThat(crc(new byte[0])).isZero();
    }

    @RepeatedTest(50)
    void agreesWithTheDefinitionHoweverTheBytesAreCut() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] bytes = new byte[random.nextInt(3000)];
        random.nextBytes(bytes);
        Crc64 crc = new Crc64();

        for (int at = 0; at < bytes.length; ) {
            int length =
                    Math.min(bytes.length - at, random.nextInt(random.nextBoolean() ? 9 : 700));
            crc.update(bytes, at, length);
            at += length;
        }

        assertThat(crc.value()).as("seed %d", seed).isEqualTo(bitByBit(bytes));
    }

    @Test
    void goesOnAfterItsValueWasAsked() {
        byte[] bytes = "123456789".getBytes(US_ASCII);
        Crc64 crc = new Crc64();

        crc.update(bytes, 0, 4);
        long _ = crc.value();
        crc.update(bytes, 4, 5);

        assertThat(crc.value()).isEqualTo(crc(bytes));
    }

    private static long crc(byte[] bytes) {
        Crc64 crc = new Crc64();
        crc.update(bytes, 0, bytes.length);
        return crc.value();
    }

    private static long bitByBit(byte[] bytes) {
        long crc = -1;
        for (byte b : bytes) {
            crc ^= b & 0xFF;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) == 0 ? crc >>> 1 : crc >>> 1 ^ POLYNOMIAL;
            }
        }
        return ~crc;
    }
}
