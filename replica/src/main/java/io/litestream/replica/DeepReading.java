package io.litestream.replica;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.CorruptFileException;
import io.litestream.ltx.LtxDecoder;
import io.litestream.ltx.LtxHeader;
import io.litestream.ltx.Txid;
import io.litestream.replica.ReadAhead.Span;
import io.litestream.storage.StorageException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads every file of a replica, and tells which points can be restored from those that are sound.
///
/// Of each file it verifies everything that the file says of itself. Between files it compares what
/// their integrity tags say of one and the same transaction. A file that vanished meanwhile, as
/// retention deletes files, counts as never listed.
final class DeepReading {

    /// Files up to this size are read several at once, each by one read.
    private static final long SMALL = 8L << 20;

    private static final int BATCH = 512;

    private final Replica replica;
    private final Retries retries;
    private final VerificationEffort effort;
    private final Pacing pacing;
    private final Findings findings;
    private final Map<ReplicaFile, LtxHeader> headers = new HashMap<>();
    private final Set<ReplicaFile> whole = new HashSet<>();
    private final Set<ReplicaFile> vanished = new HashSet<>();

    DeepReading(
            Replica replica,
            Retries retries,
            VerificationEffort effort,
            Pacing pacing,
            Findings findings) {
        this.replica = replica;
        this.retries = retries;
        this.effort = effort;
        this.pacing = pacing;
        this.findings = findings;
    }

    /// What reading one file came to.
    ///
    /// @param header none if the file is damaged, or gone
    /// @param pages how many there are in it
    /// @param damage none if the file is sound, or gone
    private record Outcome(
            ReplicaFile file,
            @Nullable LtxHeader header,
            long pages,
            @Nullable CorruptFileException damage) {}

    /// Reads, notes all damage, and returns the points.
    RestorablePoints run(Inventory inventory) throws IOException {
        List<ReplicaFile> small = new ArrayList<>();
        for (ReplicaFile file : inventory.files()) {
            if (file.size() <= SMALL) {
                small.add(file);
            } else {
                note(read(file, effort.parallelism()));
            }
        }
        for (int from = 0; from < small.size(); from += BATCH) {
            List<ReplicaFile> batch = small.subList(from, Math.min(small.size(), from + BATCH));
            FanOut.all(
                            "verify " + replica.name() + " ",
                            batch,
                            effort.parallelism(),
                            file -> read(file, 1))
                    .forEach(this::note);
        }
        compareTags();
        return points(inventory);
    }

    /// Who deletes a file may not have been at it when the files were listed. What is listed still,
    /// and cannot be opened, is damage.
    private Inventory withoutVanished(Inventory inventory) throws IOException {
        if (vanished.isEmpty()) {
            return inventory;
        }
        Inventory now = retries.call(replica::inventory);
        Inventory present = inventory;
        for (ReplicaFile file : vanished) {
            if (now.files(file.level()).stream().anyMatch(file::samePlace)) {
                findings.damaged(
                        file,
                        new CorruptFileException(
                                replica.key(file).value(), 0, "a file, as listed", "nothing"));
            } else {
                present = present.without(file);
            }
        }
        return present;
    }

    private Outcome read(ReplicaFile file, int parallelism) throws IOException {
        String key = replica.key(file).value();
        try (ReadAhead source =
                        new ReadAhead(
                                replica,
                                List.of(Span.of(replica.key(file), file.size())),
                                parallelism,
                                retries,
                                pacing.next());
                InputStream content = source.open(Span.of(replica.key(file), file.size()));
                LtxDecoder decoder = new LtxDecoder(content, key)) {
            LtxHeader header = replica.checked(file, decoder.header());
            long pages = 0;
            while (decoder.next()) {
                effort.check();
                pages++;
            }
            return new Outcome(file, header, pages, null);
        } catch (CorruptFileException e) {
            return new Outcome(file, null, 0, e);
        } catch (StorageException.NotFound e) {
            return new Outcome(file, null, 0, null);
        }
    }

    private void note(Outcome outcome) {
        CorruptFileException damage = outcome.damage;
        LtxHeader header = outcome.header;
        if (damage != null) {
            findings.damaged(outcome.file, damage);
        }
        if (header != null) {
            headers.put(outcome.file, header);
            if (outcome.pages == header.snapshotPages()) {
                whole.add(outcome.file);
            }
        }
        if (damage == null && header == null) {
            vanished.add(outcome.file);
        } else {
            findings.read(outcome.file);
        }
    }

    /// What a file says of the database after a transaction.
    private record Said(String key, Checksum checksum) {}

    private void compareTags() {
        Map<Txid, Said> said = new HashMap<>();
        headers.forEach((file, header) -> {
            String key = replica.key(file).value();
            compare(said, header.range().last(), key, header.tag().postApply());
            long before = header.range().first().value() - 1;
            if (before > 0) {
                compare(said, new Txid(before), key, header.tag().preApply());
            }
        });
    }

    private void compare(Map<Txid, Said> said, Txid txid, String key, Optional<Checksum> checksum) {
        if (checksum.isEmpty()) {
            return;
        }
        Said other = said.putIfAbsent(txid, new Said(key, checksum.get()));
        if (other != null && !other.checksum.equals(checksum.get())) {
            findings.disagree(
                    new RestoreException.Damaged(
                            List.of(other.key, key),
                            "at txid %s, %s says that the database has the checksum %s, but %s says %s"
                                    .formatted(
                                            txid, other.key, other.checksum, key, checksum.get())));
        }
    }

    private RestorablePoints points(Inventory inventory) throws IOException {
        Inventory present = withoutVanished(inventory);
        return RestorablePoints.of(present, findings.damage(), headers, whole);
    }
}
