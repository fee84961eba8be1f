package io.litestream.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

class ConfigurationFileTest {

    @TempDir Path dir;

    @Test
    void prefersTheFlagToTheVariableToTheHomeDirectory() throws Exception {
        Path byFlag = write("flag.yml", "exec: flag");
        Path byVariable = write("variable.yml", "exec: variable");
        write(".litestream.yml", "exec: home");
        Map<String, String> variable = Map.of(ConfigurationFile.VARIABLE, byVariable.toString());

        assertThat(exec(variable, Optional.of(byFlag.toString()))).isEqualTo("flag");
        assertThat(exec(variable, Optional.empty())).isEqualTo("variable");
        assertThat(exec(Map.of(ConfigurationFile.VARIABLE, ""), Optional.empty()))
                .isEqualTo("home");
    }

    @Test
    void resolvesTheFileFromTheWorkingDirectory() throws Exception {
        write("x.yml", "exec: relative");

        assertThat(exec(Map.of(), Optional.of("x.yml"))).isEqualTo("relative");
    }

    @Test
    void tellsWhichFileIsMissing() {
        assertThatThrownBy(() -> exec(Map.of(), Optional.of("/nowhere/x.yml")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("config file not found: /nowhere/x.yml");
    }

    @Test
    void tellsWhichFileCannotBeRead() throws Exception {
        assertThatThrownBy(() -> exec(Map.of(), Optional.of(dir.toString())))
                .hasMessageStartingWith("cannot read config file " + dir);

        Path latin = dir.resolve("latin.yml");
        Files.write(latin, new byte[] {'#', (byte) 0xe9, '\n'});
        assertThatThrownBy(() -> exec(Map.of(), Optional.of(latin.toString())))
                .hasMessage(latin + ": not UTF-8 text");
    }

    @Test
    void expandsTheEnvironmentUnlessItIsToldNotTo() throws Exception {
        write("x.yml", "exec: run $WHAT");
        ConfigurationFile file = file(Map.of("WHAT", "this"));

        assertThat(file.load(Optional.of("x.yml"), ConfigurationFile.Expansion.ON).exec())
                .containsExactly("run", "this");
        assertThat(file.load(Optional.of("x.yml"), ConfigurationFile.Expansion.OFF).exec())
                .containsExactly("run", "$WHAT");
    }

    private String exec(Map<String, String> environment, Optional<String> flag)
            throws ConfigurationException {
        return file(environment).load(flag, ConfigurationFile.Expansion.ON).exec().getFirst();
    }

    private ConfigurationFile file(Map<String, String> environment) {
        return new ConfigurationFile(environment, new UserPaths(dir, dir));
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(dir.resolve(name), text);
    }
}
