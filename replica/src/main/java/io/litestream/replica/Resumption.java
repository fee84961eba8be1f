package io.litestream.replica;

import io.litestream.ltx.Checksum;
import io.litestream.storage.file.SystemReason;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// What a restore that was killed left of the same plan: pages in the temporary file, each of which
/// was read again and is as it was written.
///
/// @param filesDone how many files of the plan, from the newest, need not be read again
/// @param done the pages of those files
/// @param begun the pages of the file after them
/// @param checksum the checksum of all these pages
record Resumption(int filesDone, PageSet done, PageSet begun, Checksum checksum) {

    /// Which pages may be kept.
    enum Keep {
        /// Those of files that were read to the end, and so were verified.
        VERIFIED_FILES,
        /// Those of the file that was being read, too, as there is another proof in the end.
        ALL
    }

    /// Takes what was left, if it is there and as it should be; else empties the file.
    ///
    /// @param plan the fingerprint of the plan
    /// @param hashes is told the hashes of the pages that are kept
    static Resumption take(
            TemporaryFile file, Path record, long plan, int pageSize, Keep keep, PageHashes hashes)
            throws RestoreException.Failed {
        try {
            Optional<RestoreRecord> left = RestoreRecord.read(record);
            if (left.isPresent() && left.get().plan() == plan) {
                Check check = new Check(left.get(), keep, hashes);
                if (check.passes(file, pageSize)) {
                    return check.resumption();
                }
            }
            RestoreRecord.delete(record);
            file.channel().truncate(0);
            return new Resumption(0, new PageSet(), new PageSet(), Checksum.EMPTY);
        } catch (IOException e) {
            throw new RestoreException.Failed(
                    "cannot use %s: %s".formatted(file.path(), SystemReason.of(e)), e);
        }
    }

    /// Reads the pages of a record again.
    private static final class Check {

        private final RestoreRecord left;
        private final Keep keep;
        private final PageHashes hashes;
        private Checksum doneSum = Checksum.EMPTY;
        private Checksum begunSum = Checksum.EMPTY;

        Check(RestoreRecord left, Keep keep, PageHashes hashes) {
            this.left = left;
            this.keep = keep;
            this.hashes = hashes;
        }

        boolean passes(TemporaryFile file, int pageSize) throws IOException {
            long last = Math.max(left.done().last(), left.begun().last());
            try {
                PageHashes.read(file.channel(), pageSize, last, this::page);
            } catch (EOFException shorter) {
                return false;
            }
            return doneSum.with(begunSum.value()).equals(left.checksum());
        }

        private void page(long page, long hash) {
            if (left.done().contains(page)) {
                doneSum = doneSum.with(hash);
                hashes.put(page, hash);
            } else if (left.begun().contains(page)) {
                begunSum = begunSum.with(hash);
                hashes.put(page, hash);
            }
        }

        Resumption resumption() {
            return switch (keep) {
                case ALL ->
                        new Resumption(
                                left.filesDone(),
                                left.done(),
                                left.begun(),
                                doneSum.with(begunSum.value()));
                case VERIFIED_FILES ->
                        new Resumption(left.filesDone(), left.done(), new PageSet(), doneSum);
            };
        }
    }
}
