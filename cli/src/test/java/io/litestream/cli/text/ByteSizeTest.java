package io.litestream.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {

    @ParameterizedTest
    @CsvSource({
        "0,0",
        "4096,4096",
        "5MB,5000000",
        "5MiB,5242880",
        "5 mib,5242880",
        "1.5KB,1500",
        "1k,1000",
        "1KiB,1024",
        "2G,2000000000",
        "1TiB,1099511627776",
        "7B,7",
        "-1,-1"
    })
    void readsDecimalAndBinaryUnits(String text, long bytes) {
        assertThat(ByteSize.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "MB", "5XB", "5ib", "1.2.3", "5MBB"})
    void refusesWhatIsNoSize(String text) {
        assertThatThrownBy(() -> ByteSize.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("\"%s\" is no size, such as 4096, 5MB or 64MiB".formatted(text));
    }

    @Test
    void refusesAnEmptyTextAndWhatIsTooLarge() {
        assertThatThrownBy(() -> ByteSize.parse(" ")).hasMessage("empty size string");
        assertThatThrownBy(() -> ByteSize.parse("9EiB"))
                .hasMessage("size 9EiB exceeds maximum allowed value (9223372036854775807)");
    }

    @ParameterizedTest
    @CsvSource({
        "0,0 B",
        "999,999 B",
        "1000,1.0 kB",
        "4120,4.1 kB",
        "82854982,83 MB",
        "9950,10 kB",
        "1500000000,1.5 GB",
        "9223372036854775807,9.2 EB"
    })
    void writesUnitsOfAThousand(long bytes, String text) {
        assertThat(ByteSize.format(bytes)).isEqualTo(text);
    }
}
