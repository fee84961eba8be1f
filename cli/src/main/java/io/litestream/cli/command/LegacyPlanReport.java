package io.litestream.cli.command;

import io.litestream.cli.text.TextTable;
import io.litestream.replica.legacy.LegacyFile;
import io.litestream.replica.legacy.LegacyPlanResult;

import java.util.LinkedHashMap;
import java.util.Map;

/// Tells which files of Litestream 0.3 a restore would read, as text and as JSON.
record LegacyPlanReport(RestoreReport restore, LegacyPlanResult.Plan plan) {

    String text(Restorer.Planned planned) {
        StringBuilder text = new StringBuilder();
        text.append("Restore plan:\n");
        text.append("  source: ").append(restore.source().text()).append('\n');
        text.append("  target: ").append(restore.request().output()).append('\n');
        text.append("  replica: ").append(planned.replica().name()).append('\n');
        text.append("  generation: ").append(plan.snapshot().generation()).append('\n');
        text.append("  index range: %s - %s%n".formatted(plan.snapshot().index(), plan.index()));
        text.append("\nFiles to fetch:\n");
        TextTable table = new TextTable("kind", "file", "index", "offset", "size", "timestamp");
        for (LegacyFile file : plan.files()) {
            table.row(
                    kind(file),
                    file.key().name(),
                    file.index().toString(),
                    Long.toString(offset(file)),
                    Long.toString(file.size()),
                    RestoreReport.time(file.created()));
        }
        return text.append(table).toString();
    }

    Map<String, Object> json(Restorer.Planned planned) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("source", restore.source().text());
        object.put("target_path", restore.request().output().toString());
        object.put("replica", planned.replica().name());
        object.put("generation", plan.snapshot().generation().toString());
        object.put("min_index", plan.snapshot().index().toString());
        object.put("max_index", plan.index().toString());
        object.put("files", plan.files().stream().map(LegacyPlanReport::json).toList());
        return object;
    }

    private static Map<String, Object> json(LegacyFile file) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("kind", kind(file));
        object.put("name", file.key().value());
        object.put("index", file.index().toString());
        object.put("offset", offset(file));
        object.put("size", file.size());
        object.put("timestamp", RestoreReport.time(file.created()));
        return object;
    }

    private static String kind(LegacyFile file) {
        return switch (file) {
            case LegacyFile.Snapshot _ -> "snapshot";
            case LegacyFile.Segment _ -> "wal";
        };
    }

    private static long offset(LegacyFile file) {
        return switch (file) {
            case LegacyFile.Snapshot _ -> 0;
            case LegacyFile.Segment segment -> segment.offset();
        };
    }
}
