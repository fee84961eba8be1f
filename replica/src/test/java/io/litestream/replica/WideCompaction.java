package io.litestream.replica;

import io.litestream.ltx.IntegrityTag;
import io.litestream.ltx.LtxEncoder;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.ltx.WalOrigin;
import io.litestream.storage.file.FileObjectStore;
import io.litestream.time.Clock;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/// Merges two files of very many small pages: a program of its own, so that its heap can be
/// limited. Not a test.
///
/// Arguments: an empty directory, and how many pages the merged file has.
final class WideCompaction {

    private static final int PAGE_SIZE = 512;

    private WideCompaction() {}

    public static void main(String... arguments) throws IOException {
        Replica replica =
                new Replica("wide", new FileObjectStore(Path.of(arguments[0])), KeyLayout.PLAIN);
        long pages = Long.parseLong(arguments[1]);
        write(replica, new Txid(2), 1, pages);
        write(replica, new Txid(3), 2, pages);
        Compactor compactor =
                new Compactor(
                        replica, _ -> List.of(), Compactor.Verification.READ_BACK, Clock.system());
        Compaction due =
                Compaction.next(replica.inventory(), new Level(1), new Txid(3)).orElseThrow();

        long began = System.nanoTime();
        ReplicaFile file = compactor.compact(due, () -> false).file();
        System.out.printf(
                "%d pages, %d MiB, in %.1f s with at most %d MiB of heap%n",
                pages,
                file.size() >> 20,
                (System.nanoTime() - began) / 1e9,
                Runtime.getRuntime().maxMemory() >> 20);
    }

    /// Writes every second page.
    private static void write(Replica replica, Txid txid, long first, long pages)
            throws IOException {
        TxidRange range = TxidRange.of(txid);
        LtxHeader header =
                new LtxHeader(
                        PAGE_SIZE,
                        pages,
                        range,
                        Instant.EPOCH,
                        WalOrigin.COMPARISON,
                        0,
                        IntegrityTag.NONE);
        replica.create(
                Level.CAPTURED,
                range,
                Instant.EPOCH,
                out -> {
                    byte[] page = new byte[PAGE_SIZE];
                    try (LtxEncoder encoder = new LtxEncoder(out, header)) {
                        for (long number = first; number <= pages; number += 2) {
                            if (number == header.lockPage()) {
                                continue;
                            }
                            ByteBuffer.wrap(page).putLong(0, number * 0x9E37_79B9_7F4A_7C15L);
                            encoder.page(number, page);
                        }
                        encoder.finish();
                    }
                });
    }
}
