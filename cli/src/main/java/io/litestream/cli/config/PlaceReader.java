package io.litestream.cli.config;

import io.litestream.cli.text.NearestName;

import java.util.Map;
import java.util.Optional;

/// Reads where destinations are, out of URLs, paths, the keys of the configuration, and the
/// environment. No message tells a secret.
public final class PlaceReader {

    private static final Section NOTHING =
            new Section(Keys.REPLICA, CommandLineConfiguration.HERE, "", Map.of());

    private final UserPaths paths;
    private final Map<String, String> environment;

    public PlaceReader(UserPaths paths, Map<String, String> environment) {
        this.paths = paths;
        this.environment = Map.copyOf(environment);
    }

    /// Returns the place that an operand names, which is a URL or a path.
    ///
    /// @throws ConfigurationException if it is no place of this version, or has wrong parameters
    public ReplicaPlace ofOperand(String operand) throws ConfigurationException {
        try {
            return ReplicaUrl.isS3(operand)
                    ? new S3PlaceReader(NOTHING, NOTHING, paths, environment)
                            .read(S3Url.parse(operand), CommandLineConfiguration.HERE)
                    : ReplicaUrl.directoryOf(operand, paths);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(String.valueOf(e.getMessage()));
        }
    }

    /// Returns the place of a replica.
    ///
    /// @param section what the configuration says of the replica
    /// @param root what it says of all replicas
    ReplicaPlace read(Section section, Section root) throws ConfigurationException {
        Optional<Value> url = section.find("url").filter(value -> !value.text().isEmpty());
        Optional<Value> path = section.find("path").filter(value -> !value.text().isEmpty());
        String type = type(section, url);
        if (url.isPresent() && path.isPresent()) {
            throw contradiction(section, path.get(), "path", type);
        }
        if (path.isPresent() && ReplicaUrl.isUrl(path.get().text())) {
            throw path.get()
                    .at()
                    .error(
                            "%s: replica path cannot be a url, please use the 'url' field instead: %s"
                                    .formatted(
                                            section.path("path"),
                                            ReplicaUrl.withoutSecrets(path.get().text())));
        }
        return type.equals("s3") ? s3(section, root, url) : directory(section, url.or(() -> path));
    }

    private static ConfigurationException contradiction(
            Section section, Value value, String key, String type) {
        return value.at()
                .error(
                        "%s: cannot specify url & %s for %s replica"
                                .formatted(section.path(key), key, type));
    }

    /// Returns the type that is given, or that the URL has.
    private static String type(Section section, Optional<Value> url) throws ConfigurationException {
        Optional<String> ofUrl =
                url.filter(value -> ReplicaUrl.isUrl(value.text()))
                        .map(value -> ReplicaUrl.isS3(value.text()) ? "s3" : "file");
        Optional<Value> given = section.find("type").filter(value -> !value.text().isEmpty());
        if (given.isEmpty()) {
            return ofUrl.orElse("file");
        }
        String type = given.get().text();
        if (!type.equals("file") && !type.equals("s3")) {
            throw wrongType(section, given.get());
        }
        if (url.isPresent() && !ofUrl.orElse("file").equals(type)) {
            throw given.get()
                    .at()
                    .error(
                            "%s: the url is not that of a replica of this type (got %s)"
                                    .formatted(section.path("type"), type));
        }
        return type;
    }

    private ReplicaPlace s3(Section section, Section root, Optional<Value> url)
            throws ConfigurationException {
        S3PlaceReader reader = new S3PlaceReader(section, root, paths, environment);
        if (url.isEmpty()) {
            return reader.read();
        }
        Optional<Value> bucket = section.own("bucket").filter(value -> !value.text().isEmpty());
        if (bucket.isPresent()) {
            throw contradiction(section, bucket.get(), "bucket", "s3");
        }
        S3Url parsed;
        try {
            parsed = S3Url.parse(url.get().text());
        } catch (IllegalArgumentException e) {
            throw wrongUrl(section, url.get(), e);
        }
        return reader.read(parsed, url.get().at());
    }

    private ReplicaPlace directory(Section section, Optional<Value> written)
            throws ConfigurationException {
        for (Value value : section.own()) {
            if (Keys.ONLY_S3.contains(value.key().name()) && !isEmpty(value)) {
                throw value.at()
                        .error(
                                "%s: is for s3 replicas, and this is a file replica; remove it, or"
                                                .formatted(section.path(value.key().name()))
                                        + " set type: s3");
            }
        }
        if (written.isEmpty()) {
            throw section.at()
                    .error("%s: file replica path required".formatted(section.path("path")));
        }
        try {
            return ReplicaUrl.directoryOf(written.get().text(), paths);
        } catch (IllegalArgumentException e) {
            throw wrongUrl(section, written.get(), e);
        }
    }

    /// An empty text, and a switch that is off, ask for nothing.
    private static boolean isEmpty(Value value) {
        return value.content().equals("") || value.content().equals(false);
    }

    private static ConfigurationException wrongUrl(
            Section section, Value url, IllegalArgumentException why) {
        return url.at().error(section.path("url") + ": " + why.getMessage());
    }

    private static ConfigurationException wrongType(Section section, Value type) {
        String found = type.text();
        String name = section.path("type");
        return type.at()
                .error(
                        "%s: unknown replica type in config: \"%s\"; did you mean \"%s\"?"
                                .formatted(name, found, NearestName.to(found, ReplicaUrl.TYPES)));
    }
}
