package io.litestream.engine;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.IntegrityTag;
import io.litestream.ltx.LtxEncoder;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.ltx.WalOrigin;
import io.litestream.replica.state.StateDirectory;
import io.litestream.storage.file.DurableFiles;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Slots in a spool, as if they had been captured.
final class Slots {

    static final int PAGE_SIZE = 512;

    private static final int PAGES = 20;
    private static final Instant START = Instant.parse("2026-05-06T07:08:09Z");

    private Slots() {}

    /// Each transaction writes three pages, which say which one it was.
    static List<Integer> pagesOf(long txid) {
        return List.of(1, (int) (2 + txid % 7), (int) (10 + txid % 10)).stream().sorted().toList();
    }

    private static Checksum checksum(long txid) {
        return new Checksum(txid);
    }

    /// Makes a spool with a file for each of these transactions.
    static Spool spool(Path directory, long first, long last) throws Exception {
        StateDirectory state = new StateDirectory(directory.resolve("state"));
        DurableFiles.createDirectories(state.ltx0());
        for (long txid = first; txid <= last; txid++) {
            TxidRange range = TxidRange.of(new Txid(txid));
            LtxHeader header =
                    new LtxHeader(
                            PAGE_SIZE,
                            PAGES,
                            range,
                            START.plusSeconds(txid),
                            WalOrigin.NONE,
                            0,
                            new IntegrityTag(
                                    Optional.of(checksum(txid - 1)), Optional.of(checksum(txid))));
            try (var out = Files.newOutputStream(state.ltx0().resolve(range.fileName()))) {
                LtxEncoder encoder = new LtxEncoder(out, header);
                for (int page : pagesOf(txid)) {
                    byte[] content = new byte[PAGE_SIZE];
                    content[PAGE_SIZE - 1] = (byte) txid;
                    encoder.page(page, content);
                }
                encoder.finish();
            }
        }
        return Spool.open(state);
    }
}
