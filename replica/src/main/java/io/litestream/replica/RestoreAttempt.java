package io.litestream.replica;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.PageHash;
import io.litestream.ltx.Txid;
import io.litestream.time.Clock;

import java.io.IOException;
import java.nio.ByteBuffer;

/// One plan, carried out: from its files to a proven database in the temporary file.
///
/// @param head the newest transaction of the replica
/// @param newest the header of the plan's last file
/// @param hashes the hashes of all pages
record RestoreAttempt(
        PlanResult.Plan plan,
        Txid head,
        LtxHeader newest,
        Checksum checksum,
        Proof proof,
        PageHashes hashes) {

    /// Reads, writes, and compares with what the files say of the whole.
    ///
    /// @throws DamagedFileException if a file is damaged
    /// @throws RestoreException.Damaged if the files are sound, but do not belong together
    /// @throws RestoreException.Failed if the temporary file cannot be written
    /// @throws IOException if the replica cannot be read
    static RestoreAttempt carryOut(
            PlanResult.Plan plan,
            Txid head,
            ReplicaReader replica,
            TemporaryFile file,
            OutputPlace place,
            Clock clock)
            throws IOException {
        ReplicaFile last = plan.files().getLast();
        LtxHeader newest = replica.header(last);
        TagProof proof = new TagProof(replica, last, newest);
        PageHashes hashes = new PageHashes();
        long fingerprint = fingerprint(plan, newest);
        Resumption left =
                Resumption.take(
                        file,
                        place.record(),
                        fingerprint,
                        newest.pageSize(),
                        proof.isPossible() ? Resumption.Keep.ALL : Resumption.Keep.VERIFIED_FILES,
                        hashes);
        try (PartialDatabase database =
                new PartialDatabase(
                        file, place.record(), fingerprint, newest, left, hashes, clock)) {
            Checksum checksum = new Assembly(replica, plan, newest, proof).run(database);
            return new RestoreAttempt(plan, head, newest, checksum, proof.of(checksum), hashes);
        }
    }

    /// Returns a number by which a plan is known again: of its files, their sizes, and the header
    /// of the last.
    private static long fingerprint(PlanResult.Plan plan, LtxHeader newest) {
        StringBuilder text = new StringBuilder();
        for (ReplicaFile file : plan.files()) {
            text.append(file).append(' ').append(file.size()).append('\n');
        }
        byte[] files = text.toString().getBytes(UTF_8);
        byte[] header = newest.encode();
        byte[] all =
                ByteBuffer.allocate(files.length + header.length).put(files).put(header).array();
        return PageHash.of(0, all);
    }
}
