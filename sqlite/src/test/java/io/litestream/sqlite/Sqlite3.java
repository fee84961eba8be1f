package io.litestream.sqlite;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;

/// The `sqlite3` program as somebody else's process: either for one batch of SQL, or kept open.
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

    /// Runs SQL in a process that ends with it, and returns what it printed, errors included.
    static String run(Path database, String sql) {
        try {
            Process process =
                    new ProcessBuilder("sqlite3", database.toString(), sql)
                            .redirectErrorStream(true)
                            .start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes());
            process.waitFor();
            return output.strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// Starts a process that keeps its connection until it is closed.
    static Sqlite3 start(Path database) throws IOException {
        return new Sqlite3(database);
    }

    long pid() {
        return process.pid();
    }

    /// Runs SQL and returns what it printed, errors included.
    String ask(String sql) throws IOException {
        input.write(sql + ";\n.print '" + END + "'\n");
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

    /// Kills the process, as a crash would.
    void kill() throws InterruptedException {
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
