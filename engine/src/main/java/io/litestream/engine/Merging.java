package io.litestream.engine;

import io.litestream.ltx.LtxDecoder;
import io.litestream.ltx.LtxMerge;
import io.litestream.ltx.TxidRange;
import io.litestream.storage.file.DurableFiles;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/// Merges files of the spool into one, which is kept in a directory of its own until it is
/// discarded. However many files there are, at most [#AT_ONCE] are open: groups are merged first,
/// and then what came of them.
final class Merging {

    private static final int AT_ONCE = 64;
    private static final int BUFFER_BYTES = 1 << 17;

    private final Path directory;
    private final BooleanSupplier cancelled;

    /// @param directory for what is merged; nothing in it is worth anything after a restart
    /// @param cancelled makes a merge that runs fail soon
    Merging(Path directory, BooleanSupplier cancelled) {
        this.directory = directory;
        this.cancelled = cancelled;
    }

    /// Removes what an earlier process left.
    static void clear(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(directory)) {
                for (Path path : leftovers) {
                    Files.deleteIfExists(path);
                }
            }
        }
    }

    /// Returns a new file that does what all files of the range do. Equal inputs give equal bytes.
    /// The caller deletes it.
    Path merge(Spool spool, TxidRange range) throws IOException {
        DurableFiles.createDirectories(directory);
        List<Path> inputs = spool.paths(range);
        List<Path> made = new ArrayList<>();
        try {
            while (inputs.size() > AT_ONCE) {
                List<Path> groups = new ArrayList<>();
                for (int from = 0; from < inputs.size(); from += AT_ONCE) {
                    int to = Math.min(from + AT_ONCE, inputs.size());
                    groups.add(mergeOnce(inputs.subList(from, to), made));
                }
                inputs = groups;
            }
            Path result = mergeOnce(inputs, made);
            made.remove(result);
            return result;
        } finally {
            for (Path path : made) {
                Files.deleteIfExists(path);
            }
        }
    }

    private Path mergeOnce(List<Path> inputs, List<Path> made) throws IOException {
        Path output = Files.createTempFile(directory, "merged-", ".ltx");
        made.add(output);
        List<LtxDecoder> decoders = new ArrayList<>();
        try (OutputStream out = new Cancellable(Files.newOutputStream(output))) {
            for (Path input : inputs) {
                decoders.add(new LtxDecoder(Files.newInputStream(input), input.toString()));
            }
            BufferedOutputStream buffered = new BufferedOutputStream(out, BUFFER_BYTES);
            LtxMerge.merge(decoders, buffered);
            buffered.flush();
        } finally {
            closeAll(decoders);
        }
        return output;
    }

    private static void closeAll(List<LtxDecoder> decoders) throws IOException {
        for (LtxDecoder decoder : decoders) {
            decoder.close();
        }
    }

    /// A stream that fails once the merge is cancelled.
    private final class Cancellable extends FilterOutputStream {

        Cancellable(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (cancelled.getAsBoolean()) {
                throw new IOException("cancelled");
            }
            out.write(bytes, offset, length);
        }
    }
}
