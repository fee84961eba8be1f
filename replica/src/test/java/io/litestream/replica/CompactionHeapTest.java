package io.litestream.replica;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Merges a thousand files in a process with little memory.
final class CompactionHeapTest {

    @TempDir Path directory;

    @Test
    void aThousandFilesFitInto64Mebibytes() throws Exception {
        Process child =
                new ProcessBuilder(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "-Xmx64m",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                CompactionSpeed.class.getName(),
                                directory.toString(),
                                "1000",
                                "20",
                                "1")
                        .redirectErrorStream(true)
                        .start();

        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(child.waitFor()).as(output).isZero();
        assertThat(output).contains("inputs=1000 ");
    }
}
