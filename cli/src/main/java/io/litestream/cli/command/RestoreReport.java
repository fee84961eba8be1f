package io.litestream.cli.command;

import io.litestream.cli.text.ByteSize;
import io.litestream.cli.text.GoDuration;
import io.litestream.cli.text.TextTable;
import io.litestream.ltx.Txid;
import io.litestream.replica.PlanResult;
import io.litestream.replica.Proof;
import io.litestream.replica.ReplicaFile;
import io.litestream.replica.RestorePlan;
import io.litestream.replica.RestoreRequest;
import io.litestream.replica.RestoreResult;
import io.litestream.replica.RestoredPoint;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// Tells what a restore did or would do, as text and as JSON.
record RestoreReport(Source source, RestoreRequest request, Kept kept) {

    /// What is left of a restore.
    enum Kept {
        /// The database, at its path.
        DATABASE,
        /// It was a drill.
        NOTHING
    }

    String text(Restorer.Planned planned) {
        return switch (planned.plan()) {
            case RestorePlan.OfLine line -> text(planned, line.plan());
            case RestorePlan.OfGeneration old ->
                    new LegacyPlanReport(this, old.plan()).text(planned);
        };
    }

    Map<String, Object> json(Restorer.Planned planned) {
        return switch (planned.plan()) {
            case RestorePlan.OfLine line -> json(planned, line.plan());
            case RestorePlan.OfGeneration old ->
                    new LegacyPlanReport(this, old.plan()).json(planned);
        };
    }

    private String text(Restorer.Planned planned, PlanResult.Plan plan) {
        StringBuilder text = new StringBuilder();
        text.append("Restore plan:\n");
        text.append("  source: ").append(source.text()).append('\n');
        text.append("  target: ").append(request.output()).append('\n');
        text.append("  replica: ").append(planned.replica().name()).append('\n');
        text.append("  txid range: %s - %s%n".formatted(first(plan), plan.txid()));
        text.append("\nFiles to fetch:\n");
        TextTable table =
                new TextTable("level", "file", "min_txid", "max_txid", "size", "timestamp");
        for (ReplicaFile file : plan.files()) {
            table.row(
                    file.level().toString(),
                    file.name(),
                    file.range().first().toString(),
                    file.range().last().toString(),
                    Long.toString(file.size()),
                    time(file.created()));
        }
        return text.append(table).toString();
    }

    private Map<String, Object> json(Restorer.Planned planned, PlanResult.Plan plan) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("source", source.text());
        object.put("target_path", request.output().toString());
        object.put("replica", planned.replica().name());
        object.put("min_txid", first(plan));
        object.put("max_txid", plan.txid().toString());
        object.put("files", plan.files().stream().map(RestoreReport::json).toList());
        return object;
    }

    String text(Restorer.Restored restored) {
        RestoreResult result = restored.result();
        StringBuilder text = new StringBuilder();
        text.append(
                switch (kept) {
                    case DATABASE -> "Restored %s\n".formatted(result.output());
                    case NOTHING -> "The restore worked. Nothing of it was kept.\n";
                });
        text.append("  replica:  ").append(restored.replica().name()).append('\n');
        text.append(
                switch (result.point()) {
                    case RestoredPoint.OfLine(Txid txid) -> "  txid:     " + txid;
                    case RestoredPoint.OfGeneration position -> "  position: " + position;
                });
        text.append('\n');
        text.append("  time:     ").append(result.time()).append('\n');
        text.append("  checksum: ").append(result.checksum()).append(" (");
        text.append(describe(result.proof())).append(")\n");
        text.append("  check:    ").append(check(result)).append('\n');
        text.append("  size:     ").append(ByteSize.format(result.sizeBytes()));
        text.append(", from ").append(ByteSize.format(result.readBytes()));
        Duration took = result.duration().truncatedTo(ChronoUnit.MILLIS);
        text.append(" in ").append(GoDuration.format(took)).append('\n');
        for (String file : result.passedOver()) {
            text.append("  damaged:  ").append(file).append(", others stood in for it\n");
        }
        return text.toString();
    }

    Map<String, Object> json(Restorer.Restored restored) {
        RestoreResult result = restored.result();
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("db_path", kept == Kept.DATABASE ? result.output().toString() : "");
        object.put("replica", restored.replica().name());
        object.put("txid", result.txid().map(Txid::toString).orElse(""));
        if (result.point() instanceof RestoredPoint.OfGeneration position) {
            object.put("generation", position.generation().toString());
            object.put("index", position.index().toString());
            object.put("offset", position.offset());
        }
        object.put("duration_ms", result.duration().toMillis());
        object.put("integrity_check", check(result));
        object.put("timestamp", result.time().toString());
        object.put("checksum", result.checksum().toString());
        object.put("proven", result.proof() instanceof Proof.Proven);
        object.put("damaged", result.passedOver());
        return object;
    }

    private static String describe(Proof proof) {
        return switch (proof) {
            case Proof.Proven() -> "proven";
            case Proof.Unproven(String why) -> "not proven: " + why;
        };
    }

    private static String check(RestoreResult result) {
        return result.check().name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, Object> json(ReplicaFile file) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("level", file.level().number());
        object.put("name", file.name());
        object.put("min_txid", file.range().first().toString());
        object.put("max_txid", file.range().last().toString());
        object.put("size", file.size());
        object.put("timestamp", time(file.created()));
        return object;
    }

    private static String first(PlanResult.Plan plan) {
        return plan.files().getFirst().range().first().toString();
    }

    static String time(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
