package io.litestream.cli.logging;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a log line says: when, how grave, what, and the attributes of it.
///
/// Attributes come through `System.Logger` by one convention: a format without braces is the
/// message as it stands, and the parameters are keys and values in turn, as in `logger.log(INFO,
/// "ltx file uploaded", "level", 0, "size", 4321)`. A format with braces is one of
/// `java.text.MessageFormat`, and there are no attributes.
record LogLine(
        Instant time, System.Logger.Level level, String message, Map<String, Object> attributes) {

    LogLine {
        attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    }

    /// Returns the attributes that these parameters are.
    static Map<String, Object> attributes(Object... parameters) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        for (int i = 0; i < parameters.length; i += 2) {
            boolean paired = i + 1 < parameters.length;
            attributes.put(
                    paired ? String.valueOf(parameters[i]) : "!BADKEY",
                    parameters[paired ? i + 1 : i]);
        }
        return attributes;
    }
}
