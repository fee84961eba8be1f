package io.litestream.replica;

import io.litestream.ltx.IntegrityTag;
import io.litestream.ltx.LtxEncoder;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.ltx.WalOrigin;

import java.io.IOException;
import java.time.Instant;

/// Files as Litestream 0.5 writes them beside those of 0.3: each holds a whole database, and
/// carries no checksum of it.
final class LegacyLine {

    private LegacyLine() {}

    /// Adds a file at level 0, and for the first transaction a snapshot of a later time.
    static void add(Replica replica, byte[] database, Txid txid, Instant time, Instant snapshot)
            throws IOException {
        file(replica, Level.CAPTURED, database, txid, time);
        if (txid.equals(Txid.FIRST)) {
            file(replica, Level.SNAPSHOT, database, txid, snapshot);
        }
    }

    private static void file(Replica replica, Level level, byte[] database, Txid txid, Instant time)
            throws IOException {
        int size = (database[16] & 0xFF) << 8 | database[17] & 0xFF;
        int pageSize = size == 1 ? 65536 : size;
        TxidRange range = TxidRange.of(txid);
        replica.create(
                level,
                range,
                time,
                out -> {
                    LtxHeader header =
                            new LtxHeader(
                                    pageSize,
                                    database.length / pageSize,
                                    range,
                                    time,
                                    new WalOrigin(32, 0, 0, 0),
                                    0,
                                    IntegrityTag.NONE);
                    LtxEncoder encoder = new LtxEncoder(out, header);
                    for (int page = 1; page <= database.length / pageSize; page++) {
                        encoder.page(page, database, (page - 1) * pageSize);
                    }
                    encoder.finish();
                });
    }
}
