package io.litestream.cli.config;

import io.litestream.cli.text.NearestName;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// The URL or the plain path of a destination.
public final class ReplicaUrl {

    /// The kinds of storage that the configuration format knows.
    static final List<String> TYPES =
            List.of("file", "s3", "gs", "abs", "sftp", "webdav", "nats", "oss");

    private static final List<String> SCHEMES =
            List.of("file", "s3", "gs", "abs", "sftp", "webdav", "webdavs", "nats", "oss");

    /// What to use instead of a kind of storage that this version has not.
    static final String AVAILABLE = "a file or s3 destination";

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

    /// Returns the directory that a URL or a path names.
    ///
    /// @throws IllegalArgumentException if it names something else; the message holds no secret
    static ReplicaPlace.Directory directoryOf(String text, UserPaths paths) {
        if (!isUrl(text)) {
            return directory(text, paths);
        }
        String scheme = text.substring(0, text.indexOf("://")).toLowerCase(Locale.ROOT);
        if (scheme.equals("file")) {
            String path = text.substring("file://".length());
            return directory(path.isEmpty() || path.startsWith("/") ? path : "/" + path, paths);
        }
        throw new IllegalArgumentException(
                SCHEMES.contains(scheme)
                        ? "replica URL %s: %s storage is not part of this version yet; use %s"
                                .formatted(withoutSecrets(text), scheme, AVAILABLE)
                        : "unsupported replica URL scheme: \"%s\"; did you mean %s?"
                                .formatted(scheme, NearestName.to(scheme, SCHEMES)));
    }

    private static ReplicaPlace.Directory directory(String path, UserPaths paths) {
        if (path.isEmpty()) {
            throw new IllegalArgumentException("file replica path required");
        }
        return new ReplicaPlace.Directory(paths.resolve(path));
    }
}
