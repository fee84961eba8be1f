package io.litestream.replica;

import io.litestream.ltx.CorruptFileException;
import io.litestream.ltx.LtxDecoder;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.PageIndex;
import io.litestream.ltx.TxidRange;
import io.litestream.storage.ObjectContent;
import io.litestream.storage.ObjectInfo;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.ObjectStore;
import io.litestream.storage.StorageException;

import java.io.EOFException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/// The LTX files of one database in one store, which is rooted at the replica's path.
///
/// Its methods block, and any thread may call them. Each makes one attempt.
public final class Replica {

    private static final int LISTED_AT_ONCE = 50_000;
    private static final int DELETED_AT_ONCE = 16;

    private final String name;
    private final ObjectStore store;
    private final AbsenceTellingObjectStore absence; // what every call goes through in the end
    private final KeyLayout layout;

    /// `name` is what people are told when this replica is meant; the store stays the caller's to
    /// close.
    public Replica(String name, ObjectStore store, KeyLayout layout) {
        this.name = Objects.requireNonNull(name);
        this.absence = new AbsenceTellingObjectStore(store);
        this.store = absence;
        this.layout = Objects.requireNonNull(layout);
    }

    private Replica(Replica of, ObjectStore store) {
        this.name = of.name;
        this.absence = of.absence;
        this.store = Objects.requireNonNull(store);
        this.layout = of.layout;
    }

    /// Returns what people are told when this replica is meant.
    public String name() {
        return name;
    }

    /// Returns the store, rooted at the replica's path. It says of an absent object that it is
    /// absent, also without the right to list.
    public ObjectStore store() {
        return store;
    }

    /// Returns the same replica, with its calls made through a decorator of [#store].
    public Replica through(ObjectStore decorator) {
        return new Replica(this, decorator);
    }

    /// Returns the key under which a file is, or would be, stored.
    public ObjectKey key(ReplicaFile file) {
        return key(file.level(), file.range());
    }

    /// Returns the key under which a file of a level is, or would be, stored.
    public ObjectKey key(Level level, TxidRange range) {
        return layout.key(level, range);
    }

    /// Returns all files. Objects with other names than those of LTX files are left out.
    ///
    /// Where listing is denied, the files are those of the catalog and the slots that follow it.
    /// Where reading is denied as well, that may look like an empty replica: see [#ensureReadable].
    ///
    /// @throws StorageException.Rejected if listing is denied, and nothing else tells what there is
    public Inventory inventory() throws IOException {
        try {
            return list();
        } catch (StorageException.Denied e) {
            return new UnlistedReplica(name, store, layout).inventory();
        }
    }

    /// Returns the files of a level, as [#inventory] does for all of them.
    public List<ReplicaFile> files(Level level) throws IOException {
        try {
            return list(level);
        } catch (StorageException.Denied e) {
            return new UnlistedReplica(name, store, layout).inventory().files(level);
        }
    }

    /// Makes sure that what was not found is absent, and not just denied to us. Where the store
    /// does not tell, an empty catalog is stored, unless there is one, and read.
    ///
    /// @throws StorageException.Denied if objects may be stored, but not read
    public void ensureReadable(Instant now) throws IOException {
        if (!absence.isGuessing() || mayReadCatalog()) {
            return;
        }
        byte[] empty = Catalog.encode(Inventory.empty());
        StorageException.Denied denied =
                new StorageException.Denied(
                        "objects of %s may be stored, but not read: allow that, too"
                                .formatted(name),
                        null);
        try {
            store.create(Catalog.KEY, now, out -> out.write(empty));
        } catch (StorageException.Conflict e) {
            throw denied; // it is there
        }
        if (!mayReadCatalog()) {
            throw denied;
        }
    }

    private boolean mayReadCatalog() throws IOException {
        try {
            store.open(Catalog.KEY, 0, 1).close();
            return true;
        } catch (StorageException.NotFound e) {
            return false;
        }
    }

    /// Stores what the replica holds, for those who may not list it, in place of what was stored
    /// before. This goes before the deletion of any file, and names none that is to be deleted.
    public void storeCatalog(Inventory inventory, Instant now) throws IOException {
        byte[] catalog = Catalog.encode(inventory);
        store.replace(Catalog.KEY, now, out -> out.write(catalog));
    }

    private Inventory list() throws IOException {
        List<ReplicaFile> files = new ArrayList<>();
        FanOut.all("list " + name, Level.all(), Level.all().size(), this::list)
                .forEach(files::addAll);
        return Inventory.of(files);
    }

    private List<ReplicaFile> list(Level level) throws StorageException {
        List<ReplicaFile> files = new ArrayList<>();
        ObjectKey prefix = layout.levelPrefix(level);
        String after = "";
        while (true) {
            List<ObjectInfo> page = store.list(prefix, after, LISTED_AT_ONCE);
            page.forEach(object -> file(level, prefix, object).ifPresent(files::add));
            if (page.size() < LISTED_AT_ONCE) {
                return files;
            }
            after = below(prefix, page.getLast().key());
        }
    }

    private static Optional<ReplicaFile> file(Level level, ObjectKey prefix, ObjectInfo object) {
        return TxidRange.parseFileName(below(prefix, object.key()))
                .map(range -> new ReplicaFile(level, range, object.size(), object.created()));
    }

    private static String below(ObjectKey prefix, ObjectKey key) {
        return key.value().substring(prefix.value().length() + 1);
    }

    /// Opens a file. The caller closes the stream.
    ///
    /// @throws StorageException.NotFound if it is no longer there
    public InputStream open(ReplicaFile file) throws StorageException {
        return open(file, 0, Long.MAX_VALUE);
    }

    /// Opens at most `length` bytes of a file, from `offset`. The caller closes the stream.
    ///
    /// @throws StorageException.NotFound if it is no longer there
    public InputStream open(ReplicaFile file, long offset, long length) throws StorageException {
        return store.open(key(file), offset, length);
    }

    /// Reads a file's header.
    ///
    /// @throws CorruptFileException if it is no header, or that of a file with another name
    /// @throws StorageException.NotFound if the file is no longer there
    public LtxHeader header(ReplicaFile file) throws IOException {
        return checked(file, anyHeader(file));
    }

    /// Reads a header, which may be that of a file with another name.
    LtxHeader anyHeader(ReplicaFile file) throws IOException {
        return LtxHeader.decode(read(file, 0, LtxHeader.SIZE), key(file).value());
    }

    /// Returns the header of a file, if it says what the file's name says.
    LtxHeader checked(ReplicaFile file, LtxHeader header) throws CorruptFileException {
        if (!header.range().equals(file.range())) {
            throw new CorruptFileException(
                    key(file).value(),
                    0,
                    "a header of txid " + file.range(),
                    "one of txid " + header.range());
        }
        return header;
    }

    /// Reads which pages a file has, without reading the pages.
    ///
    /// @throws CorruptFileException if the file has no sound index
    /// @throws StorageException.NotFound if the file is no longer there
    public PageIndex pageIndex(ReplicaFile file) throws IOException {
        return PageIndex.read(
                key(file).value(), file.size(), (offset, length) -> read(file, offset, length));
    }

    /// Reads so many bytes, or what the file has according to its listing.
    ///
    /// @throws EOFException if the stream ends before that
    private byte[] read(ReplicaFile file, long offset, int length) throws IOException {
        try (InputStream in = open(file, offset, length)) {
            byte[] bytes = in.readNBytes(length);
            if (bytes.length < Math.min(length, file.size() - offset)) {
                throw new EOFException(
                        "%s has %d bytes, but its content ended after %d"
                                .formatted(key(file), file.size(), offset + bytes.length));
            }
            return bytes;
        }
    }

    /// Stores a file, which has to be an LTX file of this range. If it is already there with equal
    /// content, that is a success.
    ///
    /// @throws StorageException.Conflict if another file is already there
    /// @throws IOException if the content could not be had
    public ReplicaFile create(Level level, TxidRange range, Instant created, ObjectContent content)
            throws IOException {
        ObjectKey key = key(level, range);
        Measured measured = new Measured(content);
        store.create(key, created, measured);
        return new ReplicaFile(level, range, measured.size, created);
    }

    /// Stores a file again as it is, so that the store takes it for new. It is verified meanwhile;
    /// if it is damaged, it stays as it is.
    ///
    /// @throws StorageException.NotFound if it is no longer there
    public void renew(ReplicaFile file) throws IOException {
        LtxHeader header = header(file);
        store.replace(
                key(file),
                header.timestamp(),
                out -> {
                    try (InputStream in = new CopiedInput(open(file), out);
                            LtxDecoder decoder = new LtxDecoder(in, key(file).value())) {
                        checked(file, decoder.header());
                        while (decoder.next()) {
                            // the decoder reads and verifies every byte
                        }
                    }
                });
    }

    /// Deletes a file. If it is not there, that is a success.
    public void delete(ReplicaFile file) throws StorageException {
        store.delete(key(file));
    }

    /// Deletes files, several at once and in no particular order. If some are not there, that is a
    /// success. The first failure is thrown, after all deletions that were begun have ended.
    ///
    /// @param deleted told of each file that is gone, by any thread
    public void delete(List<ReplicaFile> files, Consumer<ReplicaFile> deleted) throws IOException {
        FanOut.Question<ReplicaFile, ReplicaFile> question =
                file -> {
                    delete(file);
                    deleted.accept(file);
                    return file;
                };
        FanOut.all("delete from " + name, files, DELETED_AT_ONCE, question);
    }

    @Override
    public String toString() {
        return name;
    }

    /// Content that remembers how many bytes it last wrote.
    private static final class Measured implements ObjectContent {

        private final ObjectContent content;
        private volatile long size;

        Measured(ObjectContent content) {
            this.content = content;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            Counting counting = new Counting(out);
            content.writeTo(counting);
            size = counting.count;
        }
    }

    private static final class Counting extends FilterOutputStream {

        private long count;

        Counting(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            count++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            count += length;
        }
    }
}
