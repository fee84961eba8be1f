package io.litestream.engine;

import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
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
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/// The files of the line at level 0 that are kept locally, one for each transaction: those that a
/// destination still needs, and always the newest. Any thread may read; the worker that drives the
/// database writes.
final class Spool {

    private static final int COPY_BYTES = 1 << 18;

    private final Path directory;
    private final ConcurrentNavigableMap<Txid, Long> sizes = new ConcurrentSkipListMap<>();
    private final AtomicLong bytes = new AtomicLong();

    private Spool(Path directory) {
        this.directory = directory;
    }

    /// Opens the spool in this directory, which is made if it is missing. What a crash left behind
    /// is removed.
    static Spool open(Path directory) throws IOException {
        DurableFiles.createDirectories(directory);
        DurableFiles.removeLeftovers(directory);
        Spool spool = new Spool(directory);
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(directory)) {
            for (Path path : paths) {
                Optional<TxidRange> range = TxidRange.parseFileName(path.getFileName().toString());
                if (range.isPresent() && range.get().first().equals(range.get().last())) {
                    spool.note(range.get().last(), Files.size(path));
                }
            }
        }
        return spool;
    }

    Path path(Txid txid) {
        return directory.resolve(TxidRange.of(txid).fileName());
    }

    Optional<Txid> newest() {
        return sizes.isEmpty() ? Optional.empty() : Optional.of(sizes.lastKey());
    }

    boolean contains(Txid txid) {
        return sizes.containsKey(txid);
    }

    /// Returns the size of a file in bytes; zero if it is not there.
    long size(Txid txid) {
        return sizes.getOrDefault(txid, 0L);
    }

    /// Returns the bytes of all files.
    long bytes() {
        return bytes.get();
    }

    int count() {
        return sizes.size();
    }

    /// Begins the file of a transaction; [#published] notes it once it is committed.
    Publication create(Txid txid) throws IOException {
        return DurableFiles.open(path(txid));
    }

    /// Notes a file that was published; returns its size in bytes.
    long published(Txid txid) throws IOException {
        long size = Files.size(path(txid));
        note(txid, size);
        return size;
    }

    private void note(Txid txid, long size) {
        Long before = sizes.put(txid, size);
        bytes.addAndGet(size - (before == null ? 0 : before));
    }

    /// Copies a file's bytes to a stream.
    void copy(Txid txid, OutputStream out) throws IOException {
        try (FileChannel channel = FileChannel.open(path(txid), StandardOpenOption.READ)) {
            byte[] buffer = new byte[(int) Math.min(COPY_BYTES, Math.max(1, channel.size()))];
            var in = Channels.newInputStream(channel);
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                out.write(buffer, 0, n);
            }
        }
    }

    /// Returns a file's header.
    LtxHeader header(Txid txid) throws IOException {
        try (InputStream in = Files.newInputStream(path(txid))) {
            return LtxHeader.decode(in.readNBytes(LtxHeader.SIZE), path(txid).toString());
        }
    }

    /// Reads some bytes of a file.
    byte[] read(Txid txid, long offset, int length) throws IOException {
        try (InputStream in = Files.newInputStream(path(txid))) {
            in.skipNBytes(offset);
            return in.readNBytes(length);
        }
    }

    /// Returns the time in a file's header.
    Instant timestamp(Txid txid) throws IOException {
        return header(txid).timestamp();
    }

    /// Deletes the files up to a transaction, but never the newest.
    void release(Txid upTo) throws IOException {
        for (Txid txid : sizes.headMap(upTo, true).keySet()) {
            if (!txid.equals(sizes.lastKey())) {
                Files.deleteIfExists(path(txid));
                Long size = sizes.remove(txid);
                bytes.addAndGet(size == null ? 0 : -size);
            }
        }
    }
}
