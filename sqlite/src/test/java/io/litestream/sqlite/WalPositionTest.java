package io.litestream.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.Arrays;

final class WalPositionTest {

    private static final WalHeader HEADER = WalHeaderTest.header(65536);

    @Test
    void startsBehindTheHeaderWithItsChecksum() {
        WalPosition start = WalPosition.start(HEADER);

        assertThat(start.frames()).isZero();
        assertThat(start.offset()).isEqualTo(32);
        assertThat(start.checksum()).isEqualTo(HEADER.checksum());
    }

    @Test
    void countsOffsetsBeyondThirtyTwoBits() {
        WalPosition far = new WalPosition(HEADER, 1_000_000, new WalChecksum(1, 2));

        assertThat(far.offset()).isEqualTo(32 + 1_000_000L * (24 + 65536));
    }

    @Test
    void comesBackFromItsStoredForm() {
        WalPosition position = new WalPosition(HEADER, 0x1_0000_0007L, new WalChecksum(-1, 5));

        assertThat(position.encode()).hasSize(WalPosition.SIZE).startsWith(HEADER.bytes());
        assertThat(WalPosition.decode(position.encode())).contains(position);
        assertThat(WalPosition.decode(WalPosition.start(HEADER).encode()))
                .contains(WalPosition.start(HEADER));
    }

    @Test
    void storesFramesAndChecksumBigEndian() {
        byte[] stored = new WalPosition(HEADER, 3, new WalChecksum(4, 5)).encode();

        assertThat(Arrays.copyOfRange(stored, 32, 48))
                .isEqualTo(ByteBuffer.allocate(16).putLong(3).putInt(4).putInt(5).array());
    }

    @Test
    void isAbsentWhereTheStoredFormIsDamaged() {
        byte[] stored = new WalPosition(HEADER, 3, new WalChecksum(4, 5)).encode();
        byte[] negative = stored.clone();
        negative[32] = (byte) 0x80;
        byte[] start = WalPosition.start(HEADER).encode();
        start[47] ^= 1;
        byte[] otherHeader = stored.clone();
        otherHeader[20] ^= 1;

        assertThat(WalPosition.decode(Arrays.copyOf(stored, 47))).isEmpty();
        assertThat(WalPosition.decode(Arrays.copyOf(stored, 49))).isEmpty();
        assertThat(WalPosition.decode(negative)).isEmpty();
        assertThat(WalPosition.decode(start)).isEmpty();
        assertThat(WalPosition.decode(otherHeader)).isEmpty();
    }

    @Test
    void cannotBeBuiltWrong() {
        assertThatThrownBy(() -> new WalPosition(HEADER, -1, HEADER.checksum()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new WalPosition(HEADER, 0, new WalChecksum(4, 5)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
