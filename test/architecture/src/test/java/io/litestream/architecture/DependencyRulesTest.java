package io.litestream.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;

import io.litestream.storage.ObjectStore;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Set;

/// Who may know whom: formats know nobody; back ends know bytes and keys, not LTX; the engine knows
/// no back end, no YAML, no HTTP and no metrics library; only the command line knows everyone.
final class DependencyRulesTest {

    @Test
    void theRulesSeeEveryPackageOfTheSources() {
        assertThat(Program.packagesOfClasses()).containsAll(Program.packagesInSources());
    }

    @Test
    void everyPackageBelongsToAModuleOfTheTable() {
        for (String name : Program.packagesInSources()) {
            assertThat(Module.values()).as(name).anyMatch(module -> module.holds(name));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aModuleUsesOnlyWhatTheTableAllows(Module module) {
        ArchRule rule =
                classes()
                        .that()
                        .resideInAnyPackage(module.packages())
                        .should()
                        .onlyDependOnClassesThat()
                        .resideInAnyPackage(module.allowed())
                        .allowEmptyShould(true);

        rule.check(Program.CLASSES);
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching("io.litestream.(**)").should().beFreeOfCycles().check(Program.CLASSES);
    }

    @Test
    void onlyOneClassKnowsTheCompressionLibrary() {
        assertThat(Program.namesOf(type -> uses(type, "net.jpountz")))
                .containsExactly("io.litestream.ltx.Lz4Library");
    }

    /// Where stores are that keep nothing themselves: each adds something to another store.
    private static final Set<String> DECORATORS =
            Set.of("io.litestream.storage", "io.litestream.replica");

    @Test
    void onlyTheCommandLineNamesTheBackEndThatIsUsed() {
        DescribedPredicate<JavaClass> backEnds =
                DescribedPredicate.describe(
                        "are back ends",
                        type ->
                                type.isAssignableTo(ObjectStore.class)
                                        && !type.isInterface()
                                        && !DECORATORS.contains(type.getPackageName()));

        noClasses()
                .that()
                .resideInAnyPackage("io.litestream.replica..", "io.litestream.engine..")
                .should()
                .dependOnClassesThat(backEnds)
                .check(Program.CLASSES);
    }

    private static boolean uses(JavaClass type, String library) {
        return type.getDirectDependenciesFromSelf().stream()
                .anyMatch(used -> used.getTargetClass().getPackageName().startsWith(library));
    }
}
