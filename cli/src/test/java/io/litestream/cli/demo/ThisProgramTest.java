package io.litestream.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

class ThisProgramTest {

    private static final String MAIN = "io.litestream.cli.Main";

    @Test
    void staysAJarIfItIsOne() {
        assertThat(ThisProgram.classes("", "/a b/litestream.jar", "/a b/litestream.jar demo -keep"))
                .containsExactly("-jar", "/a b/litestream.jar");
        assertThat(ThisProgram.classes("", "litestream.jar", "litestream.jar"))
                .containsExactly("-jar", "litestream.jar");
    }

    @Test
    void keepsItsClassPath() {
        assertThat(ThisProgram.classes("", "a.jar:b.jar", MAIN + " demo"))
                .containsExactly("-cp", "a.jar:b.jar", MAIN);
        assertThat(ThisProgram.classes("", "a.jar", MAIN + " demo"))
                .containsExactly("-cp", "a.jar", MAIN);
    }

    @Test
    void staysAModuleIfItIsOne() {
        assertThat(ThisProgram.classes("io.litestream.cli", "", "io.litestream.cli/" + MAIN))
                .containsExactly("-m", "io.litestream.cli/" + MAIN);
    }

    @Test
    void endsWithTheWords() {
        assertThat(ThisProgram.command(List.of("restore", "-o", "x y")))
                .endsWith(MAIN, "restore", "-o", "x y");
    }
}
