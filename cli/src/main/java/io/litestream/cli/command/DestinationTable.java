package io.litestream.cli.command;

import io.litestream.cli.text.ByteSize;
import io.litestream.cli.text.GoDuration;
import io.litestream.cli.text.TextTable;
import io.litestream.replica.Survey;
import io.litestream.replica.VerificationRecord;
import io.litestream.replica.retention.Pin;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Tells what was seen of destinations, as text and as JSON. What was not looked at is a dash, or
/// is left out.
final class DestinationTable {

    private static final String UNKNOWN = "-";

    private DestinationTable() {}

    /// Returns a table without rows, for [#row].
    static TextTable empty() {
        return new TextTable(
                "database",
                "replica",
                "status",
                "txid",
                "time",
                "lag",
                "behind",
                "oldest",
                "files",
                "size",
                "verified");
    }

    static void row(TextTable table, String database, DestinationStatus status) {
        boolean seen = status.failure().isEmpty();
        table.row(
                database,
                status.replica(),
                status.state().toString(),
                status.durable().map(point -> point.txid().toString()).orElse(UNKNOWN),
                status.durable().map(point -> seconds(point.time())).orElse(UNKNOWN),
                status.lag().map(lag -> rounded(lag.time())).orElse(UNKNOWN),
                status.lag().map(lag -> ByteSize.format(lag.bytes())).orElse(UNKNOWN),
                status.survey().oldest().map(point -> seconds(point.time())).orElse(UNKNOWN),
                seen ? Long.toString(status.files()) : UNKNOWN,
                seen ? ByteSize.format(status.bytes()) : UNKNOWN,
                seen ? verified(status.verified()) : UNKNOWN);
    }

    private static String verified(Optional<VerificationRecord> record) {
        return record.map(good -> seconds(good.verified())).orElse("never");
    }

    /// Returns everything that is known of a destination, over several lines.
    static String text(DestinationStatus status) {
        StringBuilder text = new StringBuilder();
        text.append("replica ").append(status.replica()).append('\n');
        line(text, "status", status.state().toString());
        status.failure().ifPresent(reason -> line(text, "reason", reason));
        if (status.failure().isPresent()) {
            return text.toString();
        }
        status.durable()
                .ifPresent(point -> line(text, "txid", point.txid() + " of " + point.time()));
        line(
                text,
                "lag",
                status.lag()
                        .map(lag ->
                                "%s, %d transactions, %s"
                                        .formatted(
                                                rounded(lag.time()),
                                                lag.transactions(),
                                                ByteSize.format(lag.bytes())))
                        .orElse("not known here"));
        line(text, "oldest", point(status.survey().oldest()));
        line(text, "newest", point(status.survey().newest()));
        line(
                text,
                "verified",
                status.verified()
                        .map(good ->
                                "%s, %s, txid %s, live %s"
                                        .formatted(
                                                seconds(good.verified()),
                                                good.scope(),
                                                good.txid(),
                                                good.live()))
                        .orElse("never"));
        line(
                text,
                "pins",
                status.pins()
                        .map(pins -> Integer.toString(pins.size()))
                        .orElse("not known: they may not be listed"));
        return text.append(levels(status)).append(bands(status)).append(pins(status)).toString();
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append("  %-10s".formatted(name + ":")).append(value).append('\n');
    }

    private static String point(Optional<Survey.Point> point) {
        return point.map(p -> "txid %s of %s".formatted(p.txid(), seconds(p.time())))
                .orElse("nothing can be restored");
    }

    private static String levels(DestinationStatus status) {
        TextTable table = new TextTable("level", "files", "size");
        for (Survey.LevelSize level : status.survey().levels()) {
            table.row(
                    level.level().toString(),
                    Integer.toString(level.files()),
                    ByteSize.format(level.bytes()));
        }
        return table.toString().indent(2);
    }

    private static String bands(DestinationStatus status) {
        TextTable table = new TextTable("age", "points", "widest gap");
        for (Survey.Band band : status.survey().bands()) {
            table.row(age(band), Integer.toString(band.points()), rounded(band.widestGap()));
        }
        return table.toString().indent(2);
    }

    private static String pins(DestinationStatus status) {
        List<Pin> pins = status.pins().orElse(List.of());
        if (pins.isEmpty()) {
            return "";
        }
        TextTable table = new TextTable("pin", "txid", "pinned");
        pins.forEach(pin -> table.row(pin.name(), pin.txid().toString(), seconds(pin.created())));
        return table.toString().indent(2);
    }

    private static String age(Survey.Band band) {
        return band.upTo().equals(Survey.Band.OLDER)
                ? "older"
                : "up to " + GoDuration.format(band.upTo());
    }

    static Map<String, Object> json(DestinationStatus status) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("replica", status.replica());
        object.put("status", status.state().toString());
        status.failure().ifPresent(reason -> object.put("error", reason));
        if (status.failure().isPresent()) {
            return object;
        }
        status.durable()
                .ifPresent(point -> {
                    object.put("txid", point.txid().toString());
                    object.put("timestamp", point.time().toString());
                });
        status.lag()
                .ifPresent(lag -> {
                    object.put("lag_ms", lag.time().toMillis());
                    object.put("lag_transactions", lag.transactions());
                    object.put("lag_bytes", lag.bytes());
                });
        status.survey().oldest().ifPresent(point -> object.put("oldest", json(point)));
        status.survey().newest().ifPresent(point -> object.put("newest", json(point)));
        object.put("files", status.files());
        object.put("bytes", status.bytes());
        object.put(
                "levels", status.survey().levels().stream().map(DestinationTable::json).toList());
        object.put(
                "granularity",
                status.survey().bands().stream().map(DestinationTable::json).toList());
        status.verified().ifPresent(good -> object.put("verified", json(good)));
        status.pins()
                .ifPresent(pins ->
                        object.put("pins", pins.stream().map(DestinationTable::json).toList()));
        return object;
    }

    private static Map<String, Object> json(Survey.Point point) {
        return ordered("txid", point.txid().toString(), "timestamp", seconds(point.time()));
    }

    private static Map<String, Object> json(Survey.LevelSize level) {
        return ordered(
                "level", level.level().number(), "files", level.files(), "bytes", level.bytes());
    }

    private static Map<String, Object> json(Survey.Band band) {
        boolean last = band.upTo().equals(Survey.Band.OLDER);
        return ordered(
                "age_up_to_seconds",
                last ? "" : band.upTo().toSeconds(),
                "points",
                band.points(),
                "widest_gap_ms",
                band.widestGap().toMillis());
    }

    private static Map<String, Object> json(VerificationRecord good) {
        return ordered(
                "verified_at",
                good.verified().toString(),
                "scope",
                good.scope().toString(),
                "txid",
                good.txid().toString(),
                "live",
                good.live().toString());
    }

    private static Map<String, Object> json(Pin pin) {
        return ordered(
                "name",
                pin.name(),
                "txid",
                pin.txid().toString(),
                "pinned_at",
                seconds(pin.created()));
    }

    private static Map<String, Object> ordered(Object... namesAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return object;
    }

    private static String seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static String rounded(Duration duration) {
        ChronoUnit unit =
                duration.compareTo(Duration.ofMinutes(1)) < 0
                        ? ChronoUnit.MILLIS
                        : ChronoUnit.SECONDS;
        return GoDuration.format(duration.truncatedTo(unit));
    }
}
