package io.litestream.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;

import io.litestream.storage.ObjectStore;
import io.litestream.tidy.Checkout;
import io.litestream.tidy.JavaSource;

import org.junit.jupiter.api.Test;

import java.util.List;

/// Every store is held to the one contract of stores.
final class ObjectStoreTest {

    @Test
    void everyStoreHasATestThatExtendsTheContract() {
        List<String> contractTests =
                Checkout.javaSources().stream()
                        .filter(source -> source.path().contains("src/test/"))
                        .map(JavaSource::text)
                        .filter(text -> text.contains("extends ObjectStoreContract"))
                        .toList();

        for (JavaClass store : Program.CLASSES) {
            if (isStore(store)) {
                assertThat(contractTests)
                        .as("tests that extend ObjectStoreContract and name " + store.getName())
                        .anyMatch(test -> test.contains(store.getSimpleName()));
            }
        }
    }

    private static boolean isStore(JavaClass type) {
        return type.isAssignableTo(ObjectStore.class)
                && !type.isInterface()
                && !type.isAnonymousClass()
                && !type.getModifiers().contains(JavaModifier.ABSTRACT);
    }
}
