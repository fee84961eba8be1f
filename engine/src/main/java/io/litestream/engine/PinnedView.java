package io.litestream.engine;

import io.litestream.replica.state.Position;
import io.litestream.sqlite.DatabaseFile;
import io.litestream.sqlite.LockPage;
import io.litestream.sqlite.WalFile;
import io.litestream.sqlite.WalMismatchException;
import io.litestream.sqlite.WalPosition;
import io.litestream.sqlite.WalRead;
import io.litestream.sqlite.WalReader;

import org.jspecify.annotations.Nullable;

import java.io.EOFException;
import java.io.IOException;
import java.util.Optional;

/// Every page of a database as of one position in its WAL, while a pin that began before that
/// position was asked for is held, and does not move.
///
/// A page's newest frame up to the position is the page; a page without one is right in the
/// database file, since nothing beyond the pin can be checkpointed into it. If the WAL restarts
/// meanwhile, the pin was on the database file alone: then everything up to the position is in the
/// file, and the frames are not needed. Hence the header is read again after each batch. Confined
/// to one thread.
final class PinnedView implements PageView {

    private static final int BATCH_BYTES = 1 << 20;

    private final DatabaseFile file;
    private final int pageSize;
    private final long pageCount;
    private final long lockPage;
    private final Optional<WalPosition> position;
    private @Nullable WalFile wal; // null once no page needs it
    private FrameIndex frames = new FrameIndex();

    private PinnedView(
            DatabaseFile file, Optional<WalPosition> position, int pageSize, long pageCount) {
        this.file = file;
        this.position = position;
        this.pageSize = pageSize;
        this.pageCount = pageCount;
        this.lockPage = LockPage.number(pageSize);
    }

    /// Takes the view at the end of the valid frames.
    ///
    /// @param tail asked for after the pin began
    static PinnedView take(WalSource database, WalTail tail) throws IOException, ContinuityLost {
        DatabaseFile file = database.file();
        if (tail.validFrames() == 0) {
            return ofFile(file);
        }
        var header = tail.header().orElseThrow();
        FrameIndex frames = new FrameIndex();
        try {
            WalRead read =
                    WalReader.read(
                            database.wal(),
                            WalPosition.start(header),
                            tail.validFrames(),
                            Long.MAX_VALUE,
                            (frame, page, buffer, offset) -> frames.put(page, frame, 0));
            if (!database.header().equals(tail.header())) {
                return ofFile(file); // it restarted, so the pin is on the file alone
            }
            PinnedView view =
                    new PinnedView(
                            file, Optional.of(read.end()), header.pageSize(), read.pageCount());
            view.wal = database.wal();
            view.frames = frames;
            return view;
        } catch (WalMismatchException e) {
            if (!database.header().equals(tail.header())) {
                return ofFile(file);
            }
            throw new ContinuityLost(e);
        }
    }

    private static PinnedView ofFile(DatabaseFile file) throws IOException {
        var header = file.header();
        long stored = header.pageCount();
        long pages = stored > 0 ? stored : file.sizeBytes() / header.pageSize();
        return new PinnedView(file, Optional.empty(), header.pageSize(), pages);
    }

    /// Takes the view at the position of a line, which a capture has just moved to the end of the
    /// WAL.
    static PinnedView at(WalSource database, Position position) throws IOException, ContinuityLost {
        Optional<WalPosition> wal = position.wal().filter(p -> p.frames() > 0);
        if (wal.isEmpty() || !wal.map(WalPosition::header).equals(database.header())) {
            // The WAL is empty or another one: it could restart only with all of the last one in
            // the file.
            return new PinnedView(
                    database.file(), Optional.empty(), position.pageSize(), position.pageCount());
        }
        return take(database, new WalTail(database.header(), wal.get().frames(), 0));
    }

    @Override
    public Optional<WalPosition> position() {
        return position;
    }

    @Override
    public int pageSize() {
        return pageSize;
    }

    @Override
    public long pageCount() {
        return pageCount;
    }

    @Override
    public void forEach(PageSink sink) throws IOException {
        int batch = Math.max(1, BATCH_BYTES / pageSize);
        byte[] buffer = new byte[batch * pageSize];
        for (long first = 1; first <= pageCount; first += batch) {
            int count = (int) Math.min(batch, pageCount - first + 1);
            readBatch(first, count, buffer);
            for (int i = 0; i < count; i++) {
                if (first + i != lockPage) {
                    sink.page(first + i, buffer, i * pageSize);
                }
            }
        }
    }

    @Override
    public void read(long page, byte[] buffer) throws IOException {
        readBatch(page, 1, buffer);
    }

    private void readBatch(long first, int count, byte[] buffer) throws IOException {
        file.read((first - 1) * pageSize, buffer, 0, count * pageSize);
        WalFile open = wal;
        if (open != null && !overlaid(open, first, count, buffer)) {
            wal = null;
            frames = new FrameIndex();
            file.read((first - 1) * pageSize, buffer, 0, count * pageSize);
        }
    }

    /// Puts the frames over what the file has; says whether they were still those of the view.
    private boolean overlaid(WalFile open, long first, int count, byte[] buffer)
            throws IOException {
        try {
            return !overlay(open, first, count, buffer) || isSameWal(open);
        } catch (EOFException e) {
            if (isSameWal(open)) {
                throw e;
            }
            return false; // it was truncated
        }
    }

    private boolean isSameWal(WalFile open) throws IOException {
        return open.header().equals(position.map(WalPosition::header));
    }

    private boolean overlay(WalFile open, long first, int count, byte[] buffer) throws IOException {
        boolean any = false;
        for (int i = 0; i < count; i++) {
            long frame = frames.frame(first + i);
            if (frame >= 0) {
                open.readPage(frame, pageSize, buffer, i * pageSize);
                any = true;
            }
        }
        return any;
    }
}
