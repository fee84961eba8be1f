package io.litestream.engine;

import io.litestream.ltx.CorruptFileException;
import io.litestream.ltx.LtxDecoder;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.PageHash;
import io.litestream.ltx.Txid;
import io.litestream.replica.state.PageHashTable;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Finds the table of page hashes that agrees with the newest file of the line.
///
/// A crash can leave the table behind the newest files, and a power loss can take back part of it.
/// So the files since it was last forced to disk are applied to it again, which changes nothing
/// where they were; then its checksum must be the one in the newest file's tag. Otherwise there is
/// no table: it is never computed afresh and trusted, since that would lose the difference between
/// the database and what was published.
final class TableLoad {

    private TableLoad() {}

    /// Returns the table at the newest file of the spool; empty if there is none that agrees with
    /// it.
    static Optional<PageHashTable> at(LtxHeader newest, Spool spool, Path file) throws IOException {
        Optional<PageHashTable> found = PageHashTable.open(file);
        if (found.isEmpty()) {
            return found;
        }
        PageHashTable table = found.get();
        boolean agrees = false;
        try {
            agrees = catchUp(table, newest.range().last(), spool) && isAt(table, newest);
        } catch (CorruptFileException e) {
            System.getLogger(TableLoad.class.getName())
                    .log(System.Logger.Level.WARNING, e.getMessage());
        } finally {
            if (!agrees) {
                table.close();
            }
        }
        return agrees ? found : Optional.empty();
    }

    private static boolean catchUp(PageHashTable table, Txid newest, Spool spool)
            throws IOException {
        if (table.durableThrough().isEmpty() || table.durableThrough().get().isAfter(newest)) {
            return false;
        }
        Txid next = table.durableThrough().get().next();
        for (; !next.isAfter(newest); next = next.next()) {
            if (!spool.contains(next)) {
                return false;
            }
            apply(table, spool.path(next));
        }
        return true;
    }

    private static boolean isAt(PageHashTable table, LtxHeader newest) throws IOException {
        return table.pageSize() == newest.pageSize()
                && table.pageCount() == newest.pageCount()
                && table.txid().equals(Optional.of(newest.range().last()))
                && newest.tag().postApply().equals(Optional.of(table.checksum()));
    }

    private static void apply(PageHashTable table, Path file) throws IOException {
        try (LtxDecoder decoder =
                new LtxDecoder(
                        new BufferedInputStream(Files.newInputStream(file)),
                        file.getFileName().toString())) {
            LtxHeader header = decoder.header();
            PageHashTable.Update update = table.begin(header.pageCount(), header.range().last());
            while (decoder.next()) {
                update.put(decoder.pageNumber(), PageHash.of(decoder.pageNumber(), decoder.page()));
            }
            update.commit();
        }
    }
}
