package io.litestream.replica;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.litestream.ltx.IntegrityTag;
import io.litestream.ltx.LtxEncoder;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.ltx.WalOrigin;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The program `sqlite3`, as the application that uses a database.
final class SqliteProgram implements AutoCloseable {

    private final Process process;
    private final BufferedReader output;

    private SqliteProgram(Path database) throws IOException {
        process =
                new ProcessBuilder("sqlite3", "-batch", database.toString())
                        .redirectErrorStream(true)
                        .start();
        output = process.inputReader(UTF_8);
    }

    /// Starts the program and leaves it running.
    static SqliteProgram open(Path database) throws IOException {
        return new SqliteProgram(database);
    }

    /// Runs these statements and commands, and ends.
    static String run(Path database, String... lines) throws IOException {
        try (SqliteProgram program = open(database)) {
            return program.ask(lines);
        }
    }

    /// Runs these statements and commands, and returns what they print.
    String ask(String... lines) throws IOException {
        var input = process.outputWriter(UTF_8);
        for (String line : lines) {
            input.write(line + "\n");
        }
        input.write(".print end-of-answer\n");
        input.flush();
        StringBuilder answer = new StringBuilder();
        String line = output.readLine();
        while (line != null && !line.equals("end-of-answer")) {
            answer.append(line).append('\n');
            line = output.readLine();
        }
        return answer.toString().strip();
    }

    @Override
    public void close() throws IOException {
        process.outputWriter(UTF_8).close();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /// Puts a database file, which nobody has open, into a replica as its only snapshot.
    static ReplicaFile snapshot(Path database, Replica replica) throws IOException {
        byte[] bytes = Files.readAllBytes(database);
        int pageSize = (bytes[16] & 0xFF) << 8 | bytes[17] & 0xFF;
        TxidRange range = TxidRange.of(Txid.FIRST);
        return replica.create(
                Level.SNAPSHOT,
                range,
                Line.START,
                out -> {
                    LtxEncoder encoder =
                            new LtxEncoder(
                                    out,
                                    new LtxHeader(
                                            pageSize,
                                            bytes.length / pageSize,
                                            range,
                                            Line.START,
                                            new WalOrigin(0, 0, 0, 0),
                                            0,
                                            IntegrityTag.NONE));
                    for (int page = 1; page <= bytes.length / pageSize; page++) {
                        encoder.page(page, bytes, (page - 1) * pageSize);
                    }
                    encoder.finish();
                });
    }
}
