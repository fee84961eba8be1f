package io.litestream.replica;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.LtxHeader;
import io.litestream.storage.file.SystemReason;
import io.litestream.time.Clock;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;

/// A database as far as it has been put together: the temporary file, which pages are in it, and
/// now and then a record of that beside it.
///
/// Its pages come file by file, from the newest; a page that is there already is not wanted again.
final class PartialDatabase implements AssembledDatabase, AutoCloseable {

    private static final Duration RECORD_EVERY = Duration.ofSeconds(3);

    /// A record needs every page in its place, and what waits for others is costly to write alone.
    private static final Duration RECORD_EVERY_WHILE_HOLDING = Duration.ofSeconds(12);

    private static final int PAGES_BETWEEN_LOOKS = 256;

    private final Path record;
    private final long plan;
    private final LtxHeader newest;
    private final Clock clock;
    private final PageWriter writer;

    /// The pages of files that were read to the end.
    private final PageSet done;

    /// The pages of the file that is being read.
    private final PageSet begun;

    private int filesDone;
    private long recordedNanos;
    private int pagesUntilLook = PAGES_BETWEEN_LOOKS;

    /// Goes on from what a restore of the same plan left.
    ///
    /// @param newest the header of the plan's last file
    PartialDatabase(
            TemporaryFile file,
            Path record,
            long plan,
            LtxHeader newest,
            Resumption left,
            PageHashes hashes,
            Clock clock) {
        this.record = record;
        this.plan = plan;
        this.newest = newest;
        this.clock = clock;
        this.done = left.done();
        this.begun = left.begun();
        this.filesDone = left.filesDone();
        this.recordedNanos = clock.nanoTime();
        this.writer =
                new PageWriter(
                        file,
                        newest.pageSize(),
                        newest.pageCount(),
                        hashes,
                        left.checksum(),
                        this::isSettled);
    }

    private boolean isSettled(long page) {
        return done.contains(page) || begun.contains(page) || page == newest.lockPage();
    }

    @Override
    public int filesDone() {
        return filesDone;
    }

    @Override
    public boolean hasBegunFile() {
        return begun.size() > 0;
    }

    @Override
    public boolean wants(long page) {
        return page <= newest.pageCount() && !done.contains(page) && !begun.contains(page);
    }

    @Override
    public void put(long page, byte[] bytes) throws IOException {
        begun.add(page);
        writer.put(page, bytes);
        if (--pagesUntilLook == 0) {
            pagesUntilLook = PAGES_BETWEEN_LOOKS;
            recordIfDue();
        }
    }

    @Override
    public void endFile() {
        begun.moveTo(done);
        filesDone++;
    }

    private void recordIfDue() throws IOException {
        long now = clock.nanoTime();
        Duration least = writer.holds() ? RECORD_EVERY_WHILE_HOLDING : RECORD_EVERY;
        if (now - recordedNanos < least.toNanos()) {
            return;
        }
        writer.force();
        try {
            new RestoreRecord(plan, filesDone, done, begun, writer.checksum()).write(record);
        } catch (IOException e) {
            throw new RestoreException.Failed(
                    "cannot write %s: %s".formatted(record, SystemReason.of(e)), e);
        }
        recordedNanos = clock.nanoTime();
    }

    @Override
    public OptionalLong missing() {
        return AssembledDatabase.missing(done, newest);
    }

    @Override
    public Checksum finish() throws IOException {
        writer.finish();
        return writer.checksum();
    }

    @Override
    public void close() throws IOException {
        writer.close();
    }
}
