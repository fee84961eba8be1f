package io.litestream.replica;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.PageIndex;
import io.litestream.ltx.Txid;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PrimitiveIterator;

/// The pages that may differ between the states after two transactions: those that any file between
/// them holds.
///
/// @param pages may hold more pages than differ, but never fewer
/// @param pageCount the size of the database after the later transaction
/// @param before the checksum of the state after the earlier transaction, where it is known
public record TouchedPages(PageSet pages, long pageCount, Optional<Checksum> before) {

    private static final int INDEXES_AT_ONCE = 8;

    /// Reads page indexes, and no pages. Returns nothing if files between the two are missing, so
    /// that any page may differ. Page 1 may always: where the two are one and the same, it is the
    /// only one.
    ///
    /// @throws io.litestream.ltx.CorruptFileException if one of the files is damaged
    /// @throws io.litestream.storage.StorageException if one cannot be read
    public static Optional<TouchedPages> between(
            Replica replica, Inventory inventory, Txid after, Txid to) throws IOException {
        if (after.equals(to)) {
            return none(replica, inventory, to);
        }
        Optional<List<ReplicaFile>> files = RestorePlanner.between(inventory, after, to);
        if (files.isEmpty()) {
            return Optional.empty();
        }
        LtxHeader last = replica.header(files.get().getLast());
        PageSet pages = new PageSet();
        for (PageIndex index :
                FanOut.all(
                        "indexes of " + replica.name(),
                        files.get(),
                        INDEXES_AT_ONCE,
                        replica::pageIndex)) {
            PrimitiveIterator.OfLong numbers = index.pageNumbers().iterator();
            while (numbers.hasNext()) {
                pages.add(numbers.nextLong());
            }
        }
        ReplicaFile first = files.get().getFirst();
        Optional<Checksum> before =
                first.range().first().equals(after.next())
                        ? replica.header(first).tag().preApply()
                        : Optional.empty();
        return Optional.of(new TouchedPages(pages, last.pageCount(), before));
    }

    /// Without a checksum, nobody could say that both mean the same state by that transaction.
    private static Optional<TouchedPages> none(Replica replica, Inventory inventory, Txid at)
            throws IOException {
        Optional<ReplicaFile> file =
                inventory.files().stream()
                        .filter(each -> each.range().last().equals(at))
                        .min(Comparator.comparing(ReplicaFile::level));
        if (file.isEmpty()) {
            return Optional.empty();
        }
        LtxHeader header = replica.header(file.get());
        PageSet first = new PageSet();
        first.add(1);
        Optional<Checksum> known = header.tag().postApply();
        return known.map(_ -> new TouchedPages(first, header.pageCount(), known));
    }
}
