package io.litestream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.litestream.ltx.LtxDecoder;
import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.replica.Inventory;
import io.litestream.replica.Level;
import io.litestream.replica.ReplicaFile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What is merged of what waits, and what comes of it.
final class BacklogTest {

    private static final Instant START = Instant.parse("2026-05-06T07:08:09Z");

    @TempDir Path directory;

    @Test
    void sendsUpToTwoSlotsAsTheyAre() throws Exception {
        Spool spool = Slots.spool(directory, 5, 6);

        assertThat(Backlog.merged(inventory("0:2", "0:3", "0:4"), new Txid(5), spool)).isEmpty();
    }

    @Test
    void beginsAfterWhatLevelOneHasAndEndsBeforeTheNewest() throws Exception {
        Spool spool = Slots.spool(directory, 3, 9);

        assertThat(Backlog.merged(inventory("1:2-3", "0:4", "0:5"), new Txid(6), spool))
                .contains(range(4, 8));
    }

    @Test
    void beginsWithTheFirstSlotIfNothingIsMergedYet() throws Exception {
        Spool spool = Slots.spool(directory, 2, 9);

        assertThat(Backlog.merged(inventory("9:1", "0:2", "0:3"), new Txid(4), spool))
                .contains(range(2, 8));
        assertThat(Backlog.merged(Inventory.empty(), new Txid(2), spool)).contains(range(2, 8));
    }

    @Test
    void mergesNothingIfASlotThatMustBeInItIsGone() throws Exception {
        Spool spool = Slots.spool(directory, 6, 9);

        assertThat(Backlog.merged(inventory("1:2-3", "0:4", "0:5"), new Txid(6), spool)).isEmpty();
    }

    @Test
    void sendsASlotAfterAMergedFileWhateverWaits() throws Exception {
        Spool spool = Slots.spool(directory, 2, 20);

        assertThat(Backlog.merged(inventory("1:2-9"), new Txid(10), spool)).isEmpty();
        assertThat(Backlog.merged(inventory("1:2-9", "0:10"), new Txid(11), spool))
                .contains(range(10, 19));
    }

    @Test
    void mergesManyFilesWithFewOpen() throws Exception {
        Spool spool = Slots.spool(directory, 2, 201);
        Path merged =
                new Merging(directory.resolve("made"), () -> false).merge(spool, range(2, 200));

        assertThat(Files.size(merged)).isPositive();
        assertThat(pages(merged)).isEqualTo(expected(2, 200));
        try (var left = Files.list(directory.resolve("made"))) {
            assertThat(left).containsExactly(merged);
        }
    }

    @Test
    void makesTheSameFileOfTheSameInputs() throws Exception {
        Spool spool = Slots.spool(directory, 2, 99);
        Merging merging = new Merging(directory.resolve("made"), () -> false);

        assertThat(merging.merge(spool, range(2, 98)))
                .hasSameBinaryContentAs(merging.merge(spool, range(2, 98)));
    }

    private static Map<Long, Byte> expected(long first, long last) {
        Map<Long, Byte> pages = new TreeMap<>();
        for (long txid = first; txid <= last; txid++) {
            for (int page : Slots.pagesOf(txid)) {
                pages.put((long) page, (byte) txid);
            }
        }
        return pages;
    }

    private static Map<Long, Byte> pages(Path file) throws Exception {
        Map<Long, Byte> pages = new TreeMap<>();
        try (LtxDecoder decoder = new LtxDecoder(Files.newInputStream(file), file.toString())) {
            while (decoder.next()) {
                pages.put(decoder.pageNumber(), decoder.page()[Slots.PAGE_SIZE - 1]);
            }
        }
        return pages;
    }

    /// Files as `level:txid` or `level:first-last`.
    private static Inventory inventory(String... files) {
        List<ReplicaFile> all = new ArrayList<>();
        for (String file : files) {
            String[] parts = file.split("[:-]");
            long first = Long.parseLong(parts[1]);
            long last = parts.length > 2 ? Long.parseLong(parts[2]) : first;
            Level level = new Level(Integer.parseInt(parts[0]));
            all.add(new ReplicaFile(level, range(first, last), 100, START));
        }
        return Inventory.of(all);
    }

    private static TxidRange range(long first, long last) {
        return new TxidRange(new Txid(first), new Txid(last));
    }
}
