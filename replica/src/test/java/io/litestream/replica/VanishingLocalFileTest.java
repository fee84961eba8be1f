package io.litestream.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.IntegrityTag;
import io.litestream.ltx.LtxEncoder;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.ltx.WalOrigin;
import io.litestream.storage.testkit.MemoryObjectStore;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/// Local files go while they are merged, as they are nobody's to keep.
final class VanishingLocalFileTest {

    private static final int PAGE_SIZE = 65_536;
    private static final int PAGES = 100; // more than is read at once

    @TempDir Path directory;

    private final MemoryObjectStore store = new MemoryObjectStore();
    private final Replica replica = new Replica("test", store, KeyLayout.PLAIN);

    @Test
    void aMergeTakesThoseOfTheReplicaThen() throws Exception {
        add(2);
        add(3);
        Compactor compactor =
                new Compactor(
                        replica,
                        file -> List.of(local(file)),
                        Compactor.Verification.READ_BACK,
                        new SkippingClock());
        int[] reads = {0};

        Compactor.Result result =
                compactor.compact(
                        Compaction.next(replica.inventory(), new Level(1), new Txid(3))
                                .orElseThrow(),
                        () -> {
                            if (++reads[0] == 3) {
                                deleteLocalFiles();
                            }
                            return false;
                        });

        assertThat(directory).isEmptyDirectory();
        assertThat(result.inputs()).hasSize(2);
        assertThat(replica.inventory().files(new Level(1))).containsExactly(result.file());
    }

    private Path local(ReplicaFile file) {
        return directory.resolve(file.name());
    }

    private void deleteLocalFiles() {
        try {
            for (ReplicaFile file : replica.inventory().files(Level.CAPTURED)) {
                Files.deleteIfExists(local(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Adds a file of pages that do not compress, here and there.
    private void add(long txid) throws IOException {
        TxidRange range = TxidRange.of(new Txid(txid));
        LtxHeader header =
                new LtxHeader(
                        PAGE_SIZE, PAGES, range, Line.START, WalOrigin.NONE, 0, IntegrityTag.NONE);
        Random random = new Random(txid);
        ReplicaFile file =
                replica.create(
                        Level.CAPTURED,
                        range,
                        Line.START,
                        out -> {
                            LtxEncoder encoder = new LtxEncoder(out, header);
                            byte[] page = new byte[PAGE_SIZE];
                            for (int number = 1; number <= PAGES; number++) {
                                random.nextBytes(page);
                                encoder.page(number, page);
                            }
                            encoder.finish();
                        });
        try (InputStream in = replica.open(file)) {
            Files.copy(in, local(file));
        }
    }
}
