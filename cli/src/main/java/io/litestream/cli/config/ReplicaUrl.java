package io.litestream.cli.config;

import io.litestream.cli.text.NearestName;

import java.util.List;
import java.util.Locale;

/// Reads the URL or the plain path of a destination.
public final class ReplicaUrl {

    /// The kinds of storage that the configuration format knows.
    static final List<String> TYPES =
            List.of("file", "s3", "gs", "abs", "sftp", "webdav", "nats", "oss");

    private static final List<String> SCHEMES =
            List.of("file", "s3", "gs", "abs", "sftp", "webdav", "webdavs", "nats", "oss");

    private ReplicaUrl() {}

    /// Tells whether the text is a URL, and not a path.
    public static boolean isUrl(String text) {
        int colon = text.indexOf("://");
        return colon > 0
                && text.substring(0, colon)
                        .chars()
                        .allMatch(c -> Character.isLetterOrDigit(c) || c == '+' || c == '-');
    }

    /// Returns the place that a URL or a path names.
    ///
    /// @throws IllegalArgumentException if its scheme is unknown or not part of this version
    public static ReplicaPlace parse(String text, UserPaths paths) {
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
                        ? "replica URL %s: %s storage is not part of this version yet; use a file destination"
                                .formatted(text, scheme)
                        : "unsupported replica URL scheme: \"%s\"; did you mean %s?"
                                .formatted(scheme, NearestName.to(scheme, SCHEMES)));
    }

    private static ReplicaPlace directory(String path, UserPaths paths) {
        if (path.isEmpty()) {
            throw new IllegalArgumentException("file replica path required");
        }
        return new ReplicaPlace.Directory(paths.resolve(path));
    }
}
