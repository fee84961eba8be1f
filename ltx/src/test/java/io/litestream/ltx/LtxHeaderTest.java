package io.litestream.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

class LtxHeaderTest {

    private static final IntegrityTag TAG =
            IntegrityTag.between(new Checksum(0x1122_3344_5566_7788L), new Checksum(-2));
    private final LtxHeader header = LtxFiles.header(65536, LtxHeader.MAX_PAGE_COUNT, 2, 3, TAG);

    @Test
    void hasTheLayoutOfTheFormat() {
        assertThat(HexFormat.of().formatHex(header.encode()))
                .isEqualTo(
                        "4c545831"
                                + "00000002"
                                + "00010000"
                                + "fffffffe"
                                + "0000000000000002"
                                + "0000000000000003"
                                + HexFormat.of().toHexDigits(LtxFiles.TIME.toEpochMilli())
                                + "0000000000000000"
                                + "0000000000000020"
                                + "0000000000001018"
                                + "80000001"
                                + "ffffffff"
                                + "fffffffffffffff9"
                                + "fffffffffffffffe"
                                + "1122334455667788"
                                + "4c4a"
                                + "01"
                                + "03");
    }

    @Test
    void isReadAsItWasWritten() throws Exception {
        assertThat(LtxHeader.decode(header.encode(), "x")).isEqualTo(header);
    }

    @Test
    void timesBefore1970AndMillisecondsAreKept() throws Exception {
        LtxHeader old =
                new LtxHeader(
                        512,
                        1,
                        TxidRange.of(Txid.FIRST),
                        Instant.parse("1969-12-31T23:59:59.123456Z"),
                        WalOrigin.NONE,
                        0,
                        IntegrityTag.NONE);

        assertThat(old.timestamp()).isEqualTo(Instant.parse("1969-12-31T23:59:59.123Z"));
        assertThat(LtxHeader.decode(old.encode(), "x")).isEqualTo(old);
    }

    @Test
    void eachHalfOfATagIsKnownByItself() throws Exception {
        Checksum zero = Checksum.EMPTY;
        for (IntegrityTag tag :
                new IntegrityTag[] {
                    IntegrityTag.NONE,
                    IntegrityTag.after(zero),
                    LtxFiles.tag(zero, null),
                    IntegrityTag.between(zero, new Checksum(5))
                }) {
            LtxHeader tagged = LtxFiles.header(512, 1, 2, 2, tag);

            assertThat(LtxHeader.decode(tagged.encode(), "x").tag()).isEqualTo(tag);
        }
    }

    @Test
    void withoutATagTheReservedBytesAreZero() {
        byte[] bytes = LtxFiles.header(512, 1, 2, 2).encode();

        assertThat(ByteBuffer.wrap(bytes, 80, 20).slice()).isEqualTo(ByteBuffer.allocate(20));
    }

    @ParameterizedTest
    @CsvSource({"96, 0", "97, 0", "98, 0", "98, 2", "99, 0"})
    void aForeignTagIsNone(int offset, byte value) throws Exception {
        byte[] bytes = header.encode();
        bytes[offset] = value;

        assertThat(LtxHeader.decode(bytes, "x").tag()).isEqualTo(IntegrityTag.NONE);
    }

    @Test
    void tagsJoinUnlessTheyContradict() {
        Checksum a = new Checksum(1);
        Checksum b = new Checksum(2);

        assertThat(IntegrityTag.after(a).joins(IntegrityTag.between(a, b))).isTrue();
        assertThat(IntegrityTag.after(a).joins(IntegrityTag.between(b, a))).isFalse();
        assertThat(IntegrityTag.NONE.joins(IntegrityTag.between(b, a))).isTrue();
        assertThat(IntegrityTag.after(a).joins(IntegrityTag.after(b))).isTrue();
        assertThat(new IntegrityTag(Optional.of(a), Optional.empty()).joins(TAG)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 4c545832, the magic",
        "4, 0, flags",
        "4, 3, flags",
        "8, 0, page size",
        "8, 100, page size",
        "8, 20000, page size",
        "8, 1001, page size",
        "8, 80000000, page size",
        "12, 0, page count",
        "12, ffffffff, page count",
        "16, 80000000, first txid",
        "20, 0, first txid",
        "20, 4, last txid",
        "24, 80000000, last txid",
        "40, 1, pre-apply",
        "44, 1, pre-apply",
        "48, 80000000, wal offset",
        "52, 0, wal offset",
        "56, 80000000, wal size"
    })
    void aWrongFieldIsDamage(int offset, String bits, String named) {
        byte[] bytes = header.encode();
        ByteBuffer.wrap(bytes).putInt(offset, HexFormat.fromHexDigits(bits));

        CorruptFileException damage =
                catchThrowableOfType(
                        CorruptFileException.class, () -> LtxHeader.decode(bytes, "a.ltx"));

        assertThat(damage).hasMessageStartingWith("a.ltx is damaged at offset ");
        assertThat(damage).hasMessageContaining("expected").hasMessageContaining(named);
        assertThat(damage.file()).isEqualTo("a.ltx");
        assertThat(damage.offset()).isBetween(offset - 4L, offset + 4L);
    }

    @Test
    void aShortHeaderIsDamage() {
        assertThatThrownBy(() -> LtxHeader.decode(new byte[99], "a.ltx"))
                .hasMessage(
                        "a.ltx is damaged at offset 99: expected a header of 100 bytes,"
                                + " found the end of the file");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 256, 513, 131072, -512})
    void refusesPageSizesThatSqliteDoesNotHave(int pageSize) {
        assertThatThrownBy(() -> LtxFiles.header(pageSize, 1, 1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("but is " + pageSize);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, LtxHeader.MAX_PAGE_COUNT + 1})
    void refusesPageCountsThatSqliteDoesNotHave(long pageCount) {
        assertThatThrownBy(() -> LtxFiles.header(512, pageCount, 1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("but is " + pageCount);
    }

    @ParameterizedTest
    @CsvSource({"-1,0,0,0", "32,-1,0,0", "32,0,-1,0", "32,0,0,4294967296", "0,1,0,0", "0,0,1,0"})
    void refusesWalOriginsThatTheFormatDoesNotHave(long offset, long size, long salt1, long salt2) {
        assertThatThrownBy(() -> new WalOrigin(offset, size, salt1, salt2))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"512, 2097153", "4096, 262145", "65536, 16385"})
    void theLockPageIsAtOneGibibyte(int pageSize, long lockPage) {
        assertThat(LtxFiles.header(pageSize, 1, 1, 1).lockPage()).isEqualTo(lockPage);
        assertThat(LtxFiles.header(pageSize, lockPage - 1, 1, 1).snapshotPages())
                .isEqualTo(lockPage - 1);
        assertThat(LtxFiles.header(pageSize, lockPage + 1, 1, 1).snapshotPages())
                .isEqualTo(lockPage);
    }
}
