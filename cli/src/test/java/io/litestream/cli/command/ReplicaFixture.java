package io.litestream.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.IntegrityTag;
import io.litestream.ltx.LtxEncoder;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.PageHash;
import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.ltx.WalOrigin;
import io.litestream.replica.KeyLayout;
import io.litestream.replica.Level;
import io.litestream.replica.Replica;
import io.litestream.storage.file.FileObjectStore;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/// Makes databases and replicas for tests.
final class ReplicaFixture {

    private static final int PAGE_SIZE = 4096;
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private ReplicaFixture() {}

    /// Returns the time that the file of a transaction has.
    static Instant time(long txid) {
        return START.plusSeconds(60 * txid);
    }

    /// Makes a database of one table, `t(x)`, with these rows.
    static Path database(Path path, int... rows) throws Exception {
        StringBuilder sql = new StringBuilder("create table t(x);");
        for (int row : rows) {
            sql.append("insert into t values(").append(row).append(");");
        }
        sql(path, sql.toString());
        return path;
    }

    /// Runs SQL with the program `sqlite3`, and returns what it prints.
    static String sql(Path database, String sql) throws Exception {
        Process process =
                new ProcessBuilder("sqlite3", database.toString(), sql)
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(output).isZero();
        return output.strip();
    }

    /// Writes a replica whose state after transaction `i + 1` is the database `i`: the first as a
    /// snapshot, the others as whole files at level 0.
    static void replica(Path root, Path... databases) throws IOException {
        Replica replica = new Replica("test", new FileObjectStore(root), KeyLayout.PLAIN);
        for (int i = 0; i < databases.length; i++) {
            TxidRange range = TxidRange.of(new Txid(i + 1));
            byte[] file = ltx(Files.readAllBytes(databases[i]), range, time(i + 1));
            replica.create(
                    i == 0 ? Level.SNAPSHOT : Level.CAPTURED,
                    range,
                    time(i + 1),
                    out -> out.write(file));
        }
    }

    private static byte[] ltx(byte[] database, TxidRange range, Instant time) throws IOException {
        int pages = database.length / PAGE_SIZE;
        Checksum checksum = Checksum.EMPTY;
        for (int i = 0; i < pages; i++) {
            checksum = checksum.with(PageHash.of(i + 1, database, i * PAGE_SIZE, PAGE_SIZE));
        }
        LtxHeader header =
                new LtxHeader(
                        PAGE_SIZE,
                        pages,
                        range,
                        time,
                        new WalOrigin(32, 0, 0, 0),
                        0,
                        new IntegrityTag(Optional.empty(), Optional.of(checksum)));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        LtxEncoder encoder = new LtxEncoder(bytes, header);
        for (int i = 0; i < pages; i++) {
            encoder.page(i + 1, database, i * PAGE_SIZE);
        }
        encoder.finish();
        return bytes.toByteArray();
    }
}
