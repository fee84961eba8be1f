package io.litestream.engine;

import io.litestream.ltx.LtxDecoder;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.replica.state.StateDirectory;
import io.litestream.storage.file.DurableFiles;
import io.litestream.storage.file.Publication;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/// The files of the line at level 0 that are kept locally, one for each transaction: those that a
/// destination still needs, and always the newest. Any thread may read; the worker that drives the
/// database writes.
final class Spool {

    private static final int COPY_BYTES = 1 << 18;

    private final Path directory;
    private final Path scratch;
    private final ConcurrentNavigableMap<Txid, Held> files = new ConcurrentSkipListMap<>();
    private final AtomicLong bytes = new AtomicLong();
    private volatile Optional<Txid> inherited = Optional.empty(); // the newest when this was opened
    private volatile Optional<Instant> uncapturedSince = Optional.empty();

    /// A file.
    ///
    /// @param committed about when the oldest commit in it was made
    private record Held(long size, Instant committed) {}

    /// What is not yet at some place.
    ///
    /// @param oldest about when the oldest commit was made that is not there; empty if all are
    record Waiting(int files, long bytes, Optional<Instant> oldest) {

        static final Waiting NOTHING = new Waiting(0, 0, Optional.empty());
    }

    private Spool(Path directory, Path scratch) {
        this.directory = directory;
        this.scratch = scratch;
    }

    /// Opens the spool in a state directory, where it makes the directories that are missing. What
    /// a crash left behind is removed.
    static Spool open(StateDirectory state) throws IOException {
        Path directory = state.ltx0();
        DurableFiles.createDirectories(directory);
        DurableFiles.removeLeftovers(directory);
        Merging.clear(state.backlog());
        Spool spool = new Spool(directory, state.backlog());
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(directory)) {
            for (Path path : paths) {
                Optional<TxidRange> range = TxidRange.parseFileName(path.getFileName().toString());
                if (range.isPresent() && range.get().first().equals(range.get().last())) {
                    Instant written = Files.getLastModifiedTime(path).toInstant();
                    spool.note(range.get().last(), new Held(Files.size(path), written));
                }
            }
        }
        spool.inherited = spool.newest();
        return spool;
    }

    /// Returns a directory for what is made of the files on their way out. It need not exist.
    Path scratch() {
        return scratch;
    }

    Path path(Txid txid) {
        return directory.resolve(TxidRange.of(txid).fileName());
    }

    /// Returns the files of a range, oldest first, whether or not they are there.
    List<Path> paths(TxidRange range) {
        List<Path> paths = new ArrayList<>();
        for (Txid txid = range.first(); !txid.isAfter(range.last()); txid = txid.next()) {
            paths.add(path(txid));
        }
        return paths;
    }

    Optional<Txid> newest() {
        return files.isEmpty() ? Optional.empty() : Optional.of(files.lastKey());
    }

    boolean contains(Txid txid) {
        return files.containsKey(txid);
    }

    /// Says whether there was nothing when this was opened.
    boolean isNew() {
        return inherited.isEmpty();
    }

    /// Says whether there is a file of an earlier process. Those since then may be others at a
    /// destination that could not be asked.
    boolean inherited(Txid txid) {
        return contains(txid) && inherited.isPresent() && !txid.isAfter(inherited.get());
    }

    /// Says whether there is a file for every transaction of a range.
    boolean containsAll(TxidRange range) {
        long count = range.last().value() - range.first().value() + 1;
        return files.subMap(range.first(), true, range.last(), true).size() == count;
    }

    /// Returns the size of a file in bytes; zero if it is not there.
    long size(Txid txid) {
        Held held = files.get(txid);
        return held == null ? 0 : held.size();
    }

    /// Returns the bytes of the files of a range.
    long bytes(TxidRange range) {
        return files.subMap(range.first(), true, range.last(), true).values().stream()
                .mapToLong(Held::size)
                .sum();
    }

    /// Notes that something is committed, and not captured; only the first time counts until the
    /// next file is published.
    void noteUncaptured(Instant now) {
        if (uncapturedSince.isEmpty()) {
            uncapturedSince = Optional.of(now);
        }
    }

    /// Notes that all that is committed is captured.
    void noteCaptured() {
        uncapturedSince = Optional.empty();
    }

    /// Returns what waits at a place that has everything before this transaction.
    Waiting waiting(Txid next) {
        Collection<Held> held = files.tailMap(next, true).values();
        Optional<Instant> oldest =
                Stream.concat(held.stream().map(Held::committed), uncapturedSince.stream())
                        .min(Comparator.naturalOrder());
        return new Waiting(held.size(), held.stream().mapToLong(Held::size).sum(), oldest);
    }

    /// Returns the bytes of all files.
    long bytes() {
        return bytes.get();
    }

    int count() {
        return files.size();
    }

    /// Begins the file of a transaction; [#published] notes it once it is committed.
    Publication create(Txid txid) throws IOException {
        return DurableFiles.open(path(txid));
    }

    /// Notes a file that was published; returns its size in bytes.
    long published(Txid txid, Instant now) throws IOException {
        long size = Files.size(path(txid));
        note(txid, new Held(size, uncapturedSince.orElse(now)));
        uncapturedSince = Optional.empty();
        return size;
    }

    private void note(Txid txid, Held held) {
        Held before = files.put(txid, held);
        bytes.addAndGet(held.size() - (before == null ? 0 : before.size()));
    }

    /// Copies a file's bytes to a stream.
    void copy(Txid txid, OutputStream out) throws IOException {
        copy(path(txid), out);
    }

    static void copy(Path path, OutputStream out) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            byte[] buffer = new byte[(int) Math.min(COPY_BYTES, Math.max(1, channel.size()))];
            var in = Channels.newInputStream(channel);
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                out.write(buffer, 0, n);
            }
        }
    }

    /// Reads a whole file, as whoever restores it will.
    ///
    /// @throws io.litestream.ltx.CorruptFileException if it is damaged
    void verify(Txid txid) throws IOException {
        Path path = path(txid);
        try (LtxDecoder decoder = new LtxDecoder(Files.newInputStream(path), path.toString())) {
            while (decoder.next()) {
                // its checksums are what counts
            }
        }
    }

    /// Returns a file's header.
    LtxHeader header(Txid txid) throws IOException {
        return header(path(txid));
    }

    static LtxHeader header(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            return LtxHeader.decode(in.readNBytes(LtxHeader.SIZE), path.toString());
        }
    }

    /// Reads some bytes of a file.
    byte[] read(Txid txid, long offset, int length) throws IOException {
        try (InputStream in = Files.newInputStream(path(txid))) {
            in.skipNBytes(offset);
            return in.readNBytes(length);
        }
    }

    /// Deletes the files up to a transaction, but never the newest.
    void release(Txid upTo) throws IOException {
        for (Txid txid : files.headMap(upTo, true).keySet()) {
            if (!txid.equals(files.lastKey())) {
                forget(txid); // first, so that whoever misses the file finds out why
                Files.deleteIfExists(path(txid));
            }
        }
    }

    /// Gives a file that is damaged another name, under which it counts no more.
    void setAside(Txid txid) throws IOException {
        forget(txid);
        Path path = path(txid);
        Files.move(
                path,
                path.resolveSibling(path.getFileName() + ".damaged"),
                StandardCopyOption.REPLACE_EXISTING);
    }

    /// Notes that a file is gone.
    void forget(Txid txid) {
        Held held = files.remove(txid);
        bytes.addAndGet(held == null ? 0 : -held.size());
    }

    /// Returns the first transaction of the newest files that follow one another without a gap, and
    /// are no more than so many with no more than so many bytes, up to this one.
    Txid keepable(Txid upTo, int count, long mostBytes) {
        Txid first = upTo;
        long sum = 0;
        int kept = 0;
        for (var entry : files.headMap(upTo, true).descendingMap().entrySet()) {
            sum += entry.getValue().size();
            kept++;
            if (kept > count || sum > mostBytes) {
                break;
            }
            first = entry.getKey();
        }
        return first;
    }
}
