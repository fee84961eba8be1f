package io.litestream.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

final class WalHeaderTest {

    @TempDir Path directory;

    static WalHeader header(int pageSize) {
        return WalHeader.parse(bytes(0x377f0682, 3007000, pageSize)).orElseThrow();
    }

    private static byte[] bytes(int magic, int version, int pageSize) {
        ByteBuffer header = ByteBuffer.allocate(32).putInt(magic).putInt(version).putInt(pageSize);
        header.putInt(7).putInt(0xfedcba98).putInt(0x01234567);
        WalChecksum sum =
                WalChecksum.ZERO.over(
                        header.array(),
                        0,
                        24,
                        (magic & 1) == 1 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        return header.putInt(sum.first()).putInt(sum.second()).array();
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 1024, 2048, 4096, 8192, 16384, 32768, 65536})
    void readsItsFields(int pageSize) {
        WalHeader header = header(pageSize);

        assertThat(header.pageSize()).isEqualTo(pageSize);
        assertThat(header.sequence()).isEqualTo(7);
        assertThat(header.salt1()).isEqualTo(0xfedcba98L);
        assertThat(header.salt2()).isEqualTo(0x01234567L);
        assertThat(header).hasToString("wal 7, salts fedcba98-01234567, page size " + pageSize);
    }

    @Test
    void readsWhatSqliteWrites() throws Exception {
        Path database = directory.resolve("a.db");
        try (Sqlite3 writer = Sqlite3.start(database)) {
            writer.ask("PRAGMA page_size=8192; PRAGMA journal_mode=WAL; CREATE TABLE t(x)");
            try (WalFile wal = WalFile.open(directory.resolve("a.db-wal")).orElseThrow()) {
                assertThat(wal.header()).map(WalHeader::pageSize).contains(8192);
                assertThat(wal.rawHeader()).isEqualTo(wal.header().orElseThrow().bytes());
            }
        }
    }

    @Test
    void acceptsBothByteOrdersOfChecksums() {
        assertThat(WalHeader.parse(bytes(0x377f0682, 3007000, 512))).isPresent();
        assertThat(WalHeader.parse(bytes(0x377f0683, 3007000, 512))).isPresent();
    }

    @Test
    void isAbsentWhereSqliteSeesAnEmptyWal() {
        byte[] good = bytes(0x377f0682, 3007000, 512);

        assertThat(WalHeader.parse(new byte[0])).isEmpty();
        assertThat(WalHeader.parse(Arrays.copyOf(good, 31))).isEmpty();
        assertThat(WalHeader.parse(bytes(0x377f0684, 3007000, 512))).isEmpty();
        assertThat(WalHeader.parse(bytes(0x377f0682, 3007001, 512))).isEmpty();
        for (int pageSize : new int[] {0, 1, 256, 513, 131072, -512, Integer.MIN_VALUE}) {
            assertThat(WalHeader.parse(bytes(0x377f0682, 3007000, pageSize)))
                    .as("page size %d", pageSize)
                    .isEmpty();
        }
    }

    @Test
    void isAbsentIfAnyByteIsChanged() {
        for (int i = 0; i < WalHeader.SIZE; i++) {
            byte[] damaged = bytes(0x377f0682, 3007000, 512);
            damaged[i] ^= 0x40;

            assertThat(WalHeader.parse(damaged)).as("byte %d", i).isEmpty();
        }
    }

    @Test
    void isEqualByAllItsBytes() {
        byte[] sequence = bytes(0x377f0682, 3007000, 512);
        WalHeader header = WalHeader.parse(sequence).orElseThrow();
        WalHeader bigEndian = WalHeader.parse(bytes(0x377f0683, 3007000, 512)).orElseThrow();

        assertThat(header).isEqualTo(header(512)).hasSameHashCodeAs(header(512));
        assertThat(header).isNotEqualTo(bigEndian).isNotEqualTo(header(1024));
    }

    @Test
    void doesNotShareItsBytes() {
        byte[] source = bytes(0x377f0682, 3007000, 512);
        WalHeader header = WalHeader.parse(source).orElseThrow();

        source[20] = 0;
        header.bytes()[20] = 0;

        assertThat(header).isEqualTo(header(512));
    }

    @Test
    void itsChecksumCanBeTakenInPieces() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] bytes = new byte[4096];
        random.nextBytes(bytes);
        for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
            WalChecksum whole = new WalChecksum(3, 4).over(bytes, 8, 4080, order);
            int cut = 8 * random.nextInt(510);

            assertThat(
                            new WalChecksum(3, 4)
                                    .over(bytes, 8, cut, order)
                                    .over(bytes, 8 + cut, 4080 - cut, order))
                    .as("seed %d", seed)
                    .isEqualTo(whole);
        }
    }

    @Test
    void itsChecksumNeedsPairsOfIntegersInsideTheArray() {
        assertThatThrownBy(() -> WalChecksum.ZERO.over(new byte[16], 0, 12, ByteOrder.BIG_ENDIAN))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> WalChecksum.ZERO.over(new byte[16], 4, 16, ByteOrder.BIG_ENDIAN))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }
}
