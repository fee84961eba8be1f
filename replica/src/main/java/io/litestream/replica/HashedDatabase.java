package io.litestream.replica;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.PageHash;

import java.io.IOException;
import java.util.OptionalLong;

/// A database of which nothing is kept but the checksum of the pages that came.
final class HashedDatabase implements AssembledDatabase {

    private final LtxHeader newest;
    private final VerificationEffort effort;
    private final PageSet done = new PageSet();
    private final PageSet begun = new PageSet();
    private Checksum checksum = Checksum.EMPTY;
    private int filesDone;

    /// @param newest the header of the plan's last file
    HashedDatabase(LtxHeader newest, VerificationEffort effort) {
        this.newest = newest;
        this.effort = effort;
    }

    @Override
    public int filesDone() {
        return filesDone;
    }

    @Override
    public boolean hasBegunFile() {
        return false; // nothing is left by an earlier run
    }

    @Override
    public boolean wants(long page) {
        return page <= newest.pageCount() && !done.contains(page) && !begun.contains(page);
    }

    @Override
    public void put(long page, byte[] bytes) throws IOException {
        effort.check();
        begun.add(page);
        checksum = checksum.with(PageHash.of(page, bytes));
    }

    @Override
    public void endFile() {
        begun.moveTo(done);
        filesDone++;
    }

    @Override
    public OptionalLong missing() {
        return AssembledDatabase.missing(done, newest);
    }

    @Override
    public Checksum finish() {
        return checksum;
    }
}
