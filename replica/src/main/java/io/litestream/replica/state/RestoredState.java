package io.litestream.replica.state;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.Txid;
import io.litestream.storage.file.DurableFiles;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/// A state directory in the making, which a restore leaves beside the file that it restored, so
/// that replication goes on from there and not from a full upload.
///
/// The pages' hashes are put in ascending order; [#checksum] is then that of the restored database.
/// It is made under a temporary name and takes its place whole, or not at all:
///
/// ```java
/// try (RestoredState state = RestoredState.begin(directory, pageSize, pageCount, restored)) {
///     state.put(1, hash); // and so on
///     state.commit(head);
/// }
/// ```
public final class RestoredState implements AutoCloseable {

    private final StateDirectory target;
    private final StateDirectory made;
    private final PageHashTable table;
    private final PageHashTable.Update update;
    private final Txid restored;
    private final long pageCount;

    private RestoredState(
            StateDirectory target,
            StateDirectory made,
            PageHashTable table,
            long pageCount,
            Txid restored) {
        this.target = target;
        this.made = made;
        this.table = table;
        this.update = table.begin(pageCount, restored);
        this.pageCount = pageCount;
        this.restored = restored;
    }

    /// Begins, if there is no state directory yet. One that exists must be left alone: it knows the
    /// line better than a restore.
    ///
    /// @throws FileAlreadyExistsException if there is a state directory
    public static RestoredState begin(
            StateDirectory target, int pageSize, long pageCount, Txid restored) throws IOException {
        DatabaseSize.check(pageSize, pageCount);
        mustNotExist(target);
        StateDirectory made = temporary(target);
        remove(made);
        made.create();
        PageHashTable table = PageHashTable.create(made.table(), pageSize);
        return new RestoredState(target, made, table, pageCount, restored);
    }

    /// Puts the hash of a page. Pages come in ascending order; the lock page is passed over.
    public void put(long page, long hash) throws IOException {
        update.put(page, hash);
    }

    /// Returns the checksum of the pages put so far.
    public Checksum checksum() {
        return table.checksum();
    }

    /// Publishes the state directory, durably. The restored file should have its name by now.
    ///
    /// @param headThen the newest transaction of the replica
    /// @throws FileAlreadyExistsException if there is a state directory by now, which is left alone
    public void commit(Txid headThen) throws IOException {
        update.commit();
        table.force();
        new RestoredPosition(restored, headThen, table.pageSize(), pageCount, checksum())
                .write(made.restored());
        mustNotExist(target);
        try {
            Files.move(made.path(), target.path(), StandardCopyOption.ATOMIC_MOVE);
        } catch (DirectoryNotEmptyException taken) {
            throw new FileAlreadyExistsException(target.toString());
        }
        DurableFiles.forceDirectory(above(target));
    }

    /// Gives up, unless committed: nothing is left.
    @Override
    public void close() throws IOException {
        try {
            table.close();
        } finally {
            remove(made);
        }
    }

    private static StateDirectory temporary(StateDirectory target) {
        return new StateDirectory(
                target.path().resolveSibling(target.path().getFileName() + "-restored.tmp"));
    }

    private static Path above(StateDirectory target) throws IOException {
        Path above = target.path().getParent();
        if (above == null) {
            throw new IOException("the root cannot hold the state of a database");
        }
        return above;
    }

    private static void mustNotExist(StateDirectory target) throws FileAlreadyExistsException {
        if (Files.exists(target.path())) {
            throw new FileAlreadyExistsException(target.toString());
        }
    }

    /// Removes what [#begin] and [#commit] make, and nothing else.
    private static void remove(StateDirectory made) throws IOException {
        if (!made.exists()) {
            return;
        }
        made.removeLeftovers();
        Path ltx = made.path().resolve("ltx");
        for (Path path : List.of(made.table(), made.restored(), made.ltx0(), ltx, made.path())) {
            Files.deleteIfExists(path);
        }
    }
}
