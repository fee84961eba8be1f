package io.litestream.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.crash.Litestream;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The program restores every point of the replicas that the original wrote, and refuses the
/// damaged ones, as their own `check.py` sees it. Left out are those that need an S3 server.
final class OursReadsOriginalTest {

    @TempDir private Path directory;

    @Test
    void restoresAllThatTheOriginalWrote() throws Exception {
        Path check = GoldenReplica.root().resolve("check.py");
        Assumptions.assumeTrue(isThere("python3"), "no python3 on the path");
        Path output = directory.resolve("output");
        ProcessBuilder builder =
                new ProcessBuilder(
                        "python3", check.toString(), "--strict", "--v03-index", "--jobs", "2");
        builder.environment().put("LITESTREAM", String.join(" ", Litestream.command()));
        builder.environment().put("TMPDIR", directory.toString());
        Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();

        boolean ended = process.waitFor(30, TimeUnit.MINUTES);
        process.destroyForcibly();

        List<String> lines = Files.readAllLines(output);
        assertThat(lines).filteredOn(line -> line.startsWith("FAIL")).isEmpty();
        assertThat(ended).as("ended: %s", lines).isTrue();
        assertThat(process.exitValue()).as("exit status: %s", lines).isZero();
        assertThat(lines).filteredOn(line -> line.startsWith("ok ")).hasSizeGreaterThan(670);
        System.out.println("golden replicas: " + lines.getLast());
    }

    private static boolean isThere(String program) throws InterruptedException {
        try {
            return new ProcessBuilder(program, "--version").start().waitFor() == 0;
        } catch (IOException _) {
            return false;
        }
    }
}
