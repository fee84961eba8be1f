package io.litestream.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Holds every source of the project to [TidyRules].
final class TidyTest {

    private static final List<JavaSource> SOURCES = Checkout.javaSources();
    private static final Pattern TEXT_FILE =
            Pattern.compile(".*\\.(java|xml|yml|md|sh|py)|.*/bin/.*");
    private static final Pattern MACHINE =
            Pattern.compile("/wo" + "rk/|/tmp/w" + "t\\b|/ro" + "ot/");

    @Test
    void findsTheSources() {
        assertThat(SOURCES).hasSizeGreaterThan(20).anyMatch(JavaSource::isTest);
        assertThat(SOURCES).anyMatch(source -> source.methods().size() > 3);
    }

    @Test
    void methodsAreShort() {
        violations(source -> TidyRules.longMethods(source, TidyRules.METHOD_LINES_AIM))
                .forEach(method -> System.out.println("long: " + method));

        assertNone(source -> TidyRules.longMethods(source, TidyRules.METHOD_LINES));
    }

    @Test
    void filesAreShort() {
        assertNone(TidyRules::longFiles);
    }

    @Test
    void filesDeclareOneTypeEach() {
        assertNone(TidyRules::severalTypesInOneFile);
    }

    @Test
    void typesAreNamedForWhatTheyAre() {
        assertNone(TidyRules::bannedNames);
    }

    @Test
    void nothingIsLeftUnfinished() {
        assertNone(TidyRules::leftovers);
    }

    @Test
    void noTestIsDisabled() {
        assertNone(TidyRules::disabledTests);
    }

    @Test
    void testsAreNamedAsSentences() {
        assertNone(TidyRules::testNames);
    }

    @Test
    void whatIsPublicIsDocumented() {
        assertNone(TidyRules::undocumented);
    }

    @Test
    void accessorsAreNouns() {
        assertNone(TidyRules::accessorsWithGet);
    }

    @Test
    void noPublicMethodTakesBooleans() {
        assertNone(TidyRules::booleanParameters);
    }

    @Test
    void noFileNamesADirectoryOfTheMachineThatItWasWrittenOn() throws IOException {
        for (Path file : Checkout.files(path -> TEXT_FILE.matcher(path.toString()).matches())) {
            assertThat(MACHINE.matcher(Files.readString(file)).find())
                    .as(file.toString())
                    .isFalse();
        }
    }

    private static void assertNone(Function<JavaSource, List<String>> rule) {
        assertThat(violations(rule)).isEmpty();
    }

    private static List<String> violations(Function<JavaSource, List<String>> rule) {
        return SOURCES.stream().flatMap(source -> rule.apply(source).stream()).toList();
    }
}
