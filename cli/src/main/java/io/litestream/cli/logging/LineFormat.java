package io.litestream.cli.logging;

import io.litestream.cli.config.LoggingConfiguration.Format;
import io.litestream.cli.text.GoDuration;
import io.litestream.cli.text.Json;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// Writes log lines as the original does: text as in `time=… level=INFO msg="…" key=value`, JSON
/// with the same keys, each once, or short lines for people.
final class LineFormat {

    private static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSXXX");
    private static final DateTimeFormatter NANOS =
            new DateTimeFormatterBuilder()
                    .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
                    .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
                    .appendOffset("+HH:MM", "Z")
                    .toFormatter();

    /// What an attribute cannot be called in JSON, where it would take the other's place.
    private static final Set<String> OF_EACH_LINE = Set.of("time", "level", "msg");

    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");

    private final Format format;
    private final ZoneId zone;

    LineFormat(Format format, ZoneId zone) {
        this.format = format;
        this.zone = zone;
    }

    String write(LogLine line) {
        return switch (format) {
            case TEXT -> text(line);
            case JSON -> json(line);
            case PRETTY -> pretty(line);
        };
    }

    private String text(LogLine line) {
        StringBuilder text = new StringBuilder(128);
        text.append("time=").append(MILLIS.format(line.time().atZone(zone)));
        text.append(" level=").append(name(line.level()));
        text.append(" msg=").append(quotedIfNeeded(line.message()));
        append(line.attributes(), text);
        return text.toString();
    }

    private String pretty(LogLine line) {
        StringBuilder text = new StringBuilder(128);
        text.append(CLOCK.format(line.time().atZone(zone))).append(' ');
        String level = name(line.level());
        text.append(level).repeat(' ', 6 - level.length()).append(line.message());
        append(line.attributes(), text);
        return text.toString();
    }

    private String json(LogLine line) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("time", NANOS.format(line.time().atZone(zone)));
        object.put("level", name(line.level()));
        object.put("msg", line.message());
        line.attributes()
                .forEach((key, value) ->
                        object.put(
                                OF_EACH_LINE.contains(key) ? "attr." + key : key,
                                jsonValue(value)));
        return Json.line(object);
    }

    private void append(Map<String, Object> attributes, StringBuilder text) {
        attributes.forEach((key, value) ->
                text.append(' ')
                        .append(quotedIfNeeded(key))
                        .append('=')
                        .append(quotedIfNeeded(textValue(value))));
    }

    private String textValue(Object value) {
        return switch (value) {
            case Duration duration -> GoDuration.format(duration);
            case Instant time -> MILLIS.format(time.atZone(zone));
            default -> value.toString();
        };
    }

    private Object jsonValue(Object value) {
        return switch (value) {
            case Duration duration -> duration.toNanos();
            case Instant time -> NANOS.format(time.atZone(zone));
            case Number number -> number;
            case Boolean flag -> flag;
            default -> value.toString();
        };
    }

    static String name(System.Logger.Level level) {
        return switch (level) {
            case ALL, TRACE -> "TRACE";
            case DEBUG -> "DEBUG";
            case INFO -> "INFO";
            case WARNING -> "WARN";
            case ERROR, OFF -> "ERROR";
        };
    }

    private static String quotedIfNeeded(String text) {
        return isPlain(text) ? text : Json.line(text);
    }

    private static boolean isPlain(String text) {
        int at = 0;
        while (at < text.length()) {
            int c = text.codePointAt(at);
            if (needsQuotes(c)) {
                return false;
            }
            at += Character.charCount(c);
        }
        return !text.isEmpty();
    }

    private static boolean needsQuotes(int c) {
        if (c < 0x80) {
            return c <= ' ' || c == '"' || c == '=' || c == 0x7f;
        }
        return Character.isSpaceChar(c) || Character.isISOControl(c) || !Character.isDefined(c);
    }
}
