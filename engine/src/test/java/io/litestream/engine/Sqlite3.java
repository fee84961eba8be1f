package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;

/// The `sqlite3` program as an application in a process of its own: either for one batch of SQL, or
/// kept open. Unlike a connection in this process it takes part in the kernel's locks as others do.
final class Sqlite3 implements AutoCloseable {

    private static final String END = "-- end --";

    private final Process process;
    private final Writer input;
    private final BufferedReader output;

    private Sqlite3(Path database) throws IOException {
        process =
                new ProcessBuilder("stdbuf", "-oL", "sqlite3", database.toString())
                        .redirectErrorStream(true)
                        .start();
        input = process.outputWriter();
        output = process.inputReader();
    }

    /// Runs SQL in a process that ends with it, and returns what it printed; it must succeed.
    static String run(Path database, String... sql) throws Exception {
        return run("sqlite3", "-bail", database.toString(), String.join("; ", sql));
    }

    /// As [#run], but waits for locks: a first start keeps writers off while it switches to WAL.
    static String runPatiently(Path database, String... sql) throws Exception {
        String statements = String.join("; ", sql);
        return run("sqlite3", "-bail", "-cmd", ".timeout 10000", database.toString(), statements);
    }

    /// Runs a program to its end, and returns what it printed; it must succeed.
    static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as("%s: %s", command[0], output).isZero();
        return output.strip();
    }

    /// Starts a process that keeps its connection until it is closed.
    static Sqlite3 start(Path database) throws IOException {
        return new Sqlite3(database);
    }

    long pid() {
        return process.pid();
    }

    /// Runs SQL and returns what it printed, errors included.
    String ask(String... sql) throws IOException {
        input.write(String.join(";\n", sql) + ";\n.print '" + END + "'\n");
        input.flush();
        StringBuilder answer = new StringBuilder();
        for (String line = output.readLine(); !END.equals(line); line = output.readLine()) {
            if (line == null) {
                throw new IOException("sqlite3 ended: " + answer);
            }
            answer.append(answer.isEmpty() ? "" : "\n").append(line);
        }
        return answer.toString();
    }

    /// Runs SQL that must print nothing, and so must succeed.
    void tell(String... sql) throws IOException {
        assertThat(ask(sql)).isEmpty();
    }

    /// Kills the process, as a crash would.
    void kill() throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws IOException {
        input.close();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
