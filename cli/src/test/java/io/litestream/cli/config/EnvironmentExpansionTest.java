package io.litestream.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Map;

class EnvironmentExpansionTest {

    @ParameterizedTest
    @CsvSource({
        "$A,1",
        "${A},1",
        "x$A-y,x1-y",
        "$A$B,12",
        "$AB,''",
        "${A}B,1B",
        "$NOT_SET,''",
        "${A B},''",
        "100$,100$",
        "a$ b,a$ b",
        "a$/b,a$/b",
        "$$A,A",
        "${},''",
        "${A,A"
    })
    void replacesNamesAsTheOriginalDoes(String text, String expanded) {
        assertThat(EnvironmentExpansion.expand(text, Map.of("A", "1", "B", "2")))
                .isEqualTo(expanded);
    }

    @Test
    void knowsTheProcessById() {
        assertThat(EnvironmentExpansion.expand("/run/$PID.sock", Map.of("PID", "no")))
                .isEqualTo("/run/%d.sock".formatted(ProcessHandle.current().pid()));
    }
}
