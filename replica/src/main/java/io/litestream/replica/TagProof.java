package io.litestream.replica;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.LtxHeader;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Compares a restored database with what the files of its plan say of it in their integrity tags.
final class TagProof {

    private final Replica replica;

    /// The first file added, which made the database what it is.
    private @Nullable Entry last;

    /// The file added before the present one, which follows it in the line.
    private @Nullable Entry next;

    private RestoreException.@Nullable Damaged disagreement;

    private record Entry(ReplicaFile file, LtxHeader header) {}

    TagProof(Replica replica) {
        this.replica = replica;
    }

    /// Adds a file of the plan, from the newest to the oldest.
    void add(ReplicaFile file, LtxHeader header) {
        Entry entry = new Entry(file, header);
        Entry follower = next;
        if (follower == null) {
            last = entry;
        } else if (touch(entry, follower) && !header.tag().joins(follower.header.tag())) {
            disagreement = disagreement(entry, follower);
        }
        next = entry;
    }

    /// Says what is known of the whole, if its checksum is this.
    ///
    /// @throws RestoreException.Damaged if it is not what was captured
    Proof of(Checksum checksum) throws RestoreException {
        Entry entry = last;
        if (entry == null) {
            throw new IllegalStateException("no file was added");
        }
        String name = replica.key(entry.file).value();
        if (entry.header.tag().postApply().isPresent()) {
            Checksum noted = entry.header.tag().postApply().get();
            if (!noted.equals(checksum)) {
                throw differs(entry, noted, checksum);
            }
            return new Proof.Proven();
        }
        if (disagreement != null) {
            throw disagreement;
        }
        return new Proof.Unproven(name + " carries no checksum of the database");
    }

    private static boolean touch(Entry entry, Entry follower) {
        return entry.file.range().last().next().equals(follower.file.range().first());
    }

    private RestoreException.Damaged differs(Entry entry, Checksum noted, Checksum checksum) {
        String name = replica.key(entry.file).value();
        return new RestoreException.Damaged(
                List.of(name),
                "the files of %s up to txid %s give a database with the checksum %s, but %s notes %s"
                        .formatted(
                                replica.name(), entry.file.range().last(), checksum, name, noted));
    }

    private RestoreException.Damaged disagreement(Entry entry, Entry follower) {
        List<String> names =
                List.of(replica.key(entry.file).value(), replica.key(follower.file).value());
        return new RestoreException.Damaged(
                names,
                "in %s, %s leaves the database with the checksum %s, but %s begins with %s"
                        .formatted(
                                replica.name(),
                                names.getFirst(),
                                entry.header.tag().postApply().orElse(Checksum.EMPTY),
                                names.getLast(),
                                follower.header.tag().preApply().orElse(Checksum.EMPTY)));
    }
}
