package io.litestream.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.List;

class NearestNameTest {

    private static final List<String> NAMES = List.of("databases", "replicate", "reset", "restore");

    @Test
    void findsTheNameThatTakesTheFewestChanges() {
        assertThat(NearestName.to("database", NAMES)).isEqualTo("databases");
        assertThat(NearestName.to("resotre", NAMES)).isEqualTo("restore");
        assertThat(NearestName.to("replicat", NAMES)).isEqualTo("replicate");
    }

    @Test
    void countsSwappedNeighboursAsOneChange() {
        assertThat(NearestName.to("ab", List.of("cb", "ba"))).isEqualTo("cb");
        assertThat(NearestName.to("abc", List.of("axx", "acb"))).isEqualTo("acb");
    }

    @Test
    void takesTheFirstOfEquallyNearNames() {
        assertThat(NearestName.to("res", List.of("rest", "rese"))).isEqualTo("rest");
    }

    @Test
    void refusesAnEmptyChoice() {
        assertThatThrownBy(() -> NearestName.to("x", List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
