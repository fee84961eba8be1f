package io.litestream.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.stream.Stream;

/// What the modules show of themselves: types of the Java platform and our own, so that a library
/// can be exchanged without anybody noticing.
final class SignatureRulesTest {

    private static final List<String> SHOWN = List.of("java.", "io.litestream.");

    @Test
    void noLibraryShowsInAPublicSignature() {
        List<String> shown =
                Program.CLASSES.stream()
                        .filter(type -> !type.getPackageName().contains(".testkit"))
                        .filter(SignatureRulesTest::isPublic)
                        .flatMap(type -> type.getCodeUnits().stream())
                        .filter(SignatureRulesTest::isVisible)
                        .filter(method -> !allTypes(method).allMatch(SignatureRulesTest::mayShow))
                        .map(JavaCodeUnit::getFullName)
                        .toList();

        assertThat(shown).isEmpty();
    }

    private static boolean isPublic(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getEnclosingClass().map(SignatureRulesTest::isPublic).orElse(true);
    }

    private static boolean isVisible(JavaCodeUnit method) {
        return method.getModifiers().contains(JavaModifier.PUBLIC)
                || method.getModifiers().contains(JavaModifier.PROTECTED);
    }

    private static Stream<JavaClass> allTypes(JavaCodeUnit method) {
        return Stream.of(
                        method.getParameterTypes().stream(),
                        Stream.of(method.getReturnType()),
                        method.getExceptionTypes().stream().map(JavaType.class::cast))
                .flatMap(types -> types)
                .flatMap(type -> type.getAllInvolvedRawTypes().stream());
    }

    private static boolean mayShow(JavaClass type) {
        JavaClass element = type.getBaseComponentType();
        return element.isPrimitive() || SHOWN.stream().anyMatch(element.getName()::startsWith);
    }
}
