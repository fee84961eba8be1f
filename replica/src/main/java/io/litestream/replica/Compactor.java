package io.litestream.replica;

import io.litestream.ltx.CorruptFileException;
import io.litestream.ltx.LtxDecoder;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.LtxMerge;
import io.litestream.ltx.LtxTrailer;
import io.litestream.ltx.TxidRange;
import io.litestream.storage.ObjectContent;
import io.litestream.storage.StorageException;
import io.litestream.time.Clock;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/// Merges files of a replica into one of the next level, and stores it there.
///
/// Every input is read and verified whole, and what is known of the database before and after each
/// must join; only then does the new file come to be. A failure leaves everything as it was. The
/// inputs stay in any case.
///
/// A merge takes some tens of megabytes of memory however large the database is. Any thread may
/// call.
public final class Compactor {

    // Each input needs a buffer and room for a page at the same time. Where there are so many that
    // the memory does not suffice, a merge takes the oldest of them, and the caller asks for the
    // next. Pages are taken over as they are compressed; the checksums are made of their content.

    private static final int MEMORY = 28 << 20;
    private static final int MOST_BUFFER = 4 << 20;
    private static final int OVERHEAD = 4 << 10;

    /// More local files than this are not taken in the place of one.
    private static final int MOST_LOCAL = 128;

    private final Replica replica;
    private final LocalFiles local;
    private final Verification verification;
    private final Retries retries;

    /// Whether a new file is read back.
    public enum Verification {
        /// What was sent was whole; the store keeps it so.
        NONE,
        /// It is read once more, and deleted if it is not what was sent.
        READ_BACK
    }

    /// @param local says which files need not be fetched
    public Compactor(Replica replica, LocalFiles local, Verification verification, Clock clock) {
        this(replica, local, verification, new Retries(clock));
    }

    private Compactor(
            Replica replica, LocalFiles local, Verification verification, Retries retries) {
        this.replica = Objects.requireNonNull(replica);
        this.local = Objects.requireNonNull(local);
        this.verification = Objects.requireNonNull(verification);
        this.retries = retries;
    }

    /// What a merge made.
    ///
    /// @param file the new file
    /// @param inputs what it was made of
    public record Result(ReplicaFile file, List<ReplicaFile> inputs) {
        public Result {
            inputs = List.copyOf(inputs);
        }
    }

    /// Merges the inputs, or the oldest of them: up to where the page size changes, or as many as
    /// fit the memory. It blocks.
    ///
    /// @param ending if it becomes true, the merge is given up
    /// @throws CorruptFileException if an input is damaged or does not join the one before it, or
    ///   if the new file is read back and is not what was sent
    /// @throws StorageException.Conflict if there is another file in the place of the new one
    /// @throws IOException if an input could not be read, or the new file not be stored; it may be
    ///   there all the same, and the same merge succeeds then
    public Result compact(Compaction compaction, BooleanSupplier ending) throws IOException {
        try {
            return merge(compaction, ending);
        } catch (NoSuchFileException gone) { // a local one, in the middle
            return new Compactor(replica, LocalFiles.NONE, verification, retries)
                    .merge(compaction, ending);
        }
    }

    private Result merge(Compaction compaction, BooleanSupplier ending) throws IOException {
        Opened opened = open(compaction.inputs(), ending);
        Merge merge = new Merge(opened, ending);
        LtxHeader header = merge.header;
        ReplicaFile file =
                replica.create(compaction.to(), header.range(), header.timestamp(), merge);
        if (verification == Verification.READ_BACK) {
            readBack(file, header, merge.written(), ending);
        }
        return new Result(file, opened.files);
    }

    /// Files that stand at their first page. The decoders hold nothing open.
    ///
    /// @param files those of the replica
    private record Opened(List<ReplicaFile> files, List<LtxDecoder> decoders) {

        LtxHeader header() throws CorruptFileException {
            return LtxMerge.header(decoders);
        }
    }

    /// Opens the files, or the oldest of them.
    private Opened open(List<ReplicaFile> files, BooleanSupplier ending) throws IOException {
        List<List<MergeInput>> inputs = new ArrayList<>();
        for (ReplicaFile file : files) {
            inputs.add(inputs(file));
        }
        long share = MEMORY / inputs.stream().mapToInt(List::size).sum();
        List<LtxDecoder> decoders = new ArrayList<>();
        int count = 0;
        long memory = 0;
        for (ReplicaFile file : files) {
            List<LtxDecoder> more = open(file, inputs.get(count), share, ending);
            for (LtxDecoder decoder : more) {
                memory += memory(decoder);
            }
            if (count > 0 && (memory > MEMORY || pageSize(more) != pageSize(decoders))) {
                break;
            }
            decoders.addAll(more);
            count++;
        }
        return new Opened(files.subList(0, count), decoders);
    }

    /// Opens one file, or the local ones that do the same, if they do.
    private List<LtxDecoder> open(
            ReplicaFile file, List<MergeInput> inputs, long share, BooleanSupplier ending)
            throws IOException {
        List<LtxDecoder> decoders = new ArrayList<>();
        try {
            for (MergeInput input : inputs) {
                int buffer = bufferSize(input, share);
                decoders.add(new LtxDecoder(input.open(ending), input.name(), buffer));
            }
        } catch (NoSuchFileException gone) { // nobody else needed it any more
            for (LtxDecoder decoder : decoders) {
                decoder.close();
            }
            return open(file, List.of(MergeInput.of(replica, file, retries)), share, ending);
        }
        if (decoders.stream().map(d -> d.header().pageSize()).distinct().count() > 1) {
            return open(file, List.of(MergeInput.of(replica, file, retries)), share, ending);
        }
        checkRange(file, decoders);
        return decoders;
    }

    private static int pageSize(List<LtxDecoder> decoders) {
        return decoders.getLast().header().pageSize();
    }

    private static void checkRange(ReplicaFile file, List<LtxDecoder> decoders)
            throws CorruptFileException {
        TxidRange found =
                new TxidRange(
                        decoders.getFirst().header().range().first(),
                        decoders.getLast().header().range().last());
        if (!found.equals(file.range())) {
            throw new CorruptFileException(
                    decoders.getFirst().name(), 0, "txid " + file.range(), "txid " + found);
        }
    }

    private static long memory(LtxDecoder decoder) {
        return (long) decoder.bufferBytes() + decoder.header().pageSize() + OVERHEAD;
    }

    private static int bufferSize(MergeInput input, long share) {
        int most = Math.clamp(share / 2, input.usefulPiece(), MOST_BUFFER);
        return Math.clamp(input.size(), LtxHeader.SIZE, most);
    }

    private List<MergeInput> inputs(ReplicaFile file) throws IOException {
        List<Path> paths = local.of(file);
        if (paths.isEmpty() || paths.size() > MOST_LOCAL) {
            return List.of(MergeInput.of(replica, file, retries));
        }
        List<MergeInput> inputs = new ArrayList<>();
        try {
            for (Path path : paths) {
                inputs.add(MergeInput.of(path));
            }
            return inputs;
        } catch (NoSuchFileException gone) {
            return List.of(MergeInput.of(replica, file, retries));
        }
    }

    /// The content of the new file. It is made anew each time that it is asked for; the first time,
    /// of what is open already.
    private final class Merge implements ObjectContent {

        private final List<ReplicaFile> files;
        private final LtxHeader header;
        private final BooleanSupplier ending;
        private @Nullable Opened opened;
        private @Nullable LtxTrailer trailer;

        Merge(Opened opened, BooleanSupplier ending) throws CorruptFileException {
            this.files = opened.files;
            this.header = opened.header();
            this.ending = ending;
            this.opened = opened;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            Opened inputs = opened != null ? opened : open(files, ending);
            opened = null;
            if (!inputs.header().equals(header)) {
                throw new IOException(
                        "the files to merge are not what they were: %s instead of %s"
                                .formatted(inputs.header(), header));
            }
            trailer = LtxMerge.merge(inputs.decoders, out);
        }

        LtxTrailer written() {
            return Objects.requireNonNull(trailer, "a store that did not ask for the content");
        }
    }

    private void readBack(
            ReplicaFile file, LtxHeader header, LtxTrailer trailer, BooleanSupplier ending)
            throws IOException {
        MergeInput stored = MergeInput.of(replica, file, retries);
        try (LtxDecoder decoder = new LtxDecoder(stored.open(ending), stored.name(), MOST_BUFFER)) {
            while (decoder.next()) {
                // the decoder verifies as it goes
            }
            if (!decoder.header().equals(header) || !decoder.trailer().equals(trailer)) {
                throw new CorruptFileException(
                        stored.name(), 0, "what was sent: " + header, decoder.header().toString());
            }
        } catch (CorruptFileException damaged) {
            deleteAfter(damaged, file);
            throw damaged;
        }
    }

    private void deleteAfter(CorruptFileException damaged, ReplicaFile file) {
        try {
            replica.delete(file);
        } catch (StorageException e) {
            damaged.addSuppressed(e);
        }
    }
}
