package io.litestream.storage.s3;

import io.litestream.storage.ObjectContent;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.Secret;
import io.litestream.storage.s3.StubServer.Answer;
import io.litestream.storage.s3.StubServer.Request;
import io.litestream.time.Clock;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/// What tests against a [StubServer] share.
final class Stubs {

    static final Instant CREATED = Instant.parse("2026-01-02T03:04:05.600Z");
    static final ObjectKey KEY = new ObjectKey("db/0001");
    static final String SECRET = "secret/that+nobody/may+see";

    static final Timeouts SHORT =
            new Timeouts(
                    Duration.ofSeconds(5),
                    Duration.ofMillis(400),
                    Duration.ofMillis(800),
                    Duration.ofMillis(800));

    private Stubs() {}

    static S3Credentials credentials() {
        return S3Credentials.of("the-id", Secret.of(SECRET));
    }

    static S3Settings.Builder settings(StubServer server) {
        return S3Settings.of("bucket")
                .endpoint("http://" + server.address())
                .region("eu-north-7")
                .credentials(credentials());
    }

    static S3ObjectStore open(StubServer server) {
        return open(settings(server).build(), Map.of());
    }

    static S3ObjectStore open(S3Settings settings, Map<String, String> environment) {
        return open(settings, environment, Timeouts.DEFAULT);
    }

    static S3ObjectStore open(
            S3Settings settings, Map<String, String> environment, Timeouts timeouts) {
        return S3ObjectStore.open(
                settings, environment, Clock.system(), timeouts, URI.create("http://unused"));
    }

    static ObjectContent bytes(String content) {
        return out -> out.write(content.getBytes(StandardCharsets.UTF_8));
    }

    /// An empty bucket that takes every upload and keeps none.
    static Answer emptyBucket(Request request) {
        return switch (request.method()) {
            case "PUT" -> Answer.of(200, "ETag", "\"e\"");
            case "DELETE" -> Answer.of(204);
            default ->
                    request.is("GET", "list-type")
                            ? Answer.xml(
                                    200,
                                    "<ListBucketResult><Name>bucket</Name><IsTruncated>false</IsTruncated></ListBucketResult>")
                            : Answer.error(404, "NoSuchKey");
        };
    }
}
