package io.litestream.replica;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.LtxHeader;

import java.io.IOException;
import java.util.OptionalLong;

/// What an [Assembly] puts a database together in. Its pages come file by file, from the newest; a
/// page that is there already is not wanted again.
interface AssembledDatabase {

    /// Returns how many files of the plan, from the newest, are in.
    int filesDone();

    /// Says whether pages of the file after those are in.
    boolean hasBegunFile();

    /// Says whether a page of the present file is wanted: the database has it, and no newer image
    /// of it is in.
    boolean wants(long page);

    /// Takes a page that is wanted.
    void put(long page, byte[] bytes) throws IOException;

    /// Notes that the present file was read to the end.
    void endFile();

    /// Returns the first page that is in no file, once all were read.
    OptionalLong missing();

    /// Waits until everything is in, and returns its checksum.
    Checksum finish() throws IOException;

    /// Returns the first page of a database that is not in a set.
    ///
    /// @param newest the header of the file that made the database what it is
    static OptionalLong missing(PageSet pages, LtxHeader newest) {
        if (pages.size() == newest.snapshotPages()) {
            return OptionalLong.empty();
        }
        long missing = pages.firstAbsent(1);
        return OptionalLong.of(
                missing == newest.lockPage() ? pages.firstAbsent(missing + 1) : missing);
    }
}
