package io.litestream.engine;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.LtxEncoder;
import io.litestream.ltx.PageHash;
import io.litestream.ltx.Txid;
import io.litestream.ltx.WalOrigin;
import io.litestream.replica.state.PageHashTable;
import io.litestream.sqlite.LockPage;

import java.io.IOException;
import java.util.BitSet;
import java.util.Optional;

/// Reads every page of a view, and tells which differ from what was published.
///
/// @param checksum of the whole database as the view has it
/// @param pages those to publish: the ones that differ, and others that were asked for
record Comparison(PageView view, Checksum checksum, BitSet pages) {

    /// Compares a view with the hashes of what was published.
    static Comparison with(PageHashTable table, PageView view) throws IOException {
        BitSet differing = new BitSet();
        long known = table.pageSize() == view.pageSize() ? table.pageCount() : 0;
        long[] checksum = {0};
        int pageSize = view.pageSize();
        view.forEach((page, buffer, offset) -> {
            long hash = PageHash.of(page, buffer, offset, pageSize);
            checksum[0] ^= hash;
            if (page > known || table.get(page) != hash) {
                differing.set(Math.toIntExact(page));
            }
        });
        return new Comparison(view, new Checksum(checksum[0]), differing);
    }

    /// Reads every page of a view into a table, which knows them once the update is committed. All
    /// pages differ.
    static Comparison withNothing(PageHashTable.Update update, PageView view) throws IOException {
        long[] checksum = {0};
        int pageSize = view.pageSize();
        view.forEach((page, buffer, offset) -> {
            long hash = PageHash.of(page, buffer, offset, pageSize);
            checksum[0] ^= hash;
            update.put(page, hash);
        });
        BitSet all = new BitSet();
        all.set(1, Math.toIntExact(view.pageCount() + 1));
        clearLockPage(all, pageSize);
        return new Comparison(view, new Checksum(checksum[0]), all);
    }

    /// Adds pages that are to be published though they do not differ. Those beyond the view's end
    /// do not count.
    Comparison including(BitSet more) {
        BitSet sum = (BitSet) pages.clone();
        sum.or(more);
        clearLockPage(sum, view.pageSize());
        int end = Math.toIntExact(view.pageCount() + 1);
        sum.clear(0);
        sum.clear(end, Math.max(end, sum.length()));
        return new Comparison(view, checksum, sum);
    }

    long count() {
        return pages.cardinality();
    }

    /// Returns the file of the line that makes the published state the view's.
    ///
    /// @param before checksum of the whole database before it, where known
    Line.NextFile file(Txid txid, Optional<Checksum> before, boolean backfilled) {
        return new Line.NextFile(
                txid,
                view.pageSize(),
                view.pageCount(),
                before,
                checksum,
                WalOrigin.COMPARISON,
                view.position(),
                backfilled,
                new ViewPages(view, pages),
                Optional.empty());
    }

    private static void clearLockPage(BitSet pages, int pageSize) {
        long lockPage = LockPage.number(pageSize);
        if (lockPage < pages.length()) {
            pages.clear((int) lockPage);
        }
    }

    /// Some pages of a view.
    private record ViewPages(PageView view, BitSet pages) implements Pages {

        @Override
        public long count() {
            return pages.cardinality();
        }

        @Override
        public void forEach(Visitor sink) throws IOException {
            byte[] image = new byte[view.pageSize()];
            for (int page = pages.nextSetBit(1); page > 0; page = pages.nextSetBit(page + 1)) {
                sink.page(page, view.readHashed(page, image));
            }
        }

        @Override
        public void writeTo(LtxEncoder encoder) throws IOException {
            byte[] image = new byte[view.pageSize()];
            for (int page = pages.nextSetBit(1); page > 0; page = pages.nextSetBit(page + 1)) {
                view.read(page, image);
                encoder.page(page, image);
            }
        }
    }
}
