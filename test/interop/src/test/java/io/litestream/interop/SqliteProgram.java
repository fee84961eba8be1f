package io.litestream.interop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Assumptions;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/// The program `sqlite3`, with which an administrator looks at a database.
final class SqliteProgram {

    private SqliteProgram() {}

    static void assumeThere() {
        try {
            run("SELECT 1;", Map.of());
        } catch (UncheckedIOException e) {
            Assumptions.abort("no program sqlite3 on the path");
        }
    }

    /// Returns a database's content, as statements.
    static String dump(Path database) {
        return run(".open %s\n.timeout 10000\n.dump\n".formatted(database), Map.of());
    }

    /// Runs commands, which must succeed, and returns what they print.
    static String run(String commands, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder("sqlite3", "-batch", "-bail");
        builder.environment().putAll(environment);
        builder.redirectErrorStream(true);
        try {
            Process process = builder.start();
            process.outputWriter(StandardCharsets.UTF_8).append(commands).close();
            byte[] output = process.getInputStream().readAllBytes();
            String text = new String(output, StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as("%s: %s", commands, start(text)).isZero();
            return text;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String start(String text) {
        return text.substring(0, Math.min(2000, text.length()));
    }
}
