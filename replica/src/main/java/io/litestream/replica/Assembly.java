package io.litestream.replica;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.CorruptFileException;
import io.litestream.ltx.LtxDecoder;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.PageBlock;
import io.litestream.ltx.PageIndex;
import io.litestream.replica.ReadAhead.Span;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/// Reads the files of one plan into a database.
///
/// The files are read from the newest to the oldest, so that the first image of a page that comes
/// up is the one to keep, and each page is written once. Every file is read whole and verified.
///
/// When a restore goes on where one was killed, the file that was being read then is an exception,
/// if the whole can be proven in the end: only the rest of it is read, by its page index.
final class Assembly {

    private static final int PAGE_SIZE_OFFSET = 8;

    private final ReplicaReader replica;
    private final PlanResult.Plan plan;
    private final LtxHeader newest;
    private final TagProof proof;

    /// @param newest the header of the plan's last file
    Assembly(ReplicaReader replica, PlanResult.Plan plan, LtxHeader newest, TagProof proof) {
        this.replica = replica;
        this.plan = plan;
        this.newest = newest;
        this.proof = proof;
    }

    /// Reads what the database does not have yet, and returns its checksum.
    ///
    /// @throws DamagedFileException if a file is damaged
    /// @throws RestoreException.Damaged if the files are sound, but lack a page
    /// @throws RestoreException.Failed if the database cannot be written
    /// @throws IOException if the replica cannot be read
    Checksum run(AssembledDatabase database) throws IOException {
        if (database.hasBegunFile()) {
            applyRest(filesLeft(database).getFirst(), database);
        }
        List<ReplicaFile> files = filesLeft(database);
        try (ReadAhead source = replica.readAhead(files.stream().map(replica::span).toList())) {
            for (ReplicaFile file : files) {
                if (!apply(file, source.open(replica.span(file)), database)) {
                    break;
                }
                database.endFile();
            }
        }
        OptionalLong missing = database.missing();
        if (missing.isPresent()) {
            proof.refuseDisagreement();
            throw lacks(missing.getAsLong());
        }
        return database.finish();
    }

    private List<ReplicaFile> filesLeft(AssembledDatabase database) {
        List<ReplicaFile> newestFirst = plan.files().reversed();
        return newestFirst.subList(database.filesDone(), newestFirst.size());
    }

    /// Takes what the database wants of a file. Says whether older ones may matter: where the page
    /// size changed, they do not, since the file that changed it holds every page.
    private boolean apply(ReplicaFile file, InputStream content, AssembledDatabase database)
            throws IOException {
        try (LtxDecoder decoder = new LtxDecoder(content, replica.name(file))) {
            boolean otherSize = decoder.header().pageSize() != newest.pageSize();
            if (otherSize && database.missing().isEmpty()) {
                return false;
            }
            accept(file, decoder.header());
            while (decoder.next()) {
                if (database.wants(decoder.pageNumber())) {
                    database.put(decoder.pageNumber(), decoder.page());
                }
            }
            return true;
        } catch (CorruptFileException e) {
            throw new DamagedFileException(file, e);
        }
    }

    private void applyRest(ReplicaFile file, AssembledDatabase database) throws IOException {
        accept(file, replica.header(file));
        PageIndex index = replica.pageIndex(file);
        int from = 0;
        while (from < index.size() && !database.wants(index.entry(from).pageNumber())) {
            from++;
        }
        if (from < index.size()) {
            applyRest(file, index, from, database);
        }
        database.endFile();
    }

    private void applyRest(ReplicaFile file, PageIndex index, int from, AssembledDatabase database)
            throws IOException {
        PageIndex.Entry last = index.entry(index.size() - 1);
        Span rest = replica.span(file, index.entry(from).offset(), last.offset() + last.size());
        byte[] page = new byte[newest.pageSize()];
        try (ReadAhead source = replica.readAhead(List.of(rest))) {
            InputStream content = source.open(rest);
            for (int i = from; i < index.size(); i++) {
                PageIndex.Entry entry = index.entry(i);
                byte[] block = content.readNBytes(entry.size());
                if (database.wants(entry.pageNumber())) {
                    PageBlock.decode(replica.name(file), entry, whole(block, entry), 0, page);
                    database.put(entry.pageNumber(), page);
                }
            }
        } catch (CorruptFileException e) {
            throw new DamagedFileException(file, e);
        }
    }

    /// A block that the end of the file cut short is padded, so that it decodes to damage.
    private static byte[] whole(byte[] block, PageIndex.Entry entry) {
        return block.length == entry.size() ? block : Arrays.copyOf(block, entry.size());
    }

    private void accept(ReplicaFile file, LtxHeader header) throws IOException {
        replica.check(file, header);
        if (header.pageSize() != newest.pageSize()) {
            throw mixedPageSizes(file, header);
        }
        proof.add(file, header);
    }

    /// Two files that disagree on the page size cannot both be right. The base decides, as it holds
    /// every page.
    private DamagedFileException mixedPageSizes(ReplicaFile file, LtxHeader header)
            throws IOException {
        int right = replica.header(plan.files().getFirst()).pageSize();
        boolean fileIsRight = header.pageSize() == right;
        ReplicaFile wrong = fileIsRight ? plan.files().getLast() : file;
        return new DamagedFileException(
                wrong,
                new CorruptFileException(
                        replica.name(wrong),
                        PAGE_SIZE_OFFSET,
                        "the page size %d, as in the files before it".formatted(right),
                        Integer.toString((fileIsRight ? newest : header).pageSize())));
    }

    private RestoreException.Damaged lacks(long page) {
        return new RestoreException.Damaged(
                plan.files().stream().map(replica::name).toList(),
                "page %d of %d at txid %s is in none of the files from %s to %s of %s"
                        .formatted(
                                page,
                                newest.pageCount(),
                                plan.txid(),
                                replica.name(plan.files().getFirst()),
                                replica.name(plan.files().getLast()),
                                replica));
    }
}
