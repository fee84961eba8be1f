package io.litestream.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;

import io.litestream.tidy.Checkout;
import io.litestream.tidy.JavaSource;

import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// The classes of all modules, tests excluded, as the rules see them.
final class Program {

    static final String ROOT = "io.litestream";

    /// All classes but these tests, which are on the same class path.
    static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(location -> !location.contains("/test-classes/"))
                    .importPackages(ROOT);

    private Program() {}

    /// Returns the packages that the sources of the program have, wherever in the checkout. What
    /// tests share is not part of it.
    static Set<String> packagesInSources() {
        return Checkout.javaSources().stream()
                .map(JavaSource::path)
                .filter(path -> !path.startsWith("test/"))
                .filter(path -> path.contains("src/main/java/") && path.contains("io/litestream/"))
                .map(path -> path.substring(path.indexOf("io/litestream/"), path.lastIndexOf('/')))
                .map(path -> path.replace('/', '.'))
                .collect(Collectors.toSet());
    }

    static Set<String> packagesOfClasses() {
        return CLASSES.stream().map(JavaClass::getPackageName).collect(Collectors.toSet());
    }

    static Set<String> namesOf(Predicate<JavaClass> wanted) {
        return CLASSES.stream().filter(wanted).map(JavaClass::getName).collect(Collectors.toSet());
    }
}
