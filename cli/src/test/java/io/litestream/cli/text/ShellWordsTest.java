package io.litestream.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellWordsTest {

    @Test
    void splitsAtSpaces() {
        assertThat(ShellWords.split("  myapp  -x 1\t-y\n"))
                .containsExactly("myapp", "-x", "1", "-y");
        assertThat(ShellWords.split(" ")).isEmpty();
    }

    @Test
    void keepsWhatIsQuotedTogether() {
        assertThat(ShellWords.split("sh -c 'echo \"a b\" $X' \"it's\" ''"))
                .containsExactly("sh", "-c", "echo \"a b\" $X", "it's", "");
        assertThat(ShellWords.split("a'b c'd")).containsExactly("ab cd");
    }

    @Test
    void takesTheLetterBehindABackslashAsItIs() {
        assertThat(ShellWords.split("a\\ b \\\" \"\\\"\\n\\$\" '\\n'"))
                .containsExactly("a b", "\"", "\"\\n$", "\\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"'a", "\"a", "a\\", "\"a\\"})
    void refusesAnOpenQuote(String line) {
        assertThatThrownBy(() -> ShellWords.split(line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a quote or a backslash has no end in the command: " + line);
    }
}
