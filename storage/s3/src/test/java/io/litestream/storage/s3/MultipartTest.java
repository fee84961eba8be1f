package io.litestream.storage.s3;

import static io.litestream.storage.s3.Stubs.CREATED;
import static io.litestream.storage.s3.Stubs.KEY;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.storage.StorageException;
import io.litestream.storage.s3.StubServer.Answer;
import io.litestream.storage.s3.StubServer.Request;
import io.litestream.storage.testkit.PatternContent;
import io.litestream.time.Clock;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// Objects that come in parts: what is asked of the server, and what failures leave.
final class MultipartTest {

    private static final int PART = 5 << 20;
    private static final PatternContent THREE_PARTS = new PatternContent(3, 2 * PART + 1);

    private final Map<String, Integer> partSizes = new ConcurrentHashMap<>();

    @Test
    void sendsPartsAndMakesAnObjectOfThemUnderTheCondition() throws Exception {
        try (StubServer server = StubServer.start(this::takesParts);
                S3ObjectStore store = Stubs.open(server)) {
            store.create(KEY, CREATED, THREE_PARTS);

            Request begin = one(server, "POST", "uploads");
            assertThat(begin.header("x-amz-meta-litestream-timestamp"))
                    .contains("2026-01-02T03:04:05.6Z");
            assertThat(partSizes)
                    .containsOnly(Map.entry("1", PART), Map.entry("2", PART), Map.entry("3", 1));
            Request complete = one(server, "POST", "uploadId=the-upload");
            assertThat(complete.header("If-None-Match")).contains("*");
            assertThat(new String(complete.body(), StandardCharsets.UTF_8))
                    .containsSubsequence("<PartNumber>1<", "<PartNumber>2<", "<PartNumber>3<");
            assertThat(server.requests())
                    .filteredOn(request -> request.is("PUT", "partNumber"))
                    .allMatch(request -> request.header("Content-MD5").isPresent());
        }
    }

    @Test
    void takesOneRequestForAContentThatJustFits() throws Exception {
        try (StubServer server = StubServer.start(Stubs::emptyBucket);
                S3ObjectStore store = Stubs.open(server)) {
            store.replace(KEY, CREATED, new PatternContent(1, PART));

            assertThat(server.lines()).containsExactly("PUT /bucket/db/0001");
        }
    }

    @Test
    void replacesWithoutACondition() throws Exception {
        try (StubServer server = StubServer.start(this::takesParts);
                S3ObjectStore store = Stubs.open(server)) {
            store.replace(KEY, CREATED, THREE_PARTS);

            assertThat(one(server, "POST", "uploadId").header("If-None-Match")).isEmpty();
        }
    }

    @Test
    void givesUpTheUploadIfAPartIsRejected() throws Exception {
        assertGivenUp(
                request ->
                        request.is("PUT", "partNumber=2")
                                ? Answer.error(403, "AccessDenied")
                                : takesParts(request),
                StorageException.Denied.class);
    }

    @Test
    void givesUpTheUploadIfItCannotBeCompleted() throws Exception {
        assertGivenUp(
                request ->
                        request.is("POST", "uploadId")
                                ? Answer.error(500, "InternalError")
                                : takesParts(request),
                StorageException.Unavailable.class);
    }

    @Test
    void doesNotTakeAFailureForSuccessThatComesWithStatus200() throws Exception {
        assertGivenUp(
                request ->
                        request.is("POST", "uploadId")
                                ? Answer.error(200, "InternalError")
                                : takesParts(request),
                StorageException.Unavailable.class);
    }

    @Test
    void givesUpTheUploadIfTheContentFails() throws Exception {
        IOException failure = new IOException("of the content");
        try (StubServer server = StubServer.start(this::takesParts);
                S3ObjectStore store = Stubs.open(server)) {
            assertThatThrownBy(() ->
                            store.create(
                                    KEY,
                                    CREATED,
                                    out -> {
                                        THREE_PARTS.writeTo(out);
                                        throw failure;
                                    }))
                    .isSameAs(failure);

            one(server, "DELETE", "uploadId=the-upload");
        }
    }

    @Test
    void sendsAPartAgainIfTheServerIsBusy() throws Exception {
        AtomicInteger refusals = new AtomicInteger(2);
        try (StubServer server =
                        StubServer.start(request ->
                                request.is("PUT", "partNumber=2") && refusals.getAndDecrement() > 0
                                        ? Answer.error(503, "SlowDown")
                                        : takesParts(request));
                S3ObjectStore store = openWithQuickClock(server)) {
            store.create(KEY, CREATED, THREE_PARTS);

            assertThat(partSizes).hasSize(3);
        }
    }

    @Test
    void givesUpWhatACrashHasLeft() throws Exception {
        String listing =
                """
                <ListMultipartUploadsResult><Bucket>bucket</Bucket>
                <Upload><Key>db/0001</Key><UploadId>same-key</UploadId><Initiated>%1$s</Initiated></Upload>
                <Upload><Key>db/0007</Key><UploadId>recent</UploadId><Initiated>%1$s</Initiated></Upload>
                <Upload><Key>db/0008</Key><UploadId>old</UploadId><Initiated>2020-01-01T00:00:00Z</Initiated></Upload>
                </ListMultipartUploadsResult>
                """
                        .formatted(Instant.now());
        try (StubServer server =
                        StubServer.start(request ->
                                request.is("GET", "uploads")
                                        ? Answer.xml(200, listing)
                                        : takesParts(request));
                S3ObjectStore store = Stubs.open(server)) {
            store.create(KEY, CREATED, THREE_PARTS);

            assertThat(one(server, "GET", "uploads").url().getQuery()).contains("prefix=db/");
            assertThat(server.lines())
                    .filteredOn(line -> line.startsWith("DELETE"))
                    .containsExactlyInAnyOrder(
                            "DELETE /bucket/db/0001?uploadId=same-key",
                            "DELETE /bucket/db/0008?uploadId=old");
        }
    }

    @Test
    void keepsNoMorePartsInMemoryThanItMaySend() throws Exception {
        AtomicInteger written = new AtomicInteger();
        AtomicInteger ahead = new AtomicInteger();
        try (StubServer server = StubServer.start(this::takesParts);
                S3ObjectStore store =
                        Stubs.open(Stubs.settings(server).concurrency(2).build(), Map.of())) {
            store.create(
                    KEY,
                    CREATED,
                    out -> {
                        byte[] part = new byte[PART];
                        for (int i = 0; i < 8; i++) {
                            ahead.accumulateAndGet(written.get() - partSizes.size(), Math::max);
                            out.write(part);
                            written.incrementAndGet();
                        }
                    });

            assertThat(partSizes).hasSize(8);
            assertThat(ahead.get())
                    .isLessThanOrEqualTo(3); // one more is in the hands of the server
        }
    }

    private void assertGivenUp(
            Function<Request, Answer> answers, Class<? extends StorageException> failure)
            throws Exception {
        try (StubServer server = StubServer.start(answers);
                S3ObjectStore store = openWithQuickClock(server)) {
            assertThatThrownBy(() -> store.create(KEY, CREATED, THREE_PARTS))
                    .isInstanceOf(failure)
                    .hasMessageContaining(KEY.value());

            one(server, "DELETE", "uploadId=the-upload");
        }
    }

    private Answer takesParts(Request request) {
        if (request.is("POST", "uploads")) {
            return Answer.xml(
                    200,
                    "<InitiateMultipartUploadResult><UploadId>the-upload</UploadId></InitiateMultipartUploadResult>");
        }
        if (request.is("PUT", "partNumber")) {
            String number = request.url().getQuery().replaceFirst(".*partNumber=([0-9]+).*", "$1");
            partSizes.put(number, request.body().length);
            return Answer.of(200, "ETag", "\"" + number + "\"");
        }
        if (request.is("POST", "uploadId")) {
            return Answer.xml(
                    200,
                    "<CompleteMultipartUploadResult><ETag>\"e\"</ETag></CompleteMultipartUploadResult>");
        }
        return request.is("GET", "uploads")
                ? Answer.xml(200, "<ListMultipartUploadsResult/>")
                : Stubs.emptyBucket(request);
    }

    private static Request one(StubServer server, String method, String query) {
        List<Request> found =
                server.requests().stream().filter(request -> request.is(method, query)).toList();
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    /// Opens a store that waits for nothing.
    private static S3ObjectStore openWithQuickClock(StubServer server) {
        Clock system = Clock.system();
        Clock quick =
                new Clock() {
                    @Override
                    public Instant instant() {
                        return system.instant();
                    }

                    @Override
                    public long nanoTime() {
                        return system.nanoTime();
                    }

                    @Override
                    public void sleep(Duration duration) {}
                };
        return S3ObjectStore.open(
                Stubs.settings(server).build(),
                Map.of(),
                quick,
                Timeouts.DEFAULT,
                URI.create("http://unused"));
    }
}
