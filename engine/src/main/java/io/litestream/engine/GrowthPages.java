package io.litestream.engine;

import io.litestream.ltx.PageHash;
import io.litestream.sqlite.DatabaseFile;
import io.litestream.sqlite.LockPage;
import io.litestream.sqlite.WalFile;
import io.litestream.sqlite.WalPosition;
import io.litestream.sqlite.WalReader;

import java.io.IOException;

/// Pages by which a database grew and which have no frame in the captured stretch: SQLite need not
/// write a page that is free. As SQLite would, it reads the newest frame before the stretch, else
/// the database file, else zeros.
final class GrowthPages {

    /// Stands for the frame of a page that has none in the captured stretch.
    static final long NONE = Long.MAX_VALUE;

    private final DatabaseFile file;
    private final WalFile wal;
    private final int pageSize;
    private final FrameIndex earlier = new FrameIndex();

    GrowthPages(DatabaseFile file, WalFile wal, int pageSize) {
        this.file = file;
        this.wal = wal;
        this.pageSize = pageSize;
    }

    /// Adds the pages from `oldCount` to `newCount` that are not in the set, with their hashes.
    ///
    /// @param from where the captured stretch begins
    void addMissing(FrameIndex pages, long oldCount, long newCount, WalPosition from)
            throws IOException {
        if (!isAnyMissing(pages, oldCount, newCount)) {
            return;
        }
        readEarlierFrames(from, oldCount);
        byte[] image = new byte[pageSize];
        long lockPage = LockPage.number(pageSize);
        for (long page = oldCount + 1; page <= newCount; page++) {
            if (page != lockPage && !pages.contains(page)) {
                read(page, image);
                pages.put(page, NONE, PageHash.of(page, image));
            }
        }
    }

    void read(long page, byte[] image) throws IOException {
        long frame = earlier.frame(page);
        if (frame >= 0) {
            wal.readPage(frame, pageSize, image, 0);
        } else {
            file.read((page - 1) * pageSize, image, 0, pageSize);
        }
    }

    private boolean isAnyMissing(FrameIndex pages, long oldCount, long newCount) {
        long lockPage = LockPage.number(pageSize);
        for (long page = oldCount + 1; page <= newCount; page++) {
            if (page != lockPage && !pages.contains(page)) {
                return true;
            }
        }
        return false;
    }

    private void readEarlierFrames(WalPosition from, long oldCount) throws IOException {
        WalReader.read(
                wal,
                WalPosition.start(from.header()),
                from.frames(),
                Long.MAX_VALUE,
                (frame, page, buffer, offset) -> {
                    if (page > oldCount) {
                        earlier.put(page, frame, 0);
                    }
                });
    }
}
