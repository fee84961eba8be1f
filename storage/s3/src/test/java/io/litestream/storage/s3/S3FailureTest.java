package io.litestream.storage.s3;

import static io.litestream.storage.s3.Stubs.CREATED;
import static io.litestream.storage.s3.Stubs.KEY;
import static io.litestream.storage.s3.Stubs.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.litestream.storage.ObjectKey;
import io.litestream.storage.StorageException;
import io.litestream.storage.s3.StubServer.Answer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/// What is made of refusals, and of answers that are none.
final class S3FailureTest {

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    403, AccessDenied, Denied, lack the right
                    403, InvalidAccessKeyId, Rejected, correct access-key-id
                    403, SignatureDoesNotMatch, Rejected, correct secret-access-key
                    400, ExpiredToken, Rejected, get new credentials
                    400, InvalidToken, Rejected, get new credentials
                    403, RequestTimeTooSkewed, Rejected, the clock of this machine is wrong
                    404, NoSuchBucket, Rejected, there is no bucket bucket
                    400, InvalidBucketName, Rejected, no name for a bucket
                    400, SomethingElse, Rejected, 'SomethingElse, "words of the server"'
                    400, RequestTimeout, Unavailable, RequestTimeout
                    409, OperationAborted, Unavailable, for now
                    429, TooManyRequests, Unavailable, for now
                    500, InternalError, Unavailable, for now
                    503, SlowDown, Unavailable, for now
                    507, XMinioStorageFull, Unavailable, for now
                    """)
    void tellsWhatToDo(int status, String code, String type, String words) throws Exception {
        try (StubServer server = StubServer.start(_ -> Answer.error(status, code));
                S3ObjectStore store = Stubs.open(server)) {
            StorageException listing =
                    catchThrowableOfType(
                            StorageException.class, () -> store.list(new ObjectKey("db"), "", 1));
            StorageException looking =
                    catchThrowableOfType(StorageException.class, () -> store.find(KEY));
            StorageException creation =
                    catchThrowableOfType(
                            StorageException.class,
                            () -> store.create(KEY, CREATED, bytes("content")));

            assertThat(listing.getClass().getSimpleName()).isEqualTo(type);
            assertThat(listing).hasMessageContaining(words).hasMessageContaining("db");
            assertThat(looking.getClass().getSimpleName()).isEqualTo(type);
            assertThat(creation.getClass().getSimpleName()).isEqualTo(type);
            assertThat(creation).hasMessageContaining(KEY.value());
            assertHidesTheSecret(listing);
            assertHidesTheSecret(creation);
        }
    }

    @Test
    void tellsTheRegionOfABucketThatIsElsewhere() throws Exception {
        for (int status : new int[] {301, 400}) {
            Answer moved =
                    Answer.error(
                            status,
                            status == 301 ? "PermanentRedirect" : "AuthorizationHeaderMalformed",
                            "x-amz-bucket-region",
                            "eu-west-3");
            try (StubServer server = StubServer.start(_ -> moved);
                    S3ObjectStore store = Stubs.open(server)) {
                assertThatThrownBy(() -> store.list(new ObjectKey("db"), "", 1))
                        .isInstanceOf(StorageException.Rejected.class)
                        .hasMessageContaining("bucket bucket is in region eu-west-3; set region");
            }
        }
    }

    @Test
    void passesOnWhatTheServerSaysOfAnotherRegion() throws Exception {
        try (StubServer server =
                        StubServer.start(_ -> Answer.error(400, "AuthorizationHeaderMalformed"));
                S3ObjectStore store = Stubs.open(server)) {
            assertThatThrownBy(() -> store.list(new ObjectKey("db"), "", 1))
                    .isInstanceOf(StorageException.Rejected.class)
                    .hasMessageContaining("words of the server");
        }
    }

    @Test
    void tellsByHowMuchTheClockIsWrong() throws Exception {
        Answer late =
                Answer.error(403, "RequestTimeTooSkewed", "Date", "Thu, 01 Jan 2026 00:00:00 GMT");
        try (StubServer server = StubServer.start(_ -> late);
                S3ObjectStore store = Stubs.open(server)) {
            assertThatThrownBy(() -> store.list(new ObjectKey("db"), "", 1))
                    .hasMessageContaining("wrong by ")
                    .hasMessageContaining(" minutes");
        }
    }

    @ParameterizedTest
    @CsvSource({"503, SlowDown, 7, 7", "429, SlowDown, 120, 120", "503, SlowDown, soon, 0"})
    void passesOnForHowLongToLeaveTheServerAlone(
            int status, String code, String header, long seconds) throws Exception {
        try (StubServer server =
                        StubServer.start(_ -> Answer.error(status, code, "Retry-After", header));
                S3ObjectStore store = Stubs.open(server)) {
            StorageException.Unavailable busy =
                    catchThrowableOfType(
                            StorageException.Unavailable.class, () -> store.delete(KEY));

            assertThat(busy.retryAfter()).isEqualTo(Duration.ofSeconds(seconds));
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void tellsAMissingBucketFromAMissingObject() throws Exception {
        try (StubServer server = StubServer.start(_ -> Answer.error(404, "NoSuchBucket"));
                S3ObjectStore store = Stubs.open(server)) {
            assertThatThrownBy(() -> store.find(KEY))
                    .isInstanceOf(StorageException.Rejected.class)
                    .hasMessageContaining("there is no bucket bucket");
            assertThatThrownBy(() -> store.open(KEY)).isInstanceOf(StorageException.Rejected.class);
            assertThatThrownBy(() -> store.delete(KEY))
                    .isInstanceOf(StorageException.Rejected.class);
        }
    }

    @Test
    void asksForAReasonOnlyUntilTheBucketIsSeen() throws Exception {
        try (StubServer server = StubServer.start(Stubs::emptyBucket);
                S3ObjectStore store = Stubs.open(server)) {
            assertThat(store.find(KEY)).isEmpty();
            assertThat(store.find(KEY)).isEmpty();

            assertThat(server.lines())
                    .containsExactly(
                            "HEAD /bucket/db/0001", "GET /bucket/db/0001", "HEAD /bucket/db/0001");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 404, 403})
    void takesNoWebPageForAnAnswer(int status) throws Exception {
        Answer page =
                new Answer(
                        status,
                        Map.of("Content-Type", "text/html; charset=utf-8"),
                        "<html/>".getBytes(StandardCharsets.UTF_8));
        try (StubServer server = StubServer.start(_ -> page);
                S3ObjectStore store = Stubs.open(server)) {
            assertThatThrownBy(() -> store.list(new ObjectKey("db"), "", 1))
                    .isInstanceOf(StorageException.class)
                    .isNotInstanceOf(StorageException.NotFound.class);
            assertThatThrownBy(() -> store.create(KEY, CREATED, bytes("content")))
                    .isInstanceOf(StorageException.class);
            assertThatThrownBy(() -> store.delete(KEY)).isInstanceOf(StorageException.class);
        }
    }

    /// As moto answers.
    @Test
    void takesAnAnswerWithoutABodyForNoWebPage() throws Exception {
        Map<String, String> page =
                Map.of("Content-Type", "text/html; charset=utf-8", "ETag", "\"1\"");
        try (StubServer server =
                        StubServer.start(request ->
                                new Answer(
                                        request.method().equals("DELETE") ? 204 : 200,
                                        page,
                                        new byte[0]));
                S3ObjectStore store = Stubs.open(server)) {
            store.replace(KEY, CREATED, bytes("content"));
            store.delete(KEY);

            assertThat(server.lines())
                    .containsExactly("PUT /bucket/db/0001", "DELETE /bucket/db/0001");
        }
    }

    @Test
    void takesNoOtherXmlForAListing() throws Exception {
        try (StubServer server =
                        StubServer.start(_ -> Answer.xml(200, "<Other><Contents/></Other>"));
                S3ObjectStore store = Stubs.open(server)) {
            assertThatThrownBy(() -> store.list(new ObjectKey("db"), "", 1))
                    .isInstanceOf(StorageException.Rejected.class)
                    .hasMessageContaining("no listing");
        }
    }

    /// As servers do that know only the first version of listings, and take the second for it.
    @Test
    void takesNoPartOfAListingForTheWhole() throws Exception {
        String part =
                "<ListBucketResult><Name>bucket</Name><IsTruncated>true</IsTruncated><Contents>"
                        + "<Key>db/0001</Key><Size>1</Size>"
                        + "<LastModified>2026-01-02T03:04:05.000Z</LastModified>"
                        + "</Contents></ListBucketResult>";
        try (StubServer server = StubServer.start(_ -> Answer.xml(200, part));
                S3ObjectStore store = Stubs.open(server)) {
            assertThatThrownBy(() -> store.list(new ObjectKey("db"), "", 2))
                    .isInstanceOf(StorageException.Rejected.class)
                    .hasMessageContaining("there are more");
            assertThat(store.list(new ObjectKey("db"), "", 1)).hasSize(1);
        }
    }

    @Test
    void tellsThatAHostHasNoAddress() {
        S3Settings settings =
                S3Settings.of("bucket")
                        .endpoint("http://no-such-host.invalid")
                        .credentials(Stubs.credentials())
                        .build();
        try (S3ObjectStore store = Stubs.open(settings, Map.of())) {
            assertThatThrownBy(() -> store.find(KEY))
                    .isInstanceOf(StorageException.Unavailable.class)
                    .hasMessageContaining("no address is known for no-such-host.invalid");
        }
    }

    @Test
    void tellsThatNobodyListens() throws Exception {
        String address;
        try (StubServer server = StubServer.start(Stubs::emptyBucket)) {
            address = server.address();
        }
        S3Settings settings =
                S3Settings.of("bucket")
                        .endpoint("http://" + address)
                        .credentials(Stubs.credentials())
                        .build();
        try (S3ObjectStore store = Stubs.open(settings, Map.of())) {
            assertThatThrownBy(() -> store.list(new ObjectKey("db"), "", 1))
                    .isInstanceOf(StorageException.Unavailable.class)
                    .hasMessageContaining(address + " accepts no connection");
        }
    }

    @Test
    void tellsThatAConnectionBroke() throws Exception {
        try (StubServer server = StubServer.start(_ -> Answer.of(0));
                S3ObjectStore store = Stubs.open(server)) {
            assertThatThrownBy(() -> store.create(KEY, CREATED, bytes("content")))
                    .isInstanceOf(StorageException.Unavailable.class);
        }
    }

    @Test
    void rejectsAWrongFileOfAuthorities() {
        S3Settings settings =
                S3Settings.of("bucket")
                        .endpoint("https://127.0.0.1:1")
                        .credentials(Stubs.credentials())
                        .certificateAuthorities(Path.of("/no/such/file.pem"))
                        .build();
        try (S3ObjectStore store = Stubs.open(settings, Map.of())) {
            assertThatThrownBy(() -> store.find(KEY))
                    .isInstanceOf(StorageException.Rejected.class)
                    .hasMessageContaining("/no/such/file.pem");
        }
    }

    @Test
    void showsNoSecretInWhatDescribesIt() throws Exception {
        try (StubServer server = StubServer.start(Stubs::emptyBucket);
                S3ObjectStore store = Stubs.open(server)) {
            assertThat(store.toString()).contains("bucket").doesNotContain(Stubs.SECRET);
            assertThat(Stubs.settings(server).build().toString()).doesNotContain(Stubs.SECRET);
            assertThat(Stubs.credentials().toString()).doesNotContain(Stubs.SECRET);
        }
    }

    private static void assertHidesTheSecret(IOException failure) {
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        assertThat(trace.toString()).doesNotContain(Stubs.SECRET);
    }
}
