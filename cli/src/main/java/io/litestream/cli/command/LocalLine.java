package io.litestream.cli.command;

import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.Txid;
import io.litestream.ltx.TxidRange;
import io.litestream.replica.state.StateDirectory;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// The files of a line that are kept beside its database: what was captured, and not everywhere is
/// yet.
record LocalLine(NavigableMap<Txid, Path> files) {

    /// How far a destination is behind.
    ///
    /// @param time how long ago the first transaction that it lacks was captured; zero if it lacks
    ///   none
    /// @param transactions how many it lacks
    /// @param bytes the sizes of the files that it lacks and that are kept here
    record Lag(Duration time, long transactions, long bytes) {

        static final Lag NONE = new Lag(Duration.ZERO, 0, 0);
    }

    /// Lists the files of a database's local state.
    static LocalLine of(Path state) throws IOException {
        NavigableMap<Txid, Path> files = new TreeMap<>();
        try (DirectoryStream<Path> paths =
                Files.newDirectoryStream(new StateDirectory(state).ltx0())) {
            for (Path path : paths) {
                TxidRange.parseFileName(path.getFileName().toString())
                        .ifPresent(range -> files.put(range.last(), path));
            }
        } catch (NoSuchFileException e) {
            return new LocalLine(files);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return new LocalLine(files);
    }

    /// Returns how far a destination that goes up to a transaction is behind; empty if nothing is
    /// captured here, or what it lacks went away meanwhile.
    Optional<Lag> lag(Optional<Txid> durable, Instant now) {
        if (files.isEmpty()) {
            return Optional.empty();
        }
        long has = durable.map(Txid::value).orElse(0L);
        long head = files.lastKey().value();
        if (has >= head) {
            return Optional.of(Lag.NONE);
        }
        NavigableMap<Txid, Path> lacks = files.tailMap(new Txid(has + 1), true);
        try {
            long bytes = 0;
            for (Path file : lacks.values()) {
                bytes += Files.size(file);
            }
            Duration age = Duration.between(time(lacks.firstEntry().getValue()), now);
            return Optional.of(new Lag(age.isNegative() ? Duration.ZERO : age, head - has, bytes));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Instant time(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return LtxHeader.decode(in.readNBytes(LtxHeader.SIZE), file.toString()).timestamp();
        }
    }
}
