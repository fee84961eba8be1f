package io.litestream.cli.command;

import io.litestream.cli.text.ByteSize;
import io.litestream.cli.text.GoDuration;
import io.litestream.cli.text.TextTable;
import io.litestream.ltx.Txid;
import io.litestream.replica.Inventory;
import io.litestream.replica.Level;
import io.litestream.replica.ReplicaFile;
import io.litestream.replica.retention.Pin;
import io.litestream.replica.retention.RetentionPlan;
import io.litestream.replica.retention.RetentionPlanner;
import io.litestream.replica.retention.RetentionPolicy;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What retention does at one destination: what goes and why, what is left, and what goes later.
///
/// @param done whether it was done, and not only looked at
record RetentionOutlook(
        String replica,
        Inventory inventory,
        RetentionPolicy policy,
        List<Pin> pins,
        Instant now,
        RetentionPlan plan,
        Done done) {

    /// Whether something was deleted.
    enum Done {
        PLANNED,
        APPLIED
    }

    private static final List<Duration> AHEAD =
            List.of(
                    Duration.ofHours(1),
                    Duration.ofDays(1),
                    Duration.ofDays(7),
                    Duration.ofDays(31),
                    Duration.ofDays(366));

    static RetentionOutlook of(
            String replica,
            Inventory inventory,
            RetentionPolicy policy,
            List<Pin> pins,
            Instant now) {
        RetentionPlan plan = RetentionPlanner.plan(inventory, policy, pins, now);
        return new RetentionOutlook(replica, inventory, policy, pins, now, plan, Done.PLANNED);
    }

    RetentionOutlook applied() {
        return new RetentionOutlook(replica, inventory, policy, pins, now, plan, Done.APPLIED);
    }

    /// Prints it for people.
    void print(PrintStream out) {
        String verb = done == Done.APPLIED ? "deleted" : "would be deleted";
        out.printf(
                "%s: %d files (%s) %s, %d files (%s) stay for %d restore points%n",
                replica,
                plan.deletions().size(),
                ByteSize.format(plan.deletedBytes()),
                verb,
                plan.kept().files().size(),
                ByteSize.format(plan.kept().sizeBytes()),
                plan.points().size());
        printDeletions(out);
        printLevels(out);
        printPins(out);
        printLater(out);
    }

    private void printDeletions(PrintStream out) {
        if (plan.deletions().isEmpty()) {
            return;
        }
        TextTable table =
                new TextTable("level", "min_txid", "max_txid", "size", "created", "reason");
        for (ReplicaFile file : plan.deletions()) {
            table.row(
                    file.level().toString(),
                    file.range().first().toString(),
                    file.range().last().toString(),
                    Long.toString(file.size()),
                    created(file),
                    reason(file));
        }
        out.println();
        out.print(table);
    }

    private void printLevels(PrintStream out) {
        TextTable table = new TextTable("level", "goes", "size", "stays", "size");
        for (Level level : Level.all()) {
            List<ReplicaFile> kept = plan.kept().files(level);
            List<ReplicaFile> gone = gone(level);
            if (!kept.isEmpty() || !gone.isEmpty()) {
                table.row(
                        level.toString(),
                        Integer.toString(gone.size()),
                        ByteSize.format(size(gone)),
                        Integer.toString(kept.size()),
                        ByteSize.format(size(kept)));
            }
        }
        out.println();
        out.print(table);
    }

    private void printPins(PrintStream out) {
        if (pins.isEmpty()) {
            return;
        }
        TextTable table = new TextTable("pin", "txid", "created", "state");
        for (Pin pin : pins) {
            table.row(
                    pin.name(),
                    pin.txid().toString(),
                    pin.created().truncatedTo(ChronoUnit.SECONDS).toString(),
                    isLost(pin) ? "lost: its files are gone" : "kept");
        }
        out.println();
        out.print(table);
    }

    private void printLater(PrintStream out) {
        TextTable table = new TextTable("later", "goes", "size", "stays", "size");
        for (Duration ahead : AHEAD) {
            RetentionPlan later = later(ahead);
            table.row(
                    "after " + text(ahead),
                    Integer.toString(later.deletions().size()),
                    ByteSize.format(later.deletedBytes()),
                    Integer.toString(later.kept().files().size()),
                    ByteSize.format(later.kept().sizeBytes()));
        }
        out.println("\nIf nothing is written from now on:");
        out.print(table);
    }

    private static String text(Duration duration) {
        long days = duration.toDays();
        return days > 0 ? days + "d" : duration.toHours() + "h";
    }

    private RetentionPlan later(Duration ahead) {
        return RetentionPlanner.plan(plan.kept(), policy, pins, now.plus(ahead));
    }

    private boolean isLost(Pin pin) {
        return plan.lostPins().contains(pin);
    }

    private List<ReplicaFile> gone(Level level) {
        return plan.deletions().stream().filter(file -> file.level().equals(level)).toList();
    }

    private static long size(List<ReplicaFile> files) {
        return files.stream().mapToLong(ReplicaFile::size).sum();
    }

    private static String created(ReplicaFile file) {
        return file.created().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private String reason(ReplicaFile file) {
        String time = length(policy.kept(file.level()).orElse(Duration.ZERO));
        return file.level().equals(Level.CAPTURED)
                ? "merged, and older than " + time
                : "older than %s, and no point that is kept needs it".formatted(time);
    }

    private static String length(Duration duration) {
        return GoDuration.format(duration);
    }

    /// Returns it for programs.
    Map<String, Object> json() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("replica", replica);
        object.put("applied", done == Done.APPLIED);
        object.put("points", plan.points().size());
        if (!plan.points().isEmpty()) {
            object.put("min_txid", plan.points().first().toString());
            object.put("max_txid", plan.points().last().toString());
        }
        object.put("levels", Level.all().stream().map(this::json).toList());
        object.put("deletions", plan.deletions().stream().map(this::json).toList());
        object.put("pins", pins.stream().map(this::json).toList());
        List<Object> later = new ArrayList<>();
        AHEAD.forEach(ahead -> later.add(json(ahead)));
        object.put("later", later);
        return object;
    }

    private Map<String, Object> json(Level level) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("level", level.number());
        putCounts(object, gone(level), plan.kept().files(level));
        return object;
    }

    private Map<String, Object> json(Duration ahead) {
        RetentionPlan later = later(ahead);
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("after", GoDuration.format(ahead));
        putCounts(object, later.deletions(), later.kept().files());
        return object;
    }

    private static void putCounts(
            Map<String, Object> object, List<ReplicaFile> gone, List<ReplicaFile> kept) {
        object.put("deleted_files", gone.size());
        object.put("deleted_size", size(gone));
        object.put("kept_files", kept.size());
        object.put("kept_size", size(kept));
    }

    private Map<String, Object> json(ReplicaFile file) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("level", file.level().number());
        object.put("min_txid", file.range().first().toString());
        object.put("max_txid", file.range().last().toString());
        object.put("size", file.size());
        object.put("timestamp", created(file));
        object.put("reason", reason(file));
        return object;
    }

    private Map<String, Object> json(Pin pin) {
        Map<String, Object> object = new LinkedHashMap<>();
        Txid txid = pin.txid();
        object.put("name", pin.name());
        object.put("txid", txid.toString());
        object.put("timestamp", pin.created().truncatedTo(ChronoUnit.SECONDS).toString());
        object.put("kept", !isLost(pin));
        return object;
    }
}
