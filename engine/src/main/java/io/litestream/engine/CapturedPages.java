package io.litestream.engine;

import io.litestream.ltx.LtxEncoder;
import io.litestream.ltx.PageHash;
import io.litestream.sqlite.WalFile;

import java.io.IOException;

/// Pages as the newest of their frames in the WAL have them.
final class CapturedPages implements Pages {

    private final FrameIndex.Sorted pages;
    private final WalFile wal;
    private final GrowthPages growth;
    private final int pageSize;

    /// @param growth pages without a frame in the captured stretch; in `pages` they have the frame
    ///   [GrowthPages#NONE]
    CapturedPages(FrameIndex.Sorted pages, WalFile wal, GrowthPages growth, int pageSize) {
        this.pages = pages;
        this.wal = wal;
        this.growth = growth;
        this.pageSize = pageSize;
    }

    @Override
    public long count() {
        return pages.size();
    }

    @Override
    public void forEach(Visitor sink) throws IOException {
        for (int i = 0; i < pages.size(); i++) {
            sink.page(pages.page(i), pages.hash(i));
        }
    }

    @Override
    public void writeTo(LtxEncoder encoder) throws IOException {
        byte[] image = new byte[pageSize];
        for (int i = 0; i < pages.size(); i++) {
            long page = pages.page(i);
            if (pages.frame(i) == GrowthPages.NONE) {
                growth.read(page, image);
            } else {
                wal.readPage(pages.frame(i), pageSize, image, 0);
            }
            if (PageHash.of(page, image) != pages.hash(i)) {
                throw new IOException(
                        "page %d changed in frame %d of the wal while it was read; looking again"
                                .formatted(page, pages.frame(i)));
            }
            encoder.page(page, image);
        }
    }
}
