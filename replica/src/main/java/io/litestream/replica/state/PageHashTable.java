package io.litestream.replica.state;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.CorruptFileException;
import io.litestream.ltx.Txid;
import io.litestream.sqlite.LockPage;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// The hash of each page of a database as of a transaction, in a file that is changed in place.
///
/// | Offset     | Size | Content                                                               |
/// |-----------:|-----:|-----------------------------------------------------------------------|
/// |          0 | 4096 | the header: size, transactions, checksum; then zeros                  |
/// | 4096 · _b_ | 4096 | block _b_, from 1: the hashes of 511 pages, checksum                  |
///
/// A page without a hash (beyond the end, never put, or the lock page) has hash 0 and counts for
/// nothing in the [checksum][#checksum], which is the XOR of all hashes.
///
/// **Trust.** What [#open] returns is made of whole blocks, and nothing more is certain: a process
/// that died in an update leaves some blocks of the new state, and a machine that lost power since
/// the last [#force] leaves some of an older one. So the caller applies the LTX files after
/// [#durableThrough] again, or if it does not have them those after [#txid], at least the newest;
/// that is idempotent. If the checksum is then the newest file's post-apply one, the table is that
/// of the file. If not, there is no table.
///
/// Memory does not grow with the database: one block is held. One thread at a time uses a table.
/// When a call fails with an `IOException`, the update may be begun again; a [CorruptFileException]
/// means that there is no table any more.
public final class PageHashTable implements AutoCloseable {

    // Order of writing. An update writes its blocks, cuts the file, and then writes the header, so
    // that a header never names a transaction whose blocks a mere crash could have kept back. Pages
    // beyond the page count have no hash, and `extent` bounds those that may have one all the same:
    // left by an update that was never committed. The next update removes them.

    private final Path path;
    private final FileChannel channel;
    private final HashBlocks blocks;
    private final long lockPage;

    private TableHeader header;

    /// No page after this one has a hash.
    private long extent;

    private @Nullable Update active;

    private PageHashTable(Path path, FileChannel channel, HashBlocks blocks, TableHeader header) {
        this.path = path;
        this.channel = channel;
        this.blocks = blocks;
        this.header = header;
        this.lockPage = LockPage.number(header.pageSize());
    }

    /// Creates a table of a database without pages, in the place of what the file held.
    public static PageHashTable create(Path file, int pageSize) throws IOException {
        FileChannel channel = FileChannel.open(file, CREATE, READ, WRITE, TRUNCATE_EXISTING);
        try {
            return create(file, channel, pageSize);
        } catch (IOException | RuntimeException failure) {
            closeAfter(channel, failure);
            throw failure;
        }
    }

    /// As above, over a channel on a file that is empty.
    static PageHashTable create(Path file, FileChannel channel, int pageSize) throws IOException {
        TableHeader empty = new TableHeader(pageSize, 0, Optional.empty(), Optional.empty());
        ByteBuffer front = ByteBuffer.allocate(HashBlock.SIZE).put(empty.encode()).rewind();
        Channels.write(channel, file, front, 0);
        return new PageHashTable(file, channel, new HashBlocks(channel, file), empty);
    }

    /// Opens a table and checks every block. Returns nothing if there is no file, or if it is not a
    /// table of this version, or if any block of it is damaged.
    ///
    /// @throws IOException only if the file cannot be read
    public static Optional<PageHashTable> open(Path file) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(file, READ, WRITE);
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
        try {
            Optional<PageHashTable> table = load(file, channel);
            if (table.isEmpty()) {
                channel.close();
            }
            return table;
        } catch (CorruptFileException damaged) {
            channel.close();
            return Optional.empty();
        } catch (IOException | RuntimeException failure) {
            closeAfter(channel, failure);
            throw failure;
        }
    }

    /// As above, over a channel.
    ///
    /// @throws CorruptFileException if a block is damaged
    static Optional<PageHashTable> load(Path file, FileChannel channel) throws IOException {
        byte[] front = new byte[TableHeader.SIZE];
        if (!mayBeTable(channel.size()) || !Channels.read(channel, ByteBuffer.wrap(front), 0)) {
            return Optional.empty();
        }
        Optional<TableHeader> header = TableHeader.decode(front);
        if (header.isEmpty()) {
            return Optional.empty();
        }
        HashBlocks blocks = new HashBlocks(channel, file);
        long lastPage = blocks.scan();
        PageHashTable table = new PageHashTable(file, channel, blocks, header.get());
        table.extent = Math.max(header.get().pageCount(), lastPage);
        return Optional.of(table);
    }

    private static boolean mayBeTable(long size) {
        long largest = (HashBlock.numberOf(DatabaseSize.MAX_PAGES) + 1) * HashBlock.SIZE;
        return size >= HashBlock.SIZE && size % HashBlock.SIZE == 0 && size <= largest;
    }

    /// Returns the size of the database's pages, in bytes.
    public int pageSize() {
        return header.pageSize();
    }

    /// Returns the size of the database in pages, as of [#txid].
    public long pageCount() {
        return header.pageCount();
    }

    /// Returns the transaction of the last update that was committed.
    public Optional<Txid> txid() {
        return header.txid();
    }

    /// Returns the last transaction whose update no loss of power can take back.
    public Optional<Txid> durableThrough() {
        return header.durableThrough();
    }

    /// Returns the XOR of all hashes, as of now: in the middle of an update, those put so far.
    public Checksum checksum() {
        return new Checksum(blocks.xor());
    }

    /// Returns the hash of this page, or 0 if it has none. Fast in ascending order.
    public long get(long page) throws IOException {
        return page > extent ? 0 : blocks.get(checked(page, DatabaseSize.MAX_PAGES));
    }

    /// Returns what [#checksum] will be once these changes are committed. Changes nothing.
    ///
    /// Takes time for the pages that change and those that a shrinking database loses, not for all.
    public Checksum preview(long newPageCount, PageChanges changes) throws IOException {
        DatabaseSize.check(pageSize(), newPageCount);
        Preview preview = new Preview(newPageCount);
        changes.forEach(preview);
        return new Checksum(preview.result ^ lostBy(newPageCount));
    }

    /// Begins an update to a transaction after which the database has that many pages. An earlier
    /// update that was not committed is abandoned; what it put stays until something else is put.
    ///
    /// What is put may be in the file at once. So the transaction is published by then, or the
    /// table is one that was never committed.
    public Update begin(long newPageCount, Txid newTxid) {
        Update update = new Update(newPageCount, newTxid);
        active = update;
        return update;
    }

    /// Makes one update of these changes: [#begin], put each, commit.
    public void apply(long newPageCount, Txid newTxid, PageChanges changes) throws IOException {
        Update update = begin(newPageCount, newTxid);
        changes.forEach(update::put);
        update.commit();
    }

    /// Forces everything committed to the disk, and notes that in the file.
    public void force() throws IOException {
        channel.force(false);
        write(new TableHeader(pageSize(), pageCount(), txid(), txid()));
        channel.force(false);
    }

    /// Closes the file. An update that was not committed is abandoned.
    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public String toString() {
        return path.toString();
    }

    private long lostBy(long newPageCount) throws IOException {
        return newPageCount < extent ? blocks.xorAfter(newPageCount) : 0;
    }

    private void write(TableHeader next) throws IOException {
        Channels.write(channel, path, next.encode(), 0);
        header = next;
    }

    private static long checked(long page, long pageCount) {
        if (page < 1 || page > pageCount) {
            throw new IllegalArgumentException(
                    "a page is from 1 to %d, but this is %d".formatted(pageCount, page));
        }
        return page;
    }

    private static long ascending(long page, long previous) {
        if (page <= previous) {
            throw new IllegalArgumentException(
                    "pages come in ascending order, but %d follows %d".formatted(page, previous));
        }
        return page;
    }

    private static void closeAfter(FileChannel channel, Exception failure) {
        try {
            channel.close();
        } catch (IOException second) {
            failure.addSuppressed(second);
        }
    }

    private final class Preview implements PageChanges.Visitor {

        private final long newPageCount;
        private long result = blocks.xor();
        private long previous;

        private Preview(long newPageCount) {
            this.newPageCount = newPageCount;
        }

        @Override
        public void page(long page, long hash) throws IOException {
            previous = ascending(checked(page, newPageCount), previous);
            if (page != lockPage) {
                result ^= get(page) ^ hash;
            }
        }
    }

    /// The way from one transaction to another. Abandoned unless committed.
    public final class Update {

        private final long newPageCount;
        private final Txid newTxid;
        private long previous;

        private Update(long newPageCount, Txid newTxid) {
            DatabaseSize.check(pageSize(), newPageCount);
            this.newPageCount = newPageCount;
            this.newTxid = newTxid;
        }

        /// Sets the hash of a page. Pages come in ascending order, up to the new page count; the
        /// lock page is passed over.
        public void put(long page, long hash) throws IOException {
            mustBeActive();
            previous = ascending(checked(page, newPageCount), previous);
            if (page != lockPage) {
                extent = Math.max(extent, page);
                blocks.set(page, hash);
            }
        }

        /// Drops the pages beyond the new page count, writes everything, and then the header.
        public void commit() throws IOException {
            mustBeActive();
            if (newPageCount < extent) {
                blocks.clearAfter(newPageCount);
            }
            blocks.flush();
            extent = newPageCount;
            write(
                    new TableHeader(
                            pageSize(), newPageCount, Optional.of(newTxid), durableThrough()));
            active = null;
        }

        private void mustBeActive() {
            if (active != this) {
                throw new IllegalStateException(
                        "%s: the update to txid %s is no longer open".formatted(path, newTxid));
            }
        }
    }
}
