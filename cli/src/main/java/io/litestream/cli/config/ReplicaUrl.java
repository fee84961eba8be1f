package io.litestream.cli.config;

import io.litestream.cli.text.NearestName;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The URL or the plain path of a destination.
public final class ReplicaUrl {

    /// The kinds of storage that the configuration format knows.
    static final List<String> TYPES =
            List.of("file", "s3", "gs", "abs", "sftp", "webdav", "nats", "oss");

    private static final List<String> SCHEMES =
            List.of("file", "s3", "gs", "abs", "sftp", "webdav", "webdavs", "nats", "oss");

    private static final Set<String> AVAILABLE = Set.of("file", "s3");

    private static final String MISSING =
            "%s storage is not part of this version yet; use a file or s3 destination";

    private ReplicaUrl() {}

    /// Tells whether the text is a URL, and not a path.
    public static boolean isUrl(String text) {
        int colon = text.indexOf("://");
        return colon > 0
                && text.substring(0, colon)
                        .chars()
                        .allMatch(c -> Character.isLetterOrDigit(c) || c == '+' || c == '-');
    }

    /// Returns a URL as everybody may see it: without a password, and without parameters that are,
    /// or may be, secrets.
    public static String withoutSecrets(String url) {
        if (!isUrl(url)) {
            return url;
        }
        int query = url.indexOf('?');
        String place = query < 0 ? url : url.substring(0, query);
        String shown = place.replaceFirst("://([^/@:]*):[^/]*@", "://$1:***@");
        return query < 0
                ? shown
                : Arrays.stream(url.substring(query + 1).split("&", -1))
                        .map(ReplicaUrl::withoutSecret)
                        .collect(Collectors.joining("&", shown + "?", ""));
    }

    private static String withoutSecret(String parameter) {
        int equals = parameter.indexOf('=');
        boolean open =
                equals >= 0
                        && S3Url.isOpen(parameter.substring(0, equals))
                        && !parameter.contains("@")
                        && !parameter.contains("%40");
        return open || equals < 0 ? parameter : parameter.substring(0, equals) + "=***";
    }

    /// Tells whether this is the URL of a place in S3.
    static boolean isS3(String url) {
        return url.regionMatches(true, 0, S3Url.SCHEME, 0, S3Url.SCHEME.length());
    }

    /// Returns what to say of a kind of storage that Litestream has and this version has not.
    static Optional<String> missingType(String type) {
        return TYPES.contains(type) && !AVAILABLE.contains(type)
                ? Optional.of(MISSING.formatted(type))
                : Optional.empty();
    }

    /// Returns the same of the URL of a destination.
    static Optional<String> missingScheme(String url) {
        String scheme = isUrl(url) ? scheme(url) : "file";
        return SCHEMES.contains(scheme) && !AVAILABLE.contains(scheme)
                ? Optional.of(
                        "replica URL %s: %s"
                                .formatted(withoutSecrets(url), MISSING.formatted(scheme)))
                : Optional.empty();
    }

    private static String scheme(String url) {
        return url.substring(0, url.indexOf("://")).toLowerCase(Locale.ROOT);
    }

    /// Returns the directory that a URL or a path names. What begins with a dot in a URL begins
    /// where the program was started, as in a path; all else begins at the root.
    ///
    /// @throws IllegalArgumentException if it names something else; the message holds no secret
    static ReplicaPlace.Directory directoryOf(String text, UserPaths paths) {
        if (!isUrl(text)) {
            return directory(text, paths);
        }
        String scheme = scheme(text);
        if (scheme.equals("file")) {
            String path = text.substring("file://".length());
            return directory(path.isEmpty() || isAnchored(path) ? path : "/" + path, paths);
        }
        throw new IllegalArgumentException(
                missingScheme(text)
                        .orElseGet(() ->
                                "unsupported replica URL scheme: \"%s\"; did you mean %s?"
                                        .formatted(scheme, NearestName.to(scheme, SCHEMES))));
    }

    private static boolean isAnchored(String path) {
        return Stream.of("/", "./", "../").anyMatch(path::startsWith)
                || path.equals(".")
                || path.equals("..");
    }

    private static ReplicaPlace.Directory directory(String path, UserPaths paths) {
        if (path.isEmpty()) {
            throw new IllegalArgumentException("file replica path required");
        }
        return new ReplicaPlace.Directory(paths.resolve(path));
    }
}
