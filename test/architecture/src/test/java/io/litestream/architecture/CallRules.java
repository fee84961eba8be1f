package io.litestream.architecture;

import static com.tngtech.archunit.lang.conditions.ArchConditions.callMethodWhere;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.util.Date;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

/// Calls that only certain classes may make.
final class CallRules {

    private static final String TIME = "io.litestream.time";

    /// Calls that read the clock, wait, or make something that cannot be foreseen; instead:
    /// `io.litestream.time.Clock`, and a `RandomGenerator` that is passed in.
    private static final Map<String, Set<String>> FROM_OUTSIDE =
            Map.ofEntries(
                    Map.entry("java.lang.System", Set.of("currentTimeMillis", "nanoTime")),
                    Map.entry("java.lang.Thread", Set.of("sleep", "onSpinWait")),
                    Map.entry("java.lang.Math", Set.of("random")),
                    Map.entry("java.util.concurrent.TimeUnit", Set.of("sleep")),
                    Map.entry("java.time.Instant", Set.of("now")),
                    Map.entry("java.time.LocalDate", Set.of("now")),
                    Map.entry("java.time.LocalDateTime", Set.of("now")),
                    Map.entry("java.time.LocalTime", Set.of("now")),
                    Map.entry("java.time.OffsetDateTime", Set.of("now")),
                    Map.entry("java.time.ZonedDateTime", Set.of("now")),
                    Map.entry("java.time.InstantSource", Set.of("system")),
                    Map.entry(
                            "java.time.Clock", Set.of("systemUTC", "systemDefaultZone", "system")),
                    Map.entry(UUID.class.getName(), Set.of("randomUUID")),
                    Map.entry(ThreadLocalRandom.class.getName(), Set.of("current")));

    private static final Set<String> OPENING_FILES =
            Set.of(
                    "newByteChannel",
                    "newInputStream",
                    "newBufferedReader",
                    "readAllBytes",
                    "readAllLines",
                    "readString",
                    "lines",
                    "copy",
                    "mismatch");

    private CallRules() {}

    static ArchRule onlyMainEndsTheProcess(String main) {
        return noClasses()
                .that()
                .doNotHaveFullyQualifiedName(main)
                .should(
                        callMethodWhere(
                                calls(
                                        "end the process",
                                        Map.of(
                                                "java.lang.System", Set.of("exit"),
                                                "java.lang.Runtime", Set.of("exit", "halt")))))
                .because("whoever is not main must let its caller go on, or clean up");
    }

    static ArchRule nobodyInterruptsThreads() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(TIME)
                .should(
                        callMethodWhere(
                                calls(
                                        "interrupt",
                                        Map.of("java.lang.Thread", Set.of("interrupt")))))
                .because(
                        "an interrupt closes the channel that the thread uses, and closing any"
                                + " descriptor of a database drops the locks of this process");
    }

    static ArchRule timeAndChanceComeFromOutside() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(TIME)
                .should(callMethodWhere(calls("ask the machine", FROM_OUTSIDE)))
                .orShould()
                .callConstructor(Random.class)
                .orShould()
                .callConstructor(SecureRandom.class)
                .orShould()
                .callConstructor(Date.class)
                .because("the whole program must run under a simulated clock, from one seed");
    }

    /// @param owners the classes that may, each of which knows that its file is no live database,
    ///   or is the one that owns the descriptor of a live database
    static ArchRule onlyOwnersOpenFiles(String packages, Set<String> owners) {
        DescribedPredicate<JavaClass> others =
                DescribedPredicate.describe(
                        "are not " + owners, type -> !owners.contains(outermost(type).getName()));
        return noClasses()
                .that()
                .resideInAPackage(packages)
                .and(others)
                .should(
                        callMethodWhere(
                                calls(
                                        "open files",
                                        Map.of(
                                                Files.class.getName(),
                                                OPENING_FILES,
                                                FileChannel.class.getName(),
                                                Set.of("open")))))
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(
                        FileInputStream.class, FileOutputStream.class, RandomAccessFile.class)
                .because(
                        "closing any descriptor of a database file drops the locks that this"
                                + " process holds on it");
    }

    static ArchRule onlyTheCommandLinePrints() {
        return noClasses()
                .that()
                .resideOutsideOfPackages("io.litestream.cli..", "io.litestream.dist..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould(
                        callMethodWhere(
                                calls(
                                        "print",
                                        Map.of("java.lang.Throwable", Set.of("printStackTrace")))));
    }

    static ArchRule blockingCodeStaysBlocking() {
        return noClasses()
                .should()
                .dependOnClassesThat()
                .areAssignableTo(CompletableFuture.class)
                .because("a stack trace must tell what was going on");
    }

    private static DescribedPredicate<JavaAccess<?>> calls(
            String description, Map<String, Set<String>> methods) {
        return DescribedPredicate.describe(
                description + " " + methods,
                access ->
                        methods.getOrDefault(access.getTargetOwner().getName(), Set.of())
                                .contains(access.getTarget().getName()));
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(CallRules::outermost).orElse(type);
    }
}
