package io.litestream.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Plants a violation of each rule, which the rule must find.
final class TidyRulesTest {

    @Test
    void findsMethodsThatAreTooLong() {
        JavaSource source = source("class A {\n void a() {\n" + "  b();\n".repeat(59) + " }\n}\n");

        assertThat(TidyRules.longMethods(source, 60))
                .containsExactly("ltx/src/main/java/A.java:2: A.a has 61 lines, 60 are allowed");
        assertThat(TidyRules.longMethods(source, 61)).isEmpty();
    }

    @Test
    void findsFilesThatAreTooLong() {
        assertThat(TidyRules.longFiles(source("class A {\n" + "\n".repeat(399) + "}"))).hasSize(1);
        assertThat(TidyRules.longFiles(source("class A {\n" + "\n".repeat(398) + "}"))).isEmpty();
    }

    @Test
    void findsASecondTypeInOneFile() {
        assertThat(TidyRules.severalTypesInOneFile(source("class A {} class B {}"))).hasSize(1);
        assertThat(TidyRules.severalTypesInOneFile(source("class A { class B {} }"))).isEmpty();
    }

    @Test
    void findsNamesThatSayNothing() {
        assertThat(TidyRules.bannedNames(source("class A { record PageUtil() {} }"))).hasSize(1);
        assertThat(TidyRules.bannedNames(source("class RealStore {}"))).hasSize(1);
        assertThat(TidyRules.bannedNames(source("class Realm {}"))).isEmpty();
    }

    @Test
    void findsWhatIsUnfinished() {
        assertThat(TidyRules.leftovers(source("class A {} // TO" + "DO: all"))).hasSize(1);
    }

    @Test
    void findsDisabledTests() {
        assertThat(TidyRules.disabledTests(source("class A { @Dis" + "abled void a() {} }")))
                .hasSize(1);
    }

    @Test
    void findsTestsWhoseNamesAreNoSentences() {
        assertThat(TidyRules.testNames(source("class A { @Test void testRead() {} }"))).hasSize(1);
        assertThat(TidyRules.testNames(source("class A { @Test void read() {} }"))).hasSize(1);
        assertThat(TidyRules.testNames(source("class A { @Test void readsAll() {} }"))).isEmpty();
    }

    @Test
    void findsPublicDeclarationsWithoutWords() {
        assertThat(TidyRules.undocumented(source("public class A {}"))).hasSize(1);
        assertThat(TidyRules.undocumented(source("/// An A.\npublic interface A { int a(); }")))
                .hasSize(1);
        assertThat(TidyRules.undocumented(source("class A { public int a() { return 1; } }")))
                .isEmpty();
    }

    @Test
    void findsAccessorsWithGet() {
        assertThat(TidyRules.accessorsWithGet(source("class A { int getB() { return 1; } }")))
                .hasSize(1);
    }

    @Test
    void findsBooleanParameters() {
        assertThat(
                        TidyRules.booleanParameters(
                                source("public class A { public void a(boolean b) {} }")))
                .hasSize(1);
        assertThat(TidyRules.booleanParameters(source("public class A { void a(boolean b) {} }")))
                .isEmpty();
    }

    private static JavaSource source(String text) {
        return JavaSource.parse("ltx/src/main/java/A.java", text);
    }
}
