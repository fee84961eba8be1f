package io.litestream.cli.config;

import io.litestream.cli.text.ByteSize;
import io.litestream.cli.text.NearestName;
import io.litestream.storage.s3.S3Location;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What a URL says of a destination in S3: `s3://BUCKET[/PATH][?PARAMETERS]`.
///
/// @param location what stands before the parameters
/// @param parameters the parameters, by the keys of the configuration
/// @param keyMd5 what should be the MD5 of the customer key, in base64
/// @param written the path as Litestream reads it: `.` where there is none
record S3Url(
        S3Location location,
        Map<String, Object> parameters,
        Optional<String> keyMd5,
        String written) {

    static final String SCHEME = "s3://";

    private static final String KEY = "sseCustomerKey";
    private static final String KEY_MD5 = "sseCustomerKeyMD5";

    private static final List<String> PARAMETERS =
            List.of(
                    "endpoint",
                    "region",
                    "forcePathStyle",
                    "skipVerify",
                    "signPayload",
                    "requireContentMD5",
                    "storageClass",
                    "partSize",
                    "concurrency",
                    "sseCustomerAlgorithm",
                    KEY,
                    KEY_MD5,
                    "sseCustomerKeyPath",
                    "sseKmsKeyId");

    S3Url {
        parameters = Map.copyOf(parameters);
    }

    /// Reads a URL that begins with [#SCHEME].
    ///
    /// @throws IllegalArgumentException if it cannot be used; the message holds no secret of it
    static S3Url parse(String url) {
        int query = url.indexOf('?');
        String place = url.substring(SCHEME.length(), query < 0 ? url.length() : query);
        if (place.split("/", 2)[0].contains("@")) {
            throw new IllegalArgumentException(
                    "an s3 URL holds no credentials, which others could see; set access-key-id and"
                            + " secret-access-key, or the environment variables"
                            + " LITESTREAM_ACCESS_KEY_ID and LITESTREAM_SECRET_ACCESS_KEY");
        }
        Map<String, String> texts = query < 0 ? Map.of() : texts(url.substring(query + 1));
        Map<String, Object> parameters = new LinkedHashMap<>();
        texts.forEach((name, text) -> {
            if (!name.equals(KEY_MD5) && !text.isEmpty()) {
                parameters.put(hyphenated(name), value(name, text));
            }
        });
        S3Location location = S3Location.parse(SCHEME + place);
        return new S3Url(
                location,
                parameters,
                Optional.ofNullable(texts.get(KEY_MD5)),
                place.contains("/") ? location.path() : ".");
    }

    /// Tells whether everybody may see the value of a parameter.
    static boolean isOpen(String name) {
        return PARAMETERS.stream()
                .filter(known -> !known.equals(KEY) && !known.equals(KEY_MD5))
                .anyMatch(known -> name.equals(known) || name.equals(hyphenated(known)));
    }

    /// Returns the parameters as a section, which stands where the URL stands.
    Section section(Location at) {
        Map<String, Value> values = new LinkedHashMap<>();
        parameters.forEach(
                (key, content) -> values.put(key, new Value(Keys.REPLICA.key(key), at, content)));
        return new Section(Keys.REPLICA, at, "", values);
    }

    /// Returns the texts of a query by their names in [#PARAMETERS].
    private static Map<String, String> texts(String query) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (String part : query.split("&", -1)) {
            if (part.isEmpty()) {
                continue;
            }
            int equals = part.indexOf('=');
            String name = decode(equals < 0 ? part : part.substring(0, equals));
            String value = equals < 0 ? "" : decode(part.substring(equals + 1));
            String known = known(name);
            boolean base64 = known.equals(KEY) || known.equals(KEY_MD5);
            if (texts.put(known, base64 ? value.replace(' ', '+') : value) != null) {
                throw new IllegalArgumentException(
                        "query parameter \"%s\" is given twice".formatted(name));
            }
        }
        return texts;
    }

    private static String known(String name) {
        return PARAMETERS.stream()
                .filter(known -> name.equals(known) || name.equals(hyphenated(known)))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "unknown query parameter \"%s\"; did you mean \"%s\"?"
                                        .formatted(name, NearestName.to(name, PARAMETERS))));
    }

    /// Reads a parameter in the type that its key has.
    private static Object value(String name, String text) {
        Kind kind = Keys.REPLICA.key(hyphenated(name)).kind();
        if (kind == Kind.SWITCH) {
            return truth(name, text);
        }
        return kind == Kind.TEXT ? text : (Object) positive(name, text);
    }

    private static boolean truth(String name, String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "1", "t", "yes" -> true;
            case "false", "0", "f", "no" -> false;
            default ->
                    throw new IllegalArgumentException(
                            "invalid value for query parameter \"%s\": \"%s\" (must be true or false)"
                                    .formatted(name, text));
        };
    }

    private static long positive(String name, String text) {
        try {
            long number = ByteSize.parse(text);
            if (number > 0) {
                return number;
            }
        } catch (IllegalArgumentException _) {
            // told below, in the words for a parameter
        }
        throw new IllegalArgumentException(
                "invalid value for query parameter \"%s\": \"%s\" (must be a positive integer)"
                        .formatted(name, text));
    }

    private static String hyphenated(String camelCase) {
        return camelCase.replaceAll("([a-z])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) { // whose message may show a part of a secret
            throw new IllegalArgumentException(
                    "a %-sign in the query of the replica URL is not followed by two hexadecimal"
                            + " digits");
        }
    }
}
