package io.litestream.storage.s3;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Map;
import java.util.Optional;

/// The time of creation, as Litestream keeps it with an object: in the metadata
/// `litestream-timestamp`, by RFC 3339, with as many digits of a second as are needed, up to nine.
final class Timestamp {

    static final String METADATA = "litestream-timestamp";

    private static final DateTimeFormatter FORMAT =
            new DateTimeFormatterBuilder()
                    .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
                    .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
                    .appendOffsetId()
                    .toFormatter()
                    .withZone(ZoneOffset.UTC);

    private Timestamp() {}

    static Map<String, String> metadata(Instant created) {
        return Map.of(METADATA, FORMAT.format(created));
    }

    /// Returns the time that the metadata of an object tell.
    static Optional<Instant> of(Map<String, String> metadata) {
        return metadata.entrySet().stream()
                .filter(entry -> entry.getKey().equalsIgnoreCase(METADATA))
                .flatMap(entry -> parsed(entry.getValue()).stream())
                .findFirst();
    }

    private static Optional<Instant> parsed(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException _) { // not ours
            return Optional.empty();
        }
    }
}
