package io.litestream.replica;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.CorruptFileException;
import io.litestream.ltx.LtxDecoder;
import io.litestream.ltx.LtxHeader;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;

/// Puts a database together from the files of one plan, into an empty file.
///
/// The files are read from the newest to the oldest, so that the first image of a page that comes
/// up is the one to keep, and each page is written once. Every file is read whole and verified.
final class Assembly {

    private static final int PAGE_SIZE_OFFSET = 8;

    private final Replica replica;
    private final PlanResult.Plan plan;
    private final Retries retries;
    private final RestoreRequest request;
    private final Path path;
    private final FileChannel channel;
    private final PageSet pages = new PageSet();
    private final TagProof proof;

    Assembly(
            Replica replica,
            PlanResult.Plan plan,
            Retries retries,
            RestoreRequest request,
            Path path,
            FileChannel channel) {
        this.replica = replica;
        this.plan = plan;
        this.retries = retries;
        this.request = request;
        this.path = path;
        this.channel = channel;
        this.proof = new TagProof(replica);
    }

    /// What was put together.
    ///
    /// @param newest the header of the plan's last file
    record Assembled(PlanResult.Plan plan, LtxHeader newest, Checksum checksum, Proof proof) {}

    /// Reads, writes, and compares with what the files say of the whole.
    ///
    /// @throws DamagedFileException if a file is damaged
    /// @throws RestoreException.Damaged if the files are sound, but do not belong together
    /// @throws RestoreException.Failed if the file cannot be written
    /// @throws IOException if the replica cannot be read
    Assembled run() throws IOException {
        LtxHeader newest = header(plan.files().getLast());
        Checksum checksum = write(newest);
        checkComplete(newest);
        return new Assembled(plan, newest, checksum, proof.of(checksum));
    }

    private LtxHeader header(ReplicaFile file) throws IOException {
        try {
            return retries.call(() -> replica.header(file));
        } catch (CorruptFileException e) {
            throw new DamagedFileException(file, e);
        }
    }

    private Checksum write(LtxHeader newest) throws IOException {
        List<ReplicaFile> newestFirst = plan.files().reversed();
        try (PageWriter writer = new PageWriter(path, channel, newest.pageSize(), Checksum.EMPTY);
                ReadAhead source =
                        new ReadAhead(
                                replica,
                                newestFirst,
                                request.parallelism(),
                                retries,
                                request.progress())) {
            for (ReplicaFile file : newestFirst) {
                apply(file, source, newest, writer);
            }
            writer.finish(newest.pageCount());
            return writer.checksum();
        }
    }

    private void apply(ReplicaFile file, ReadAhead source, LtxHeader newest, PageWriter writer)
            throws IOException {
        String name = replica.key(file).value();
        try (LtxDecoder decoder = new LtxDecoder(source.open(file), name)) {
            LtxHeader header = replica.checked(file, decoder.header());
            checkPageSize(file, header, newest);
            while (decoder.next()) {
                long page = decoder.pageNumber();
                if (page <= newest.pageCount() && pages.add(page)) {
                    writer.put(page, decoder.page());
                }
            }
            proof.add(file, header);
        } catch (CorruptFileException e) {
            throw new DamagedFileException(file, e);
        }
    }

    /// Two files that disagree on the page size cannot both be right. The base decides, as it holds
    /// every page.
    private void checkPageSize(ReplicaFile file, LtxHeader header, LtxHeader newest)
            throws IOException {
        if (header.pageSize() == newest.pageSize()) {
            return;
        }
        int right = header(plan.files().getFirst()).pageSize();
        boolean fileIsRight = header.pageSize() == right;
        ReplicaFile wrong = fileIsRight ? plan.files().getLast() : file;
        throw new DamagedFileException(
                wrong,
                new CorruptFileException(
                        replica.key(wrong).value(),
                        PAGE_SIZE_OFFSET,
                        "the page size %d, as in the files before it".formatted(right),
                        Integer.toString((fileIsRight ? newest : header).pageSize())));
    }

    private void checkComplete(LtxHeader newest) throws RestoreException {
        if (pages.size() == newest.snapshotPages()) {
            return;
        }
        long missing = pages.firstAbsent(1);
        if (missing == newest.lockPage()) {
            missing = pages.firstAbsent(missing + 1);
        }
        throw new RestoreException.Damaged(
                plan.files().stream().map(file -> replica.key(file).value()).toList(),
                "page %d of %d at txid %s is in none of the files from %s to %s of %s"
                        .formatted(
                                missing,
                                newest.pageCount(),
                                plan.txid(),
                                replica.key(plan.files().getFirst()),
                                replica.key(plan.files().getLast()),
                                replica.name()));
    }
}
