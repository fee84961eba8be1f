package io.litestream.cli.command;

import io.litestream.cli.text.ByteSize;
import io.litestream.cli.text.GoDuration;
import io.litestream.ltx.Txid;
import io.litestream.replica.LiveState;
import io.litestream.replica.Proof;
import io.litestream.replica.RestorablePoints;
import io.litestream.replica.Verdict;
import io.litestream.replica.VerificationReport;
import io.litestream.replica.VerifiedPoint;

import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;

/// Tells what a verification found, as text and as JSON.
final class VerifyReport {

    private VerifyReport() {}

    static String text(Verifier.Verified verified) {
        VerificationReport report = verified.report();
        StringBuilder text = new StringBuilder();
        text.append(verified.source().text()).append('\n');
        line(text, "replica", report.replica());
        line(text, "outcome", outcome(report.verdict()));
        String reason = reason(report.verdict());
        if (!reason.isEmpty()) {
            line(text, "reason", reason);
        }
        report.point().ifPresent(point -> point(text, point, verified.live()));
        for (VerificationReport.DamagedObject object : report.damaged()) {
            line(text, "damaged", object.key());
            line(text, "", object.what());
        }
        report.points().ifPresent(points -> points(text, points));
        line(
                text,
                "read",
                "%d files, %s in %s"
                        .formatted(
                                report.files(),
                                ByteSize.format(report.bytes()),
                                GoDuration.format(report.took().truncatedTo(ChronoUnit.MILLIS))));
        return text.toString();
    }

    private static void line(StringBuilder text, String name, String value) {
        String label = name.isEmpty() ? "" : name + ":";
        text.append("  %-12s".formatted(label)).append(value).append('\n');
    }

    private static void point(StringBuilder text, VerifiedPoint point, LiveState live) {
        line(text, "txid", point.txid().toString());
        line(text, "time", point.time().toString());
        line(text, "checksum", point.checksum() + " (" + proof(point) + ")");
        line(text, "live", live(point, live));
    }

    private static String proof(VerifiedPoint point) {
        return switch (point.proof()) {
            case Proof.Proven() -> "proven";
            case Proof.Unproven(String why) -> "not proven: " + why;
        };
    }

    private static String live(VerifiedPoint point, LiveState live) {
        String word = point.live().toString();
        return switch (live) {
            case LiveState.At at ->
                    word + " (the database was read at txid %s)".formatted(at.txid());
            case LiveState.Unknown(String why) -> word + ": " + why;
            case LiveState.Absent(String why) -> word + ": " + why;
        };
    }

    private static void points(StringBuilder text, RestorablePoints points) {
        if (!points.lost().isEmpty()) {
            line(text, "lost", span(points.lost()));
        }
        line(text, "restorable", points.intact().isEmpty() ? "nothing" : span(points.intact()));
    }

    private static String span(NavigableSet<Txid> points) {
        return points.size() == 1
                ? "1 point, txid " + points.first()
                : "%d points, txid %s to %s"
                        .formatted(points.size(), points.first(), points.last());
    }

    static Map<String, Object> json(Verifier.Verified verified) {
        VerificationReport report = verified.report();
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("source", verified.source().text());
        object.put("replica", report.replica());
        object.put("scope", report.scope().toString());
        object.put("outcome", outcome(report.verdict()));
        object.put("reason", reason(report.verdict()));
        object.put("verified_at", report.at().truncatedTo(ChronoUnit.MILLIS).toString());
        report.point()
                .ifPresent(point -> {
                    object.put("txid", point.txid().toString());
                    object.put("timestamp", point.time().toString());
                    object.put("checksum", point.checksum().toString());
                    object.put("proven", point.proof() instanceof Proof.Proven);
                    object.put("live", live(point, verified.live()));
                });
        object.put(
                "damaged",
                report.damaged().stream()
                        .map(damaged -> Map.of("key", damaged.key(), "error", damaged.what()))
                        .toList());
        report.points()
                .ifPresent(points -> {
                    object.put("lost", texts(points.lost()));
                    object.put("restorable", texts(points.intact()));
                });
        object.put("files", report.files());
        object.put("bytes", report.bytes());
        object.put("duration_ms", report.took().toMillis());
        return object;
    }

    private static List<String> texts(NavigableSet<Txid> points) {
        return points.stream().map(Txid::toString).toList();
    }

    private static String outcome(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Good() -> "good";
            case Verdict.Bad(String _) -> "bad";
            case Verdict.Inconclusive(String _) -> "inconclusive";
        };
    }

    private static String reason(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Good() -> "";
            case Verdict.Bad(String why) -> why;
            case Verdict.Inconclusive(String why) -> why;
        };
    }
}
