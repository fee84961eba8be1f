package io.litestream.storage.s3;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What an URL says of where objects are: the bucket, the path in it (without slashes at its ends),
/// and the region and the endpoint if the host tells them.
public record S3Location(
        String bucket, String path, Optional<String> region, Optional<URI> endpoint) {

    private static final String SCHEME = "s3://";

    /// `arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME`, or with a colon before the name.
    private static final Pattern ACCESS_POINT =
            Pattern.compile(
                    "(?<arn>arn:[^:/]+:s3[^:/]*:(?<region>[^:/]*):[^:/]*:accesspoint[/:][^/]+)(?:/(?<path>.*))?");

    /// A bucket at a server that is named with its port: `bucket.host:9000`.
    private static final Pattern WITH_PORT = Pattern.compile("([^.:]+)\\.([^:]+:[0-9]+)");

    public S3Location {
        Objects.requireNonNull(path);
        Objects.requireNonNull(region);
        Objects.requireNonNull(endpoint);
        if (bucket.isBlank()) {
            throw new IllegalArgumentException("bucket required for s3 replica URL");
        }
    }

    /// Reads an URL of the scheme `s3`; what follows a `?` is not for this class, and ignored.
    ///
    /// | Form | Is |
    /// |:-----|:---|
    /// | `s3://bucket/path` | a bucket of AWS, or of the endpoint that is set |
    /// | `s3://bucket.HOST/path` | a bucket of a provider that [S3Provider] knows |
    /// | `s3://bucket.host:port/path` | a bucket of a server of one's own, over `http` |
    /// | `s3://arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME/path` | an access point of AWS |
    ///
    /// @throws IllegalArgumentException if it names no bucket
    public static S3Location parse(String url) {
        if (!url.startsWith(SCHEME)) {
            throw new IllegalArgumentException("%s does not begin with s3://".formatted(url));
        }
        String rest = url.substring(SCHEME.length()).split("\\?", 2)[0];
        Matcher accessPoint = ACCESS_POINT.matcher(rest);
        if (accessPoint.matches()) {
            return ofAccessPoint(accessPoint);
        }
        String[] parts = rest.split("/", 2);
        S3Location place = ofHost(parts[0], url);
        return new S3Location(
                place.bucket,
                parts.length == 1 ? "" : path(parts[1]),
                place.region,
                place.endpoint);
    }

    private static S3Location ofAccessPoint(Matcher matcher) {
        String path = matcher.group("path");
        return new S3Location(
                matcher.group("arn"),
                path == null ? "" : path(path),
                Optional.of(matcher.group("region")).filter(name -> !name.isEmpty()),
                Optional.empty());
    }

    private static S3Location ofHost(String host, String url) {
        Optional<S3Location> known = S3Provider.locate(host);
        if (known.isPresent()) {
            return known.get();
        }
        Matcher withPort = WITH_PORT.matcher(host);
        if (withPort.matches()) {
            URI endpoint = S3Provider.endpoint("http://" + withPort.group(2));
            return new S3Location(withPort.group(1), "", Optional.empty(), Optional.of(endpoint));
        }
        if (host.contains(":")) {
            throw new IllegalArgumentException(
                    "%s names no bucket; write s3://BUCKET/PATH?endpoint=http://%s"
                            .formatted(url, host));
        }
        return new S3Location(host, "", Optional.empty(), Optional.empty());
    }

    private static String path(String encoded) {
        String path = URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
        return path.replaceAll("^/+|/+$", "");
    }
}
