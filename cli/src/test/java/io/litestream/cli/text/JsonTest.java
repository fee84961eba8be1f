package io.litestream.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

class JsonTest {

    @Test
    void writesOneLine() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("text", "a");
        object.put("number", 1L);
        object.put("truth", true);
        object.put("list", List.of(1, 2));

        assertThat(Json.line(object))
                .isEqualTo("{\"text\":\"a\",\"number\":1,\"truth\":true,\"list\":[1,2]}");
    }

    @Test
    void indentsByTwoSpaces() {
        assertThat(Json.pretty(List.of(Map.of("path", "/a"))))
                .isEqualTo(
                        """
                        [
                          {
                            "path": "/a"
                          }
                        ]\
                        """);
        assertThat(Json.pretty(List.of())).isEqualTo("[]");
        assertThat(Json.pretty(Map.of())).isEqualTo("{}");
    }

    @Test
    void escapesWhatJsonCannotHold() {
        assertThat(Json.line("\"\\\n\r\t\u0001é\u2028"))
                .isEqualTo("\"\\\"\\\\\\n\\r\\t\\u0001é\\u2028\"");
    }

    @Test
    void refusesWhatHasNoForm() {
        assertThatThrownBy(() -> Json.line(new Object()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
