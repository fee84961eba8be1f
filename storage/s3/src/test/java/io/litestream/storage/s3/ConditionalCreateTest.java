package io.litestream.storage.s3;

import static io.litestream.storage.s3.Stubs.CREATED;
import static io.litestream.storage.s3.Stubs.KEY;
import static io.litestream.storage.s3.Stubs.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litestream.storage.ObjectContent;
import io.litestream.storage.ObjectKey;
import io.litestream.storage.StorageException;
import io.litestream.storage.s3.StubServer.Answer;
import io.litestream.storage.s3.StubServer.Request;
import io.litestream.storage.testkit.PatternContent;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/// Creation at servers that honour `If-None-Match`, do not know it, or overlook it.
final class ConditionalCreateTest {

    private static final ObjectKey OTHER_KEY = new ObjectKey("db/0002");

    private final Map<String, byte[]> objects = new ConcurrentHashMap<>();

    private enum Condition {
        HONOURED,
        REFUSED,
        OVERLOOKED
    }

    @ParameterizedTest
    @EnumSource
    void createsOnceWhateverTheServerMakesOfTheCondition(Condition condition) throws Exception {
        try (StubServer server = StubServer.start(bucket(condition));
                S3ObjectStore store = Stubs.open(server)) {
            store.create(KEY, CREATED, bytes("content"));
            store.create(KEY, CREATED, bytes("content"));
            store.create(OTHER_KEY, CREATED, bytes("content"));

            for (ObjectKey key : List.of(KEY, OTHER_KEY)) {
                assertThatThrownBy(() -> store.create(key, CREATED, bytes("another")))
                        .isInstanceOf(StorageException.Conflict.class)
                        .hasMessageContaining(key.value());
            }
            assertThat(objects)
                    .hasSize(2)
                    .allSatisfy((_, it) -> assertThat(it).asString().isEqualTo("content"));
        }
    }

    @Test
    void asksOnceWhetherTheConditionIsHonouredAndThenReliesOnIt() throws Exception {
        try (StubServer server = StubServer.start(bucket(Condition.HONOURED));
                S3ObjectStore store = Stubs.open(server)) {
            store.create(KEY, CREATED, bytes("content"));
            int before = afterTheQuestion(server);

            store.create(OTHER_KEY, CREATED, bytes("content"));

            assertThat(server.lines().subList(before, server.requests().size()))
                    .containsExactly("PUT /bucket/db/0002");
            assertThat(server.requests().getLast().header("If-None-Match")).contains("*");
        }
    }

    @Test
    void looksFirstWhereTheConditionIsOverlooked() throws Exception {
        try (StubServer server = StubServer.start(bucket(Condition.OVERLOOKED));
                S3ObjectStore store = Stubs.open(server)) {
            store.create(KEY, CREATED, bytes("content"));
            int before = afterTheQuestion(server);

            store.create(OTHER_KEY, CREATED, bytes("content"));

            assertThat(server.lines().subList(before, server.requests().size()))
                    .containsExactly("HEAD /bucket/db/0002", "PUT /bucket/db/0002");
            assertThat(server.requests().getLast().header("If-None-Match")).isEmpty();
        }
    }

    @Test
    void nobodyWaitsForTheAnswerButTheNextCreation() throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        try (StubServer server = StubServer.start(heldBack(answered, Condition.HONOURED));
                S3ObjectStore store = Stubs.open(server)) {
            store.create(KEY, CREATED, bytes("content"));
            int before = afterTheQuestion(server);
            Thread next =
                    Thread.ofPlatform()
                            .start(() -> createQuietly(store, OTHER_KEY, bytes("content")));
            awaitWaiting(next);
            answered.countDown();
            next.join();

            assertThat(server.lines().subList(before, server.requests().size()))
                    .containsExactly("PUT /bucket/db/0002");
        }
    }

    /// A server that overlooks the condition would have the object again.
    @Test
    void doesNotDeleteWhatIsBeingSentAgain() throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        try (StubServer server = StubServer.start(heldBack(answered, Condition.OVERLOOKED));
                S3ObjectStore store = Stubs.open(server)) {
            store.create(KEY, CREATED, bytes("content"));
            Thread deletes = Thread.ofPlatform().start(() -> deleteQuietly(store, KEY));
            awaitWaiting(deletes);
            answered.countDown();
            deletes.join();

            assertThat(objects).isEmpty();
        }
    }

    @Test
    void createsWithoutTheRightToRead() throws Exception {
        Function<Request, Answer> bucket = bucket(Condition.HONOURED);
        try (StubServer server =
                        StubServer.start(request ->
                                request.method().equals("PUT")
                                        ? bucket.apply(request)
                                        : Answer.error(403, "AccessDenied"));
                S3ObjectStore store = Stubs.open(server)) {
            store.create(KEY, CREATED, bytes("content"));

            assertThat(objects).hasSize(1);
            assertThatThrownBy(() -> store.create(KEY, CREATED, bytes("another")))
                    .isInstanceOf(StorageException.Denied.class);
        }
    }

    @Test
    void comparesContentsWhereTheETagIsNoMd5() throws Exception {
        Function<Request, Answer> bucket = bucket(Condition.HONOURED);
        try (StubServer server =
                        StubServer.start(request -> {
                            Answer answer = bucket.apply(request);
                            answer.headers().computeIfPresent("ETag", (_, _) -> "\"opaque\"");
                            return answer;
                        });
                S3ObjectStore store = Stubs.open(server)) {
            store.create(KEY, CREATED, bytes("content"));
            store.create(KEY, CREATED, bytes("content"));

            assertThatThrownBy(() -> store.create(KEY, CREATED, bytes("another")))
                    .isInstanceOf(StorageException.Conflict.class);
        }
    }

    @Test
    void aRepetitionSettlesAnUploadWhoseOutcomeIsUnknown() throws Exception {
        Function<Request, Answer> bucket = bucket(Condition.HONOURED);
        try (StubServer server =
                        StubServer.start(request -> {
                            boolean isNew =
                                    request.method().equals("PUT")
                                            && !objects.containsKey(request.url().getPath());
                            Answer answer = bucket.apply(request);
                            return isNew ? Answer.of(0) : answer; // stored, but nobody hears of it
                        });
                S3ObjectStore store = Stubs.open(server)) {
            assertThatThrownBy(() -> store.create(KEY, CREATED, bytes("content")))
                    .isInstanceOf(StorageException.Unavailable.class);

            store.create(KEY, CREATED, bytes("content"));

            assertThat(objects).hasSize(1);
        }
    }

    @Test
    void aConflictOfRequestsIsWorthARepetition() throws Exception {
        try (StubServer server =
                        StubServer.start(request ->
                                request.method().equals("PUT")
                                        ? Answer.error(409, "ConditionalRequestConflict")
                                        : Answer.error(404, "NoSuchKey"));
                S3ObjectStore store = Stubs.open(server)) {
            assertThatThrownBy(() -> store.create(KEY, CREATED, bytes("content")))
                    .isInstanceOf(StorageException.Unavailable.class);
        }
    }

    @Test
    void uploadsNothingOfALargeObjectWhoseKeyIsTaken() throws Exception {
        PatternContent large = new PatternContent(1, 11 << 20);
        try (StubServer server = StubServer.start(bucket(Condition.HONOURED));
                S3ObjectStore store = Stubs.open(server)) {
            store.create(KEY, CREATED, bytes("small"));

            assertThatThrownBy(() -> store.create(KEY, CREATED, large))
                    .isInstanceOf(StorageException.Conflict.class);
            assertThat(server.requests()).noneMatch(request -> request.method().equals("POST"));
        }
    }

    /// Returns how many requests there were, once the server has been asked.
    private static int afterTheQuestion(StubServer server) throws InterruptedException {
        until(() -> server.lines().stream().filter(it -> it.startsWith("PUT")).count() == 2);
        return server.requests().size();
    }

    private static void until(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    private static void awaitWaiting(Thread thread) throws InterruptedException {
        until(() -> thread.getState() == Thread.State.WAITING);
    }

    private static void createQuietly(S3ObjectStore store, ObjectKey key, ObjectContent content) {
        try {
            store.create(key, CREATED, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void deleteQuietly(S3ObjectStore store, ObjectKey key) {
        try {
            store.delete(key);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A server that answers the repetition of an upload late.
    private Function<Request, Answer> heldBack(CountDownLatch answered, Condition condition) {
        Function<Request, Answer> bucket = bucket(condition);
        return request -> {
            if (request.method().equals("PUT") && objects.containsKey(request.url().getPath())) {
                await(answered);
            }
            return bucket.apply(request);
        };
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Function<Request, Answer> bucket(Condition condition) {
        return request -> {
            String key = request.url().getPath();
            byte[] held = objects.get(key);
            return switch (request.method()) {
                case "PUT" -> put(condition, request, key);
                case "HEAD", "GET" ->
                        held == null
                                ? Answer.error(404, "NoSuchKey")
                                : new Answer(200, headers(held), held);
                case "DELETE" -> {
                    objects.remove(key);
                    yield Answer.of(204);
                }
                default -> Answer.of(500);
            };
        };
    }

    private synchronized Answer put(Condition condition, Request request, String key) {
        boolean isConditional = request.header("If-None-Match").isPresent();
        if (isConditional && condition == Condition.REFUSED) {
            return Answer.error(501, "NotImplemented");
        }
        if (isConditional && condition == Condition.HONOURED && objects.containsKey(key)) {
            return Answer.error(412, "PreconditionFailed");
        }
        objects.put(key, request.body());
        return Answer.of(200, "ETag", etag(request.body()));
    }

    private static Map<String, String> headers(byte[] held) {
        Answer headers =
                Answer.of(
                        200,
                        "ETag",
                        etag(held),
                        "Last-Modified",
                        "Thu, 01 Jan 2026 00:00:00 GMT",
                        "Content-Length",
                        String.valueOf(held.length));
        return headers.headers();
    }

    private static String etag(byte[] content) {
        return "\"%s\"".formatted(HexFormat.of().formatHex(Md5.of(content, 0, content.length)));
    }
}
