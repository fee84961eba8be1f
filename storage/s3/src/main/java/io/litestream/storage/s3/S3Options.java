package io.litestream.storage.s3;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What holds for a bucket: the settings, what the provider needs where they are silent, and the
/// environment.
record S3Options(
        S3Settings settings, S3Provider provider, Optional<URI> endpoint, Map<String, String> env) {

    static S3Options of(S3Settings settings, Map<String, String> environment) {
        Optional<URI> endpoint =
                settings.endpoint()
                        .or(() ->
                                set(environment, "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
                                        .map(S3Provider::endpoint));
        return new S3Options(settings, S3Provider.of(endpoint), endpoint, environment);
    }

    String bucket() {
        return settings.bucket();
    }

    /// Returns the host to which requests go, for messages.
    String host() {
        return endpoint.map(URI::getAuthority).orElse("AWS");
    }

    Addressing addressing() {
        return settings.addressing().orElse(provider.traits().addressing());
    }

    PayloadSigning payloadSigning() {
        return settings.payloadSigning().orElse(PayloadSigning.SIGNED);
    }

    ContentMd5 contentMd5() {
        return settings.contentMd5().orElse(provider.traits().contentMd5());
    }

    int concurrency() {
        return settings.concurrency().orElse(provider.traits().concurrency());
    }

    int partSize() {
        return Math.toIntExact(settings.partSize());
    }

    /// Returns the file of authorities that are trusted beside those of the platform.
    Optional<Path> certificateAuthorities() {
        return settings.certificateAuthorities().or(() -> set(env, "AWS_CA_BUNDLE").map(Path::of));
    }

    /// Returns the region that is told by the settings, the host, or the environment.
    Optional<String> region() {
        return settings.region()
                .or(() -> endpoint.flatMap(url -> provider.regionOf(url.getHost())))
                .or(this::regionOfEnvironment);
    }

    private Optional<String> regionOfEnvironment() {
        return provider.takesAnyRegion()
                ? set(env, "AWS_REGION", "AWS_DEFAULT_REGION")
                : Optional.empty();
    }

    /// Returns the first variable that is set.
    static Optional<String> set(Map<String, String> environment, String... names) {
        return Stream.of(names)
                .map(name -> environment.getOrDefault(name, ""))
                .filter(value -> !value.isBlank())
                .findFirst();
    }
}
