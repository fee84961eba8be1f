package io.litestream.replica;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.LtxHeader;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;

/// Compares a restored database with what the files of its plan say of it in their integrity tags.
final class TagProof {

    private final ReplicaReader replica;

    /// The last file of the plan, which made the database what it is.
    private final Entry last;

    /// The file added before the present one, which follows it in the line.
    private @Nullable Entry next;

    private RestoreException.@Nullable Damaged disagreement;

    private record Entry(ReplicaFile file, LtxHeader header) {}

    TagProof(ReplicaReader replica, ReplicaFile last, LtxHeader header) {
        this.replica = replica;
        this.last = new Entry(last, header);
    }

    /// Adds a file of the plan, from the newest to the oldest.
    void add(ReplicaFile file, LtxHeader header) {
        Entry entry = new Entry(file, header);
        Entry follower = next;
        if (follower != null
                && touch(entry, follower)
                && !header.tag().joins(follower.header.tag())) {
            disagreement = disagreement(entry, follower);
        }
        next = entry;
    }

    /// Says whether the whole can be proven.
    boolean isPossible() {
        return last.header.tag().postApply().isPresent();
    }

    /// Says what is known of the whole, if its checksum is this.
    ///
    /// @throws RestoreException.Damaged if it is not what was captured
    Proof of(Checksum checksum) throws RestoreException {
        Optional<Checksum> noted = last.header.tag().postApply();
        if (noted.isPresent()) {
            if (!noted.get().equals(checksum)) {
                throw differs(noted.get(), checksum);
            }
            return new Proof.Proven();
        }
        refuseDisagreement();
        return new Proof.Unproven(replica.name(last.file) + " carries no checksum of the database");
    }

    /// @throws RestoreException.Damaged if two files that follow each other cannot be of one
    ///   history
    void refuseDisagreement() throws RestoreException.Damaged {
        if (disagreement != null) {
            throw disagreement;
        }
    }

    private static boolean touch(Entry entry, Entry follower) {
        return entry.file.range().last().next().equals(follower.file.range().first());
    }

    private RestoreException.Damaged differs(Checksum noted, Checksum checksum) {
        String name = replica.name(last.file);
        return new RestoreException.Damaged(
                List.of(name),
                "the files of %s up to txid %s give a database with the checksum %s, but %s notes %s"
                        .formatted(replica, last.file.range().last(), checksum, name, noted));
    }

    private RestoreException.Damaged disagreement(Entry entry, Entry follower) {
        List<String> names = List.of(replica.name(entry.file), replica.name(follower.file));
        return new RestoreException.Damaged(
                names,
                "in %s, %s leaves the database with the checksum %s, but %s begins with %s"
                        .formatted(
                                replica,
                                names.getFirst(),
                                entry.header.tag().postApply().orElse(Checksum.EMPTY),
                                names.getLast(),
                                follower.header.tag().preApply().orElse(Checksum.EMPTY)));
    }
}
