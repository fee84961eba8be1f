package io.litestream.ltx;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/// Merges files that follow one another into one that does the same as all of them.
///
/// Of each page the newest version stays, and pages beyond the newest page count go. The result has
/// the time and the post-apply tag of the last file, and the pre-apply tag of the first.
public final class LtxMerge {

    private LtxMerge() {}

    /// Merges files, each from its header to its end, so that all are verified. Neither the files
    /// nor the stream are closed. If this fails, what was written is worthless.
    ///
    /// @param oldestFirst files that are just opened; they may overlap, but nothing may be missing
    ///   between two of them, and each must reach further than the one before
    /// @throws CorruptFileException if a file is damaged, or does not fit the one before it
    /// @throws IllegalArgumentException if there are no files
    /// @throws IllegalStateException if the result is a snapshot, and the files lack one of its
    ///   pages
    public static LtxTrailer merge(List<LtxDecoder> oldestFirst, OutputStream out)
            throws IOException {
        LtxHeader header = header(oldestFirst);
        try (LtxEncoder encoder = new LtxEncoder(out, header)) {
            new MergedPages(header, encoder).addAll(oldestFirst);
            return encoder.finish();
        }
    }

    /// Returns the header that the merged file will have.
    ///
    /// @throws CorruptFileException if a file does not fit the one before it
    /// @throws IllegalArgumentException if there are no files
    public static LtxHeader header(List<LtxDecoder> oldestFirst) throws CorruptFileException {
        if (oldestFirst.isEmpty()) {
            throw new IllegalArgumentException("there are no files to merge");
        }
        for (int i = 1; i < oldestFirst.size(); i++) {
            checkNeighbours(oldestFirst.get(i - 1), oldestFirst.get(i));
        }
        LtxHeader first = oldestFirst.getFirst().header();
        LtxHeader last = oldestFirst.getLast().header();
        return new LtxHeader(
                last.pageSize(),
                last.pageCount(),
                new TxidRange(first.range().first(), last.range().last()),
                last.timestamp(),
                WalOrigin.NONE,
                0,
                new IntegrityTag(first.tag().preApply(), last.tag().postApply()));
    }

    private static void checkNeighbours(LtxDecoder earlier, LtxDecoder later)
            throws CorruptFileException {
        LtxHeader before = earlier.header();
        LtxHeader after = later.header();
        if (after.pageSize() != before.pageSize()) {
            throw new CorruptFileException(
                    later.name(),
                    LtxHeader.PAGE_SIZE_OFFSET,
                    "page size %d as in %s".formatted(before.pageSize(), earlier.name()),
                    String.valueOf(after.pageSize()));
        }
        long last = before.range().last().value();
        if (after.range().first().value() - 1 > last || after.range().last().value() <= last) {
            throw new CorruptFileException(
                    later.name(),
                    LtxHeader.FIRST_TXID_OFFSET,
                    "transactions that continue %s of %s".formatted(before.range(), earlier.name()),
                    after.range().toString());
        }
        if (after.range().first().value() - 1 == last && !before.tag().joins(after.tag())) {
            throw new CorruptFileException(
                    later.name(),
                    IntegrityTag.PRE_APPLY_OFFSET,
                    "pre-apply checksum %s, the post-apply checksum of %s"
                            .formatted(before.tag().postApply().orElseThrow(), earlier.name()),
                    after.tag().preApply().orElseThrow().toString());
        }
    }

    private static void advance(Input input, PriorityQueue<Input> inputs) throws IOException {
        if (input.file.next()) {
            inputs.add(input);
        }
    }

    /// A file that stands at a page.
    ///
    /// @param age larger for a newer file
    private record Input(LtxDecoder file, int age) {

        /// By page, and of the same page the newest first.
        static final Comparator<Input> ORDER =
                Comparator.<Input>comparingLong(input -> input.file.pageNumber())
                        .thenComparing(Input::age, Comparator.reverseOrder());
    }

    /// The pages of the merged file, as they come.
    private static final class MergedPages {

        private final LtxHeader header;
        private final LtxEncoder encoder;
        private long lastPage;
        private long count;
        private Checksum database = Checksum.EMPTY;

        MergedPages(LtxHeader header, LtxEncoder encoder) {
            this.header = header;
            this.encoder = encoder;
        }

        void addAll(List<LtxDecoder> oldestFirst) throws IOException {
            PriorityQueue<Input> inputs = new PriorityQueue<>(oldestFirst.size(), Input.ORDER);
            for (int i = 0; i < oldestFirst.size(); i++) {
                advance(new Input(oldestFirst.get(i), i), inputs);
            }
            while (!inputs.isEmpty()) {
                Input input = inputs.remove();
                add(input.file);
                advance(input, inputs);
            }
            checkSnapshot(oldestFirst.getLast().name());
        }

        private void add(LtxDecoder file) throws IOException {
            long number = file.pageNumber();
            if (number == lastPage || number > header.pageCount()) {
                return;
            }
            file.writePage(encoder);
            if (header.isWholeDatabaseTagged()) {
                database = database.with(PageHash.of(number, file.page()));
            }
            lastPage = number;
            count++;
        }

        private void checkSnapshot(String lastFile) throws CorruptFileException {
            if (header.isSnapshot() && count != header.snapshotPages()) {
                throw new CorruptFileException(
                        lastFile,
                        LtxHeader.COMMIT_OFFSET,
                        "%d pages, which the files up to it have".formatted(count),
                        header.snapshotPages() + " pages");
            }
            if (header.isWholeDatabaseTagged() && !header.tag().leadsTo(database)) {
                throw new CorruptFileException(
                        lastFile,
                        IntegrityTag.OFFSET,
                        "post-apply checksum %s, that of the merged pages".formatted(database),
                        header.tag().postApply().orElseThrow().toString());
            }
        }
    }
}
