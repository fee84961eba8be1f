package io.litestream.replica;

import io.litestream.ltx.CorruptFileException;
import io.litestream.replica.legacy.LegacyFile;
import io.litestream.replica.legacy.LegacyInventory;
import io.litestream.replica.legacy.LegacyPlanResult;
import io.litestream.replica.legacy.LegacyPlanner;
import io.litestream.replica.legacy.WalPoint;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Brings a state back from files of Litestream 0.3, into the temporary file.
///
/// A damaged snapshot is passed over if an earlier one of the same generation leads to the same
/// state. For a damaged part of a WAL nothing can stand in.
final class LegacyRestore {

    private static final String NO_TAG =
            "files of Litestream 0.3 carry no checksum of the database";

    private final Replica replica;
    private final Map<LegacyFile, CorruptFileException> damage = new LinkedHashMap<>();

    LegacyRestore(Replica replica) {
        this.replica = replica;
    }

    /// What was put together, and from which files.
    record Restored(
            LegacyPlanResult.Plan plan,
            LegacyAssembly.Assembled database,
            List<String> passedOver) {

        RestoreResult result(RestoreRequest request, Duration took) {
            return new RestoreResult(
                    request.output(),
                    new RestoredPoint.OfGeneration(
                            plan.snapshot().generation(), plan.index(), database.offset()),
                    plan.time(),
                    database.pageSize(),
                    database.pageCount(),
                    database.checksum(),
                    new Proof.Unproven(NO_TAG),
                    request.check(),
                    plan.sizeBytes(),
                    took,
                    passedOver);
        }
    }

    /// Returns the files to read.
    ///
    /// @throws RestoreException if the point cannot be had
    LegacyPlanResult.Plan plan(LegacyInventory inventory, WalPoint point) throws RestoreException {
        return switch (LegacyPlanner.plan(inventory, point, damage.keySet())) {
            case LegacyPlanResult.Plan plan -> plan;
            case LegacyPlanResult.NoBackup() -> throw new RestoreException.NoBackup();
            case LegacyPlanResult.Missing(String what) -> {
                if (!damage.isEmpty()) {
                    throw failure();
                }
                throw new RestoreException.Missing(replica.name(), what);
            }
            case LegacyPlanResult.NotAPoint(String why) ->
                    throw new RestoreException.NotAPoint(replica.name() + ": " + why);
        };
    }

    /// Carries out plan after plan, as snapshots turn out to be damaged.
    Restored run(
            LegacyInventory inventory,
            WalPoint point,
            ReplicaReader reader,
            RestoreProgress progress,
            TemporaryFile file)
            throws IOException {
        while (true) {
            LegacyPlanResult.Plan plan = plan(inventory, point);
            try {
                LegacyAssembly.Assembled database = new LegacyAssembly(reader, plan, file).run();
                return new Restored(
                        plan,
                        database,
                        damage.values().stream().map(CorruptFileException::file).toList());
            } catch (CorruptFileException e) {
                note(plan, e);
                progress.damaged(e);
            }
        }
    }

    private void note(LegacyPlanResult.Plan plan, CorruptFileException e)
            throws RestoreException.Damaged {
        LegacyFile damaged =
                plan.files().stream()
                        .filter(file -> file.key().value().equals(e.file()))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(e));
        damage.put(damaged, e);
        if (damaged instanceof LegacyFile.Segment) {
            throw failure();
        }
    }

    private RestoreException.Damaged failure() {
        return new RestoreException.Damaged(
                damage.values().stream().map(CorruptFileException::file).toList(),
                "cannot restore from %s, as no other file holds the same: %s"
                        .formatted(
                                replica.name(),
                                damage.values().stream()
                                        .map(CorruptFileException::getMessage)
                                        .collect(Collectors.joining("; "))));
    }
}
