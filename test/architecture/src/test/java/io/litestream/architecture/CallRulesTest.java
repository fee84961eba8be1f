package io.litestream.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;

import org.junit.jupiter.api.Test;

import java.util.Set;

/// Holds the program to [CallRules], and each of the rules to finding what [Planted] does.
final class CallRulesTest {

    private static final String MAIN = "io.litestream.cli.Main";

    /// Who may open files in the engine: they name the files of the state directory, never a
    /// database.
    private static final Set<String> OWNERS_IN_ENGINE =
            Set.of(
                    "io.litestream.engine.Merging",
                    "io.litestream.engine.Picture", // a copy beside the local state
                    "io.litestream.engine.Spool",
                    "io.litestream.engine.TableLoad");

    /// Who may open files beside SQLite: each owns what it opens.
    private static final Set<String> OWNERS_IN_SQLITE =
            Set.of(
                    "io.litestream.sqlite.DatabaseFile",
                    "io.litestream.sqlite.WalFile", // nobody locks a WAL
                    "io.litestream.sqlite.KernelLocks"); // reads /proc

    @Test
    void onlyMainEndsTheProcess() {
        check(CallRules.onlyMainEndsTheProcess(MAIN));
    }

    @Test
    void nobodyInterruptsThreads() {
        check(CallRules.nobodyInterruptsThreads());
    }

    @Test
    void timeAndChanceComeFromOutside() {
        check(CallRules.timeAndChanceComeFromOutside());
    }

    @Test
    void onlyOwnersOpenFilesInTheEngine() {
        checkOwners("io.litestream.engine..", OWNERS_IN_ENGINE);
    }

    @Test
    void onlyOwnersOpenFilesBesideSqlite() {
        checkOwners("io.litestream.sqlite..", OWNERS_IN_SQLITE);
    }

    @Test
    void onlyTheCommandLinePrints() {
        check(CallRules.onlyTheCommandLinePrints());
    }

    @Test
    void blockingCodeStaysBlocking() {
        check(CallRules.blockingCodeStaysBlocking());
    }

    private static void check(ArchRule rule) {
        rule.check(Program.CLASSES);
        assertFindsPlanted(rule);
    }

    private static void checkOwners(String packages, Set<String> owners) {
        CallRules.onlyOwnersOpenFiles(packages, owners)
                .allowEmptyShould(true)
                .check(Program.CLASSES);
        assertFindsPlanted(CallRules.onlyOwnersOpenFiles("io.litestream.architecture", owners));
    }

    private static void assertFindsPlanted(ArchRule rule) {
        var planted = new ClassFileImporter().importClasses(Planted.class);

        assertThat(rule.evaluate(planted).hasViolation()).as(rule.getDescription()).isTrue();
    }
}
