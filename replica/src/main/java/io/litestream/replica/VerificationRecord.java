package io.litestream.replica;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.litestream.ltx.Checksum;
import io.litestream.ltx.Txid;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.StorageException;

import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/// The last verification of a replica that came out well, kept in the replica as `_ctl/verified`.
///
/// The object is text in UTF-8, one line for each field: the name, a space, the value. The order of
/// the lines means nothing, and a reader passes over names that it does not know.
///
/// | Name       | Value                                                                   |
/// |------------|-------------------------------------------------------------------------|
/// | `version`  | `1`                                                                     |
/// | `verified` | when the verification began, as in `2026-01-02T15:04:05Z`               |
/// | `scope`    | `newest` or `deep`                                                      |
/// | `txid`     | the point that was put together, 16 hexadecimal digits                  |
/// | `time`     | when that point was captured                                            |
/// | `checksum` | of the database at that point, 16 hexadecimal digits                    |
/// | `live`     | `equal` if the live database was the same then, else `not compared`     |
public record VerificationRecord(
        Instant verified,
        VerificationScope scope,
        Txid txid,
        Instant time,
        Checksum checksum,
        VerifiedPoint.Comparison live) {

    /// Where it is kept, below the replica's path.
    public static final ObjectKey KEY = ObjectKey.of("_ctl", "verified");

    private static final int MAX_BYTES = 4096;
    private static final String VERSION = "1";

    public VerificationRecord {
        Objects.requireNonNull(verified);
        Objects.requireNonNull(scope);
        Objects.requireNonNull(txid);
        Objects.requireNonNull(time);
        Objects.requireNonNull(checksum);
        Objects.requireNonNull(live);
    }

    /// Returns the record of a verification; none unless it came out well.
    public static Optional<VerificationRecord> of(VerificationReport report) {
        return report.isGood()
                ? report.point()
                        .map(point ->
                                new VerificationRecord(
                                        report.at(),
                                        report.scope(),
                                        point.txid(),
                                        point.time(),
                                        point.checksum(),
                                        point.live()))
                : Optional.empty();
    }

    /// Reads the record of a replica. Returns nothing if there is none, or one that cannot be
    /// understood.
    public static Optional<VerificationRecord> read(Replica replica) throws IOException {
        try (InputStream in = replica.store().open(KEY, 0, MAX_BYTES)) {
            return parse(new String(in.readNBytes(MAX_BYTES), UTF_8));
        } catch (StorageException.NotFound none) {
            return Optional.empty();
        }
    }

    /// Keeps this in the replica, in place of the record before.
    public void write(Replica replica) throws IOException {
        byte[] bytes = text().getBytes(UTF_8);
        replica.store().replace(KEY, verified, out -> out.write(bytes));
    }

    private String text() {
        return """
        version %s
        verified %s
        scope %s
        txid %s
        time %s
        checksum %s
        live %s
        """
                .formatted(VERSION, verified, scope, txid, time, checksum, live);
    }

    static Optional<VerificationRecord> parse(String text) {
        Map<String, String> fields =
                text.lines()
                        .map(line -> line.split(" ", 2))
                        .filter(parts -> parts.length == 2)
                        .collect(Collectors.toMap(p -> p[0], p -> p[1], (first, _) -> first));
        if (!VERSION.equals(fields.get("version"))) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new VerificationRecord(
                            Instant.parse(field(fields, "verified")),
                            word(VerificationScope.values(), field(fields, "scope")),
                            Txid.parse(field(fields, "txid")),
                            Instant.parse(field(fields, "time")),
                            new Checksum(HexFormat.fromHexDigitsToLong(field(fields, "checksum"))),
                            word(VerifiedPoint.Comparison.values(), field(fields, "live"))));
        } catch (IllegalArgumentException | DateTimeException unknown) {
            return Optional.empty();
        }
    }

    private static String field(Map<String, String> fields, String name) {
        String value = fields.get(name);
        if (value == null) {
            throw new IllegalArgumentException("there is no " + name);
        }
        return value;
    }

    private static <E extends Enum<E>> E word(E[] words, String text) {
        return Arrays.stream(words)
                .filter(word -> word.toString().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown word " + text));
    }
}
