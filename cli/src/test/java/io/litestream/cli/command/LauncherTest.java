package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;

/// The script that users start, with a Java that only tells how it was started.
class LauncherTest {

    @TempDir Path dir;

    @ParameterizedTest
    @ValueSource(strings = {"LC_ALL=", "LC_ALL=C", "LC_ALL=POSIX", "LC_CTYPE=C", "LANG=C"})
    void letsPathsBeUtf8WhereAServiceHasNoLocale(String variable) throws Exception {
        assertThat(start(variable)).contains("sun.jnu.encoding = UTF-8");
    }

    @Test
    void leavesALocaleAlone() throws Exception {
        assertThat(start("LC_ALL=xx_YY.ISO-8859-1")).contains("LC_ALL=xx_YY.ISO-8859-1,");
        assertThat(start("LANG=C.UTF-8")).contains("LC_ALL=,LC_CTYPE=,");
    }

    private String start(String variable) throws Exception {
        Path script = Path.of("..", "bin", "litestream").toAbsolutePath().normalize();
        Files.createDirectories(dir.resolve("bin"));
        Files.writeString(dir.resolve("bin/litestream"), Files.readString(script));
        Files.writeString(dir.resolve("pom.xml"), "");
        Files.setLastModifiedTime(dir.resolve("pom.xml"), FileTime.from(Instant.EPOCH));
        Path java = dir.resolve("java");
        Files.writeString(
                java,
                """
                #!/bin/sh
                echo "LC_ALL=${LC_ALL-},LC_CTYPE=${LC_CTYPE-},"
                exec '%s/bin/java' -XshowSettings:properties -version 2>&1
                """
                        .formatted(System.getProperty("java.home")));
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
        Path app = Files.createDirectories(dir.resolve("dist/target/litestream"));
        Files.writeString(app.resolve("launch"), "java='%s' build=x\n".formatted(java));
        Process process =
                new ProcessBuilder(
                                "env",
                                "-i",
                                "PATH=" + System.getenv("PATH"),
                                variable,
                                "sh",
                                dir.resolve("bin/litestream").toString(),
                                "version")
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
