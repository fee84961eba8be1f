package io.litestream.storage.s3;

import io.litestream.storage.s3.ProviderTraits.ConditionalCreate;
import io.litestream.storage.s3.ProviderTraits.Quirk;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Who answers at an endpoint, and what requests to it must be like: all that is known of each
/// provider is in this table.
///
/// Each host is matched whole, in lower case; its first group, where there is one, is the region.
/// With the bucket in front of it, it is the host of an URL, as in
/// `s3://bucket.fra1.digitaloceanspaces.com/path`.
public enum S3Provider {
    /// Amazon itself: an endpoint of theirs, or none.
    AWS(
            "s3(?:-fips)?(?:[.-]dualstack)?(?:[.-]([a-z]{2}(?:-[a-z]+)+-[0-9]+))?\\.amazonaws\\.com(?:\\.cn)?",
            ProviderTraits.VIRTUAL_HOST.creating(ConditionalCreate.HONOURED)),

    TIGRIS(
            "(?:fly\\.storage\\.tigris\\.dev|t3\\.storage\\.dev)",
            ProviderTraits.VIRTUAL_HOST
                    .region("auto")
                    .contentMd5(ContentMd5.OMITTED)
                    .quirk(Quirk.TIGRIS_CONSISTENCY)),

    CLOUDFLARE_R2(
            "[a-z0-9]+(?:\\.eu|\\.fedramp)?\\.r2\\.cloudflarestorage\\.com",
            ProviderTraits.PATH.region("auto").concurrency(2).creating(ConditionalCreate.HONOURED)),

    BACKBLAZE_B2("s3\\.([a-z0-9-]+)\\.backblazeb2\\.com", ProviderTraits.PATH),

    DIGITALOCEAN("([a-z0-9-]+)\\.digitaloceanspaces\\.com", ProviderTraits.VIRTUAL_HOST),

    FILEBASE("s3\\.filebase\\.com", ProviderTraits.PATH),

    SCALEWAY("s3\\.([a-z0-9-]+)\\.scw\\.cloud", ProviderTraits.VIRTUAL_HOST),

    HETZNER("([a-z0-9-]+)\\.your-objectstorage\\.com", ProviderTraits.VIRTUAL_HOST),

    SUPABASE("[a-z0-9-]+(?:\\.storage)?\\.supabase\\.co", ProviderTraits.PATH),

    /// Google's storage, by the protocol of S3. It changes `Accept-Encoding` on the way, so that
    /// this must not be signed.
    GOOGLE(
            "(?:[a-z0-9-]+-)?storage(?:\\.[a-z0-9-]+)*\\.googleapis\\.com\\.?",
            ProviderTraits.PATH.region("auto").quirk(Quirk.UNSIGNED_ACCEPT_ENCODING)),

    WASABI("s3(?:\\.([a-z0-9-]+))?\\.wasabisys\\.com", ProviderTraits.VIRTUAL_HOST),

    LINODE("([a-z0-9-]+)\\.linodeobjects\\.com", ProviderTraits.VIRTUAL_HOST),

    ORACLE(
            "[a-z0-9]+\\.compat\\.objectstorage\\.([a-z0-9-]+)\\.oraclecloud\\.com",
            ProviderTraits.PATH),

    VULTR("([a-z0-9-]+)\\.vultrobjects\\.com", ProviderTraits.VIRTUAL_HOST),

    IBM(
            "s3(?:\\.private|\\.direct)?\\.([a-z0-9-]+)\\.cloud-object-storage\\.appdomain\\.cloud",
            ProviderTraits.VIRTUAL_HOST),

    OVH("s3\\.([a-z0-9-]+)\\.(?:io|perf)\\.cloud\\.ovh\\.(?:net|us)", ProviderTraits.VIRTUAL_HOST),

    /// Whoever else: MinIO, Ceph, Garage, or a provider that is not in the table.
    OTHER("(?!)", ProviderTraits.PATH);

    private static final Pattern PORT = Pattern.compile(":[0-9]+$");
    private static final Pattern LOCAL_ADDRESS =
            Pattern.compile(
                    "127\\..*|10\\..*|192\\.168\\..*|172\\.(1[6-9]|2[0-9]|3[01])\\..*|\\[?::1]?");

    private final Pattern endpointHost;
    private final Pattern bucketAndHost;
    private final ProviderTraits traits;

    S3Provider(String host, ProviderTraits traits) {
        this.endpointHost = Pattern.compile(host);
        this.bucketAndHost = Pattern.compile("(?<bucket>.+)\\.(?<host>" + host + ")");
        this.traits = traits;
    }

    /// Returns who answers at an endpoint; AWS if there is none.
    public static S3Provider of(Optional<URI> endpoint) {
        return endpoint.map(url -> S3Provider.ofHost(url.getHost())).orElse(AWS);
    }

    /// Reads the URL of an endpoint. Without a scheme it is `http` for hosts of this machine and of
    /// private networks, else `https`.
    ///
    /// @throws IllegalArgumentException if it is none
    public static URI endpoint(String text) {
        String stripped = text.strip();
        boolean hasScheme = stripped.contains("://");
        String host = PORT.matcher(stripped.split("/", 2)[0]).replaceFirst("");
        String scheme = isLocal(host) ? "http://" : "https://";
        try {
            URI url = new URI(hasScheme ? stripped : scheme + stripped);
            boolean known = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            if (known && url.getHost() != null && url.getUserInfo() == null) {
                return url;
            }
        } catch (URISyntaxException _) {
            // told below, in our words
        }
        throw new IllegalArgumentException(
                "the endpoint must be an URL such as https://s3.example.com, but is \"%s\"%s"
                        .formatted(
                                stripped, host.contains("_") ? "; a host has no underscore" : ""));
    }

    static boolean isLocal(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.equals("localhost")
                || lower.endsWith(".localhost")
                || lower.endsWith(".local")
                || LOCAL_ADDRESS.matcher(lower).matches();
    }

    /// Returns where the objects are if this is the host of a provider behind the name of a bucket.
    static Optional<S3Location> locate(String bucketAndHost) {
        String lower = bucketAndHost.toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .map(provider -> provider.split(lower))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /// Returns the region that a host of this provider tells of itself.
    Optional<String> regionOf(String host) {
        Matcher matcher = endpointHost.matcher(host.toLowerCase(Locale.ROOT));
        boolean told = matcher.matches() && matcher.groupCount() > 0;
        return told ? Optional.ofNullable(matcher.group(1)) : Optional.empty();
    }

    /// Tells whether the region that is meant for Amazon's programs may be meant here too. Other
    /// providers have one name for all, or names that only they know.
    boolean takesAnyRegion() {
        return this == AWS || this == OTHER;
    }

    ProviderTraits traits() {
        return traits;
    }

    private static S3Provider ofHost(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(provider -> provider.endpointHost.matcher(lower).matches())
                .findFirst()
                .orElse(OTHER);
    }

    private Optional<S3Location> split(String text) {
        Matcher matcher = bucketAndHost.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String host = matcher.group("host");
        Optional<URI> endpoint =
                this == AWS ? Optional.empty() : Optional.of(URI.create("https://" + host));
        return Optional.of(
                new S3Location(matcher.group("bucket"), "", this.regionOf(host), endpoint));
    }
}
