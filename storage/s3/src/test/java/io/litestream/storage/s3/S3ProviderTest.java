package io.litestream.storage.s3;

import static io.litestream.storage.s3.Stubs.CREATED;
import static io.litestream.storage.s3.Stubs.KEY;
import static io.litestream.storage.s3.Stubs.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.storage.s3.StubServer.Request;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

final class S3ProviderTest {

    private static final String ROWS =
            """
            # provider, endpoint, what the host of the request becomes, the path, the region
            AWS, s3.eu-west-3.amazonaws.com, bucket.s3.eu-west-3.amazonaws.com, /db/0001, eu-west-3
            AWS, s3.amazonaws.com, bucket.s3.amazonaws.com, /db/0001, us-east-1
            AWS, s3.cn-north-1.amazonaws.com.cn, bucket.s3.cn-north-1.amazonaws.com.cn, /db/0001, cn-north-1
            TIGRIS, fly.storage.tigris.dev, bucket.fly.storage.tigris.dev, /db/0001, auto
            TIGRIS, t3.storage.dev, bucket.t3.storage.dev, /db/0001, auto
            CLOUDFLARE_R2, 0123abcd.r2.cloudflarestorage.com, 0123abcd.r2.cloudflarestorage.com, /bucket/db/0001, auto
            CLOUDFLARE_R2, 0123abcd.eu.r2.cloudflarestorage.com, 0123abcd.eu.r2.cloudflarestorage.com, /bucket/db/0001, auto
            BACKBLAZE_B2, s3.us-west-004.backblazeb2.com, s3.us-west-004.backblazeb2.com, /bucket/db/0001, us-west-004
            DIGITALOCEAN, fra1.digitaloceanspaces.com, bucket.fra1.digitaloceanspaces.com, /db/0001, fra1
            FILEBASE, s3.filebase.com, s3.filebase.com, /bucket/db/0001, us-east-1
            SCALEWAY, s3.nl-ams.scw.cloud, bucket.s3.nl-ams.scw.cloud, /db/0001, nl-ams
            HETZNER, fsn1.your-objectstorage.com, bucket.fsn1.your-objectstorage.com, /db/0001, fsn1
            SUPABASE, abcdef.supabase.co/storage/v1/s3, abcdef.supabase.co, /storage/v1/s3/bucket/db/0001, us-east-1
            GOOGLE, storage.googleapis.com, storage.googleapis.com, /bucket/db/0001, auto
            GOOGLE, eu-storage.googleapis.com, eu-storage.googleapis.com, /bucket/db/0001, auto
            GOOGLE, storage.me-central2.rep.googleapis.com, storage.me-central2.rep.googleapis.com, /bucket/db/0001, auto
            WASABI, s3.eu-central-2.wasabisys.com, bucket.s3.eu-central-2.wasabisys.com, /db/0001, eu-central-2
            WASABI, s3.wasabisys.com, bucket.s3.wasabisys.com, /db/0001, us-east-1
            LINODE, nl-ams-1.linodeobjects.com, bucket.nl-ams-1.linodeobjects.com, /db/0001, nl-ams-1
            ORACLE, ns12.compat.objectstorage.eu-zurich-1.oraclecloud.com, ns12.compat.objectstorage.eu-zurich-1.oraclecloud.com, /bucket/db/0001, eu-zurich-1
            VULTR, ewr1.vultrobjects.com, bucket.ewr1.vultrobjects.com, /db/0001, ewr1
            IBM, s3.eu-de.cloud-object-storage.appdomain.cloud, bucket.s3.eu-de.cloud-object-storage.appdomain.cloud, /db/0001, eu-de
            OVH, s3.gra.io.cloud.ovh.net, bucket.s3.gra.io.cloud.ovh.net, /db/0001, gra
            OTHER, minio.example.com:9000, minio.example.com:9000, /bucket/db/0001, us-east-1
            OTHER, objects.example.com, objects.example.com, /bucket/db/0001, us-east-1
            """;

    @ParameterizedTest
    @CsvSource(textBlock = ROWS)
    void sendsWhatTheProviderNeeds(
            S3Provider provider, String endpoint, String host, String path, String region)
            throws Exception {
        try (StubServer server = StubServer.start(Stubs::emptyBucket)) {
            S3Settings settings =
                    S3Settings.of("bucket")
                            .endpoint("http://" + endpoint)
                            .credentials(Stubs.credentials())
                            .build();
            assertThat(S3Provider.of(settings.endpoint())).isEqualTo(provider);

            create(settings, server);

            Request put = puts(server).getFirst();
            assertThat(put.url()).isEqualTo(URI.create("http://" + host + path));
            assertThat(put.header("Host")).contains(host);
            assertThat(put.header("Authorization").orElseThrow())
                    .contains("/%s/s3/aws4_request".formatted(region));
            assertThat(put.header("x-amz-content-sha256").orElseThrow()).matches("[0-9a-f]{64}");
            assertThat(put.header("Content-MD5").isPresent())
                    .isEqualTo(provider != S3Provider.TIGRIS);
            assertThat(put.header("If-None-Match")).contains("*");
            assertThat(put.header("User-Agent").orElseThrow()).startsWith("litestream");
            assertThat(put.header("x-amz-meta-litestream-timestamp"))
                    .contains("2026-01-02T03:04:05.6Z");
            assertNoneOf(
                    put,
                    "Transfer-Encoding",
                    "Expect",
                    "x-amz-trailer",
                    "x-amz-decoded-content-length",
                    "x-amz-checksum-crc32",
                    "x-amz-sdk-checksum-algorithm");
        }
    }

    @Test
    void everyProviderHasARowInTheTableAbove() {
        assertThat(Arrays.stream(S3Provider.values()).map(Enum::name))
                .allMatch(name -> ROWS.contains(name + ","));
    }

    @Test
    void asksTigrisForWhatIsConsistentInEveryRequest() throws Exception {
        try (StubServer server = StubServer.start(Stubs::emptyBucket)) {
            create(settings("http://t3.storage.dev").build(), server);

            assertThat(server.requests())
                    .isNotEmpty()
                    .allMatch(request ->
                            request.header("X-Tigris-Consistent").equals(Optional.of("true")))
                    .allMatch(request -> signed(request).contains("x-tigris-consistent"));
        }
    }

    @Test
    void doesNotSignForGoogleWhatItChanges() throws Exception {
        try (StubServer server = StubServer.start(Stubs::emptyBucket)) {
            create(settings("http://storage.googleapis.com").build(), server);

            assertThat(server.requests())
                    .isNotEmpty()
                    .noneMatch(request -> signed(request).contains("accept-encoding"));
        }
    }

    @Test
    void settingsCountBeforeWhatTheProviderNeeds() throws Exception {
        try (StubServer server = StubServer.start(Stubs::emptyBucket)) {
            create(
                    settings("http://fra1.digitaloceanspaces.com")
                            .addressing(Addressing.PATH)
                            .region("elsewhere")
                            .contentMd5(ContentMd5.OMITTED)
                            .storageClass("COLD")
                            .build(),
                    server);

            Request put = puts(server).getFirst();
            assertThat(put.url())
                    .isEqualTo(URI.create("http://fra1.digitaloceanspaces.com/bucket/db/0001"));
            assertThat(put.header("Authorization").orElseThrow()).contains("/elsewhere/s3/");
            assertThat(put.header("Content-MD5")).isEmpty();
            assertThat(put.header("x-amz-storage-class")).contains("COLD");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "localhost:9000, http://localhost:9000",
        "127.0.0.1, http://127.0.0.1",
        "10.1.2.3:9000, http://10.1.2.3:9000",
        "172.16.0.1, http://172.16.0.1",
        "172.31.255.1, http://172.31.255.1",
        "172.200.0.1, https://172.200.0.1",
        "172.2.0.1, https://172.2.0.1",
        "192.168.1.1:80, http://192.168.1.1:80",
        "minio.local:9000, http://minio.local:9000",
        "minio.example.com:9000, https://minio.example.com:9000",
        "https://localhost, https://localhost",
        "s3.example.com/base, https://s3.example.com/base"
    })
    void addsASchemeToAnEndpoint(String text, String url) {
        assertThat(S3Provider.endpoint(text)).isEqualTo(URI.create(url));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ftp://host", "https://", "https://a b", "https://user:pw@host"})
    void refusesWhatIsNoEndpoint(String text) {
        assertThatThrownBy(() -> S3Provider.endpoint(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("https://s3.example.com");
    }

    private static S3Settings.Builder settings(String endpoint) {
        return S3Settings.of("bucket").endpoint(endpoint).credentials(Stubs.credentials());
    }

    private static void create(S3Settings settings, StubServer proxy) throws Exception {
        Map<String, String> environment = Map.of("HTTP_PROXY", "http://" + proxy.address());
        try (S3ObjectStore store = Stubs.open(settings, environment)) {
            store.create(KEY, CREATED, bytes("content"));
        }
    }

    private static List<Request> puts(StubServer server) {
        return server.requests().stream().filter(request -> request.is("PUT", "")).toList();
    }

    private static String signed(Request request) {
        String authorization = request.header("Authorization").orElseThrow();
        return authorization.replaceFirst(".*SignedHeaders=([^,]*),.*", "$1");
    }

    private static void assertNoneOf(Request request, String... headers) {
        for (String header : headers) {
            assertThat(request.header(header)).as(header).isEmpty();
        }
    }
}
