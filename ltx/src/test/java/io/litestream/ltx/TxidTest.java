package io.litestream.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TxidTest {

    @Test
    void itsTextIsSixteenHexDigits() {
        assertThat(new Txid(0x1f)).hasToString("000000000000001f");
        assertThat(Txid.parse("000000000000001f")).isEqualTo(new Txid(0x1f));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1f",
                "000000000000001F",
                "0000000000000000",
                "ffffffffffffffff",
                "00000000000000-1",
                "0000000000000001f"
            })
    void refusesAnyOtherText(String text) {
        assertThatThrownBy(() -> Txid.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void startsAtOne() {
        assertThatThrownBy(() -> new Txid(0)).hasMessageContaining("but is 0");
        assertThatThrownBy(() -> Txid.FIRST.plus(-1)).hasMessageContaining("but is 0");
        assertThat(Txid.FIRST.next()).isEqualTo(new Txid(2));
    }

    @Test
    void aRangeNamesItsFile() {
        TxidRange range = new TxidRange(new Txid(2), new Txid(10));

        assertThat(range.fileName()).isEqualTo("0000000000000002-000000000000000a.ltx");
        assertThat(TxidRange.parseFileName(range.fileName())).contains(range);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000000000000002-000000000000000a.ltx.tmp",
                "0000000000000002-000000000000000A.ltx",
                "000000000000000a-0000000000000002.ltx",
                "0000000000000000-0000000000000002.ltx",
                "0000000000000001.ltx",
                "junk.ltx"
            })
    void otherNamesAreNoRanges(String name) {
        assertThat(TxidRange.parseFileName(name)).isEmpty();
    }

    @Test
    void aRangeIsNotUpsideDown() {
        assertThatThrownBy(() -> new TxidRange(new Txid(3), new Txid(2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("last txid 0000000000000002 is before first txid 0000000000000003");
    }

    @Test
    void aRangeContainsItsEnds() {
        TxidRange range = new TxidRange(new Txid(3), new Txid(5));

        assertThat(range.contains(new Txid(2))).isFalse();
        assertThat(range.contains(new Txid(3))).isTrue();
        assertThat(range.contains(new Txid(5))).isTrue();
        assertThat(range.contains(new Txid(6))).isFalse();
        assertThat(range.isSnapshot()).isFalse();
        assertThat(TxidRange.of(Txid.FIRST).isSnapshot()).isTrue();
    }

    @Test
    void rangesAreOrderedByFirstThenLast() {
        TxidRange range = new TxidRange(new Txid(3), new Txid(5));

        assertThat(range)
                .isLessThan(new TxidRange(new Txid(4), new Txid(4)))
                .isLessThan(new TxidRange(new Txid(3), new Txid(6)))
                .isGreaterThan(new TxidRange(new Txid(3), new Txid(4)));
    }
}
