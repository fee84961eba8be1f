package io.litestream.cli.config;

import io.litestream.storage.s3.Addressing;
import io.litestream.storage.s3.CertificateCheck;
import io.litestream.storage.s3.ContentMd5;
import io.litestream.storage.s3.PayloadSigning;
import io.litestream.storage.s3.S3Location;
import io.litestream.storage.s3.S3Settings;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Reads one destination in S3. What the replica says goes before what the top level says, and that
/// before the URL, and that before the environment.
final class S3PlaceReader {

    /// The variable that names the endpoint where nothing else does.
    private static final String ENDPOINT = "LITESTREAM_S3_ENDPOINT";

    private final Section section;
    private final Section root;
    private final UserPaths paths;
    private final Map<String, String> environment;

    S3PlaceReader(Section section, Section root, UserPaths paths, Map<String, String> environment) {
        this.section = section;
        this.root = root;
        this.paths = paths;
        this.environment = environment;
    }

    /// Returns the place that the keys name.
    ReplicaPlace.S3 read() throws ConfigurationException {
        Section all = section.withDefaults(root);
        Optional<Value> bucket = all.find("bucket").filter(value -> !value.text().isEmpty());
        if (bucket.isEmpty()) {
            throw section.at()
                    .error("%s: bucket required for s3 replica".formatted(section.path("bucket")));
        }
        S3Location location = location(bucket.get());
        Optional<Value> path = section.find("path").filter(value -> !value.text().isEmpty());
        String written = path.map(Value::text).orElse("");
        return place(
                all,
                location,
                new Written(written, written),
                path.map(Value::at).orElse(section.at()),
                Optional.empty());
    }

    /// A path, and how Litestream understands it: it puts a slash and the key behind it, whatever
    /// it begins or ends with.
    private record Written(String path, String literally) {

        /// Returns the path without empty parts.
        String plain() {
            return path.replaceAll("/+", "/").replaceAll("^/|/$", "");
        }

        /// Returns what Litestream's keys begin with, if that is something else.
        Optional<String> former() {
            String usual = plain().isEmpty() ? "" : plain() + "/";
            return Optional.of(literally + "/").filter(other -> !other.equals(usual));
        }
    }

    private static S3Location location(Value bucket) throws ConfigurationException {
        String name = bucket.text();
        boolean accessPoint = name.startsWith("arn:");
        if (accessPoint || !name.contains("/")) {
            try {
                S3Location location =
                        accessPoint
                                ? S3Location.parse(S3Url.SCHEME + name)
                                : new S3Location(name, "", Optional.empty(), Optional.empty());
                if (location.path().isEmpty()) {
                    return location;
                }
            } catch (IllegalArgumentException _) {
                // told below, in the words for a key
            }
        }
        throw bucket.at()
                .error(
                        "bucket: expected the name of a bucket, or the ARN of an access point (got %s)"
                                .formatted(ReplicaUrl.withoutSecrets(name)));
    }

    /// Returns the place that a URL names, with what the keys say.
    ReplicaPlace.S3 read(S3Url url, Location at) throws ConfigurationException {
        Section query = url.section(at);
        refuseContradictions(query);
        Section all = section.withDefaults(root.withDefaults(query));
        Optional<Value> endpoint = given(all, "endpoint");
        if (endpoint.isPresent() && url.location().endpoint().isPresent()) {
            throw endpoint.get()
                    .at()
                    .error(
                            "endpoint: the host of the url names the endpoint %s already; remove one of the two"
                                    .formatted(url.location().endpoint().get()));
        }
        return place(
                all,
                url.location(),
                new Written(url.location().path(), url.written()),
                at,
                url.keyMd5());
    }

    private void refuseContradictions(Section query) throws ConfigurationException {
        for (Value value : section.own()) {
            String key = value.key().name();
            Optional<Value> other = query.find(key);
            if (other.isPresent() && !other.get().content().equals(value.content())) {
                throw value.at()
                        .error(
                                "%s: the url says something else; remove one of the two"
                                        .formatted(section.path(key)));
            }
        }
    }

    private ReplicaPlace.S3 place(
            Section all, S3Location location, Written path, Location at, Optional<String> keyMd5)
            throws ConfigurationException {
        S3Settings.Builder builder = S3Settings.of(location);
        endpoint(all, location, builder);
        set(all, "region", value -> builder.region(value.text()));
        set(
                all,
                "force-path-style",
                value ->
                        builder.addressing(
                                value.truth() ? Addressing.PATH : Addressing.VIRTUAL_HOST));
        set(
                all,
                "sign-payload",
                value ->
                        builder.payloadSigning(
                                value.truth() ? PayloadSigning.SIGNED : PayloadSigning.UNSIGNED));
        set(
                all,
                "require-content-md5",
                value -> builder.contentMd5(value.truth() ? ContentMd5.SENT : ContentMd5.OMITTED));
        set(
                all,
                "skip-verify",
                value ->
                        builder.certificateCheck(
                                value.truth() ? CertificateCheck.SKIP : CertificateCheck.VERIFY));
        set(all, "storage-class", value -> builder.storageClass(value.text()));
        set(all, "part-size", value -> builder.partSize(value.number()));
        set(all, "concurrency", value -> builder.concurrency(Math.toIntExact(value.number())));
        S3Secrets secrets = new S3Secrets(all, paths, environment);
        secrets.credentials().ifPresent(builder::credentials);
        secrets.encryption(keyMd5).ifPresent(builder::encryption);
        try {
            return new ReplicaPlace.S3(
                    new S3Access(builder.build(), description(all, location)),
                    path.plain(),
                    path.former());
        } catch (IllegalArgumentException e) {
            throw at.error(section.path("path") + ": " + e.getMessage());
        }
    }

    private static Map<String, Object> description(Section all, S3Location location) {
        Map<String, Object> description = new HashMap<>();
        for (String key : Keys.ONLY_S3) {
            given(all, key).ifPresent(value -> description.put(key, value.content()));
        }
        description.put(
                "location",
                new S3Location(location.bucket(), "", location.region(), location.endpoint()));
        return description;
    }

    private void endpoint(Section all, S3Location location, S3Settings.Builder builder)
            throws ConfigurationException {
        Optional<Value> given = given(all, "endpoint");
        if (given.isPresent() && given.get().text().contains("@")) {
            throw given.get().at().error("endpoint: expected a URL without user and password");
        }
        set(all, "endpoint", value -> builder.endpoint(value.text()));
        String variable = environment.getOrDefault(ENDPOINT, "");
        if (given.isEmpty() && location.endpoint().isEmpty() && !variable.isEmpty()) {
            try {
                builder.endpoint(variable);
            } catch (IllegalArgumentException e) {
                throw new ConfigurationException(
                        "environment variable %s: %s".formatted(ENDPOINT, e.getMessage()));
            }
        }
    }

    private static Optional<Value> given(Section all, String key) {
        return all.find(key).filter(value -> !value.content().equals(""));
    }

    /// Sets what the keys or the URL say, if they do.
    private static void set(Section all, String key, Consumer<Value> setting)
            throws ConfigurationException {
        Optional<Value> value = given(all, key);
        if (value.isPresent()) {
            try {
                setting.accept(value.get());
            } catch (IllegalArgumentException | ArithmeticException e) {
                throw value.get().at().error(key + ": " + e.getMessage());
            }
        }
    }
}
