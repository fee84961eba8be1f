package io.litestream.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.tidy.Checkout;
import io.litestream.tidy.JavaSource;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// An option does something or is refused, and a test says which. So a test names each key of the
/// configuration that works.
final class OptionsTest {

    private static final String TABLE = "io/litestream/cli/config/Keys.java";
    private static final Pattern KEY =
            Pattern.compile("\\b(?:works|section)\\(\\s*\"([a-z0-9-]+)\"");

    @Test
    void aTestNamesEachKeyThatWorks() {
        List<JavaSource> sources = Checkout.javaSources();
        String tests =
                sources.stream()
                        .filter(source -> source.path().contains("src/test/"))
                        .map(JavaSource::text)
                        .collect(Collectors.joining("\n"));

        Set<String> untested = new TreeSet<>();
        for (JavaSource table : sources) {
            if (table.path().endsWith(TABLE)) {
                untested.addAll(keysOf(table));
            }
        }
        assertThat(untested).as("keys in the table").hasSizeGreaterThan(10);
        untested.removeIf(key -> isNamed(key, tests));

        assertThat(untested).isEmpty();
    }

    /// As a key in YAML, as one in flow style, or quoted.
    private static boolean isNamed(String key, String tests) {
        return Pattern.compile("(?<![\\w-])" + Pattern.quote(key) + "(:|\")").matcher(tests).find();
    }

    private static List<String> keysOf(JavaSource table) {
        return KEY.matcher(table.text()).results().map(OptionsTest::name).toList();
    }

    private static String name(MatchResult match) {
        return match.group(1);
    }
}
